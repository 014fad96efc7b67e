/** Lua patterns (manual 5.4.1), read as LuaJIT reads them. */

export interface PatternItem {
  readonly kind:
    | "character"
    | "any"
    | "class"
    | "set"
    | "open"
    | "close"
    | "position"
    | "balance"
    | "frontier"
    | "backReference"
    | "start"
    | "end";
  /** Where it stands in the pattern, from 0, its quantifier included. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly quantifier: "" | "*" | "+" | "-" | "?";
}

export type ParsedPattern =
  | { readonly items: readonly PatternItem[] }
  | { readonly error: string; readonly at: number };

const SINGLE = new Set(["character", "any", "class", "set"]);

/** The items of a pattern, or what `string.find` and its kin raise for it. */
export function parsePattern(pattern: string): ParsedPattern {
  const items: PatternItem[] = [];
  const open: number[] = [];
  let captures = 0;
  let i = 0;
  if (pattern[0] === "^") {
    items.push({ kind: "start", start: 0, end: 1, text: "^", quantifier: "" });
    i = 1;
  }
  while (i < pattern.length) {
    const start = i;
    const read = readItem(pattern, i);
    if ("error" in read) return { error: read.error, at: start };
    let { kind, end } = read;
    if (kind === "open") {
      open.push(start);
      captures++;
    } else if (kind === "position") {
      captures++;
    } else if (kind === "close" && open.pop() === undefined) {
      return { error: "invalid pattern capture", at: start };
    } else if (kind === "backReference") {
      const index = Number(pattern[start + 1]);
      if (index === 0 || index > captures) return { error: "invalid capture index", at: start };
    }
    if (kind === "character" && pattern[start] === "$" && end === pattern.length) kind = "end";
    let quantifier: PatternItem["quantifier"] = "";
    const next = pattern[end];
    if (SINGLE.has(kind) && next !== undefined && "*+-?".includes(next)) {
      quantifier = next as PatternItem["quantifier"];
      end++;
    }
    items.push({ kind, start, end, text: pattern.slice(start, end), quantifier });
    i = end;
  }
  const unfinished = open.pop();
  if (unfinished !== undefined) return { error: "unfinished capture", at: unfinished };
  if (captures > 32) return { error: "too many captures", at: 0 };
  return { items };
}

type Read = { readonly kind: PatternItem["kind"]; readonly end: number } | { readonly error: string };

function readItem(pattern: string, i: number): Read {
  const c = pattern[i];
  if (c === "(") return pattern[i + 1] === ")" ? { kind: "position", end: i + 2 } : { kind: "open", end: i + 1 };
  if (c === ")") return { kind: "close", end: i + 1 };
  if (c === ".") return { kind: "any", end: i + 1 };
  if (c === "[") return readSet(pattern, i);
  if (c !== "%") return { kind: "character", end: i + 1 };
  const escaped = pattern[i + 1];
  if (escaped === undefined) return { error: "malformed pattern (ends with '%')" };
  if (escaped === "b")
    return i + 3 < pattern.length ? { kind: "balance", end: i + 4 } : { error: "unbalanced pattern" };
  if (escaped === "f") {
    if (pattern[i + 2] !== "[") return { error: "missing '[' after '%f' in pattern" };
    const set = readSet(pattern, i + 2);
    return "error" in set ? set : { kind: "frontier", end: set.end };
  }
  if (/[0-9]/.test(escaped)) return { kind: "backReference", end: i + 2 };
  return { kind: /[acdglpsuwxzACDGLPSUWXZ]/.test(escaped) ? "class" : "character", end: i + 2 };
}

function readSet(pattern: string, start: number): Read {
  let i = start + 1;
  if (pattern[i] === "^") i++;
  // The first character of a set is never its end: `[]]`.
  do {
    const c = pattern[i];
    if (c === undefined) return { error: "malformed pattern (missing ']')" };
    i += c === "%" ? 2 : 1;
  } while (pattern[i] !== "]");
  return i < pattern.length ? { kind: "set", end: i + 1 } : { error: "malformed pattern (missing ']')" };
}

/** Every string matches: no item insists on a character. */
export function alwaysMatches(pattern: string): boolean {
  const parsed = parsePattern(pattern);
  if ("error" in parsed) return false;
  const { items } = parsed;
  const insists = items.some(({ kind, quantifier }) => {
    if (kind === "open" || kind === "close" || kind === "position" || kind === "start") return false;
    if (kind === "end") return false;
    return !(SINGLE.has(kind) && (quantifier === "*" || quantifier === "-" || quantifier === "?"));
  });
  if (insists) return false;
  if (items.at(-1)?.kind !== "end") return true;
  // With `$` all of the text has to be eaten: `.*$`, `.-$`.
  return items.some(({ kind, quantifier }) => kind === "any" && (quantifier === "*" || quantifier === "-"));
}
