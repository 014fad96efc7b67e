import { Str } from "./str";

/** `s` up to its first NUL, which is all that a binding sees that takes it as a C string. */
export function cString(s: Str): Str {
  const length = s.byteLength;
  for (let i: u32 = 0; i < length; i++) if (!s.at(i)) return s.slice(0, i);
  return s;
}
