import luaparse from "luaparse";
import { DIALECT } from "./dialect.js";

/**
 * Ranges (`start:end` in bytes) of the expressions that stand alone in parentheses: `(f())` is one value where `f()` may be many
 * (Lua manual 2.5). luaparse drops the parentheses from its tree.
 */
export function parenthesised(bytes: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open: { grouping: boolean; from: number | undefined }[] = [];
  let previous: Token | undefined;
  for (const token of tokens(bytes)) {
    const innermost = open.at(-1);
    if (token.value === ")" && token.type === PUNCTUATOR) {
      const group = open.pop();
      if (group?.grouping && group.from !== undefined && previous) found.add(`${group.from}:${previous.range[1]}`);
    } else if (innermost && innermost.from === undefined) innermost.from = token.range[0];
    if (token.value === "(" && token.type === PUNCTUATOR) {
      open.push({ grouping: !endsPrefix(previous), from: undefined });
    }
    previous = token;
  }
  return found;
}

interface Token {
  readonly type: number;
  readonly value: unknown;
  readonly range: readonly [number, number];
}

// luaparse's token kinds (its `tokenTypes` are not exported).
const EOF = 1;
const STRING = 2;
const KEYWORD = 4;
const IDENTIFIER = 8;
const PUNCTUATOR = 32;

function* tokens(bytes: string): Generator<Token> {
  const options = { ...DIALECT, wait: true } as unknown as Partial<luaparse.Options>;
  const parser = luaparse.parse(bytes, options) as unknown as { lex(): Token };
  for (let token = parser.lex(); token.type !== EOF; token = parser.lex()) yield token;
}

/** Behind such a token `(` begins the arguments of a call, or the parameters of a function. */
function endsPrefix(token: Token | undefined): boolean {
  if (!token) return false;
  if (token.type === IDENTIFIER || token.type === STRING) return true;
  if (token.type === KEYWORD) return token.value === "function";
  return token.type === PUNCTUATOR && [")", "]", "}"].includes(String(token.value));
}
