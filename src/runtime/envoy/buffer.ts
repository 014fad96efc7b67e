import { decimal, raiseText } from "../error";
import { noteWrite } from "../header-map";
import { bufferBytes, bufferLength, replaceHeader, setBuffer } from "../host";
import { run } from "../run";
import { EMPTY, Str } from "../str";
import { integerArgument, stringArgument } from "./argument";
import { EnvoyObject } from "./object";

const CONTENT_LENGTH = Str.of("content-length");

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
    const from = integerArgument<I>(index, 1, "getBytes", line),
      count = integerArgument<L>(length, 2, "getBytes", line);
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
    const content = stringArgument<B>(bytes, 1, "setBytes", line),
      map = run.direction << 1;
    replaceHeader(map, CONTENT_LENGTH, decimal(content.byteLength));
    noteWrite(map, CONTENT_LENGTH);
    setBuffer(run.direction, bufferLength(run.direction), content);
    return content.length;
  }
}
