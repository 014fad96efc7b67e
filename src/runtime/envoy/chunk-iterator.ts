// `bodyChunks` of a script without coroutines where the iterator is a value: `pcall(handle.bodyChunks, handle)`, a handle that may be anything.
import { Closure } from "../closure";
import { fn, userdata, Value } from "../value";
import { return0, return1 } from "../values";
import { BodyChunks, Handle } from "./handle";

export function bodyChunks(handle: Handle, line: i32): Value {
  handle.bodyChunks(line);
  return fn(Closure.create(nextChunk.index));
}

function nextChunk(_self: Closure, _count: i32, _a: Value, _b: Value, _c: Value): Value {
  const chunks = BodyChunks.current();
  return chunks.next() ? return1(userdata(chunks.value)) : return0();
}
