/**
 * What the captures of a pattern are (Lua manual 5.4.1): `()` a position, any other a string. None when the pattern has no captures, and for
 * one that is malformed. LuaJIT takes a NUL outside of sets and `%` for the end of the pattern.
 */
export function captureTypes(pattern: string): readonly ("string" | "number")[] {
  const found: ("string" | "number")[] = [];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === "\0") break;
    if (c === "%") i += pattern[i + 1] === "b" ? 3 : 1;
    else if (c === "[") i = endOfSet(pattern, i);
    else if (c === "(") found.push(pattern[i + 1] === ")" ? "number" : "string");
  }
  return found;
}

/** Index of the `]` that ends the set beginning at `start`. */
function endOfSet(pattern: string, start: number): number {
  let i = pattern[start + 1] === "^" ? start + 2 : start + 1;
  // A `]` that comes first stands for itself.
  if (pattern[i] === "]") i++;
  while (i < pattern.length && pattern[i] !== "]") i += pattern[i] === "%" ? 2 : 1;
  return i;
}
