import { decimal, raiseText } from "../error";
import { freshPairs, headerCount, noteWrite, overPairs, Pairs } from "../header-map";
import { bufferBytes, bufferLength, replaceHeader, setBuffer, setHeaderPairs } from "../host";
import { run } from "../run";
import { EMPTY, Str } from "../str";
import { checkedInt, stringArgument } from "./argument";
import { HeaderList } from "./header-list";
import { EnvoyObject } from "./object";

/** The whole body, or the chunk of it that has just come: the host shows both as the buffer of the direction. */
// @ts-ignore: decorator
@unmanaged
export class Buffer extends EnvoyObject {
  length(line: i32 = 0): f64 {
    this.checkAlive(line);
    return <f64>bufferLength(run.direction);
  }

  /** `length` bytes from `index` on, from 0. */
  getBytes<I, L>(index: I, length: L, line: i32): Str {
    this.checkAlive(line);
    const from = checkedInt<I>(index, 1, "getBytes", line),
      count = checkedInt<L>(length, 2, "getBytes", line);
    if (from < 0 || count < 0 || <u64>from + count > bufferLength(run.direction)) {
      raiseText("index/length must be >= 0 and (index + length) must be <= buffer size", line);
    }
    const bytes = count ? bufferBytes(run.direction, from, count) : null;
    return bytes ? bytes : EMPTY;
  }

  /** Replaces all bytes and sets content-length. The new length. */
  setBytes<B>(bytes: B, line: i32 = 0): f64 {
    this.checkAlive(line);
    // Lua has dropped the old bytes by the time it looks at the argument.
    if (!isReference<B>() || isNullable<B>()) setBuffer(run.direction, bufferLength(run.direction), EMPTY);
    const content = stringArgument<B>(bytes, 1, "setBytes", line);
    setContentLength(decimal(content.byteLength));
    setBuffer(run.direction, bufferLength(run.direction), content);
    return content.length;
  }
}

const CONTENT_LENGTH = Str.of("content-length");

/** Where it stands, as the binding does it; the host's own `replace` would put it behind all others. */
function setContentLength(value: Str): void {
  if (YIELDS && run.headersContinued) return;
  const map = run.direction << 1;
  if (headerCount(map, CONTENT_LENGTH)) setHeaderPairs(map, headersWith(map, CONTENT_LENGTH, value));
  else replaceHeader(map, CONTENT_LENGTH, value);
  noteWrite(map, CONTENT_LENGTH);
}

/** All headers of the map, with `value` for `name`. */
function headersWith(map: u32, name: Str, value: Str): Str {
  const list = HeaderList.create();
  for (const pair = overPairs<Pairs>(freshPairs(map)); pair.advance(); ) {
    list.add(pair.key, pair.isNamed(name) ? value : pair.value);
  }
  return list.serialize();
}
