// `timestamp` and `timestampString`.
import { checkString } from "../check";
import { numbered } from "./argument";
import { raiseText } from "../error";
import { nanoseconds } from "../host";
import { countDigits, writeDigits } from "../number";
import { Str } from "../str";
import { absent, isNil, Value } from "../value";
import { cString } from "../c-string";

const MILLISECOND: i32 = 0;
const MICROSECOND: i32 = 1;

/** Milliseconds since 1970. */
export function milliseconds(resolution: Value, line: i32): f64 {
  if (resolutionOf(resolution, "timestamp", line) != MILLISECOND) raiseText("timestamp format must be MILLISECOND.", line);
  return <f64>(nanoseconds() / 1000000);
}

/** Milliseconds or microseconds since 1970, in decimal. */
export function timestampText(resolution: Value, line: i32): Str {
  const unit = resolutionOf(resolution, "timestampString", line);
  if (unit != MILLISECOND && unit != MICROSECOND) raiseText("timestamp format must be MILLISECOND or MICROSECOND.", line);
  const time = nanoseconds() / (unit == MILLISECOND ? 1000000 : 1000),
    digits = countDigits(time),
    s = Str.alloc(digits);
  writeDigits(s.bytes + digits, time, digits);
  return s;
}

/** Nothing and the empty string mean milliseconds; what is no number is no resolution. */
function resolutionOf(v: Value, name: string, line: i32): i32 {
  if (v == absent || isNil(v)) return MILLISECOND;
  const text = cString(checkString(v, numbered(1, line), name, line)),
    length = text.byteLength;
  let unit: i32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const digit = text.at(i) - 48;
    if (digit > 9) return -1;
    unit = min(unit * 10 + <i32>digit, 1000);
  }
  return unit;
}
