/**
 * What luaparse is told: the version closest to LuaJIT with LUA52COMPAT (empty statements, `break` anywhere, `goto` as a word, `\u{}`), and that
 * names may hold any byte beyond ASCII. What 5.3 has beyond is refused after parsing, what LuaJIT has beyond is rewritten before.
 */
export const DIALECT = { luaVersion: "5.3", extendedIdentifiers: true, encodingMode: "pseudo-latin1" };

/** A literal as the script has it, where luaparse is shown another. */
export interface Literal {
  readonly value: number | string;
  readonly raw: string;
}

/** The text that luaparse is shown: of the same length, each byte at its place. */
interface Adapted {
  readonly text: string;
  /** By where they begin. */
  readonly literals: ReadonlyMap<number, Literal>;
}

const TOKEN = new RegExp(
  [
    /--\[(?<comment>=*)\[[\s\S]*?\]\k<comment>\]/,
    /--[^\r\n]*/,
    /\[(?<string>=*)\[[\s\S]*?\]\k<string>\]/,
    /"(?:\\[\s\S]|[^"\\\r\n])*"/,
    /'(?:\\[\s\S]|[^'\\\r\n])*'/,
    /(?:0[xX](?:[pP][+-]|[\w.])*|\.?\d(?:[eE][+-]|[\w.])*)/,
    /[A-Za-z_\x80-\xff][\w\x80-\xff]*/,
    /\.{2,3}|[\s\S]/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/** Without any of these nothing has to be hidden; what only looks like one does no harm. */
const UNUSUAL = /["']end["']|(?<!\w)(?:0[bB]|\.?\d[\w.+-]*[iIlL])|0[xX]\./;

/**
 * Hides from luaparse what it does not read as LuaJIT does: `0b101`, `0x.8p1`, `1ULL`; and `return "end"`, which it takes for `return end`.
 * @param bytes the script, one character per byte
 */
export function adaptDialect(bytes: string): Adapted {
  const literals = new Map<number, Literal>();
  if (!UNUSUAL.test(bytes)) return { text: bytes, literals };
  let previous = "";
  const text = bytes.replace(TOKEN, (token: string, ...rest: unknown[]) => {
    const at = rest.find((part) => typeof part === "number") as number;
    const before = previous;
    if (!/^\s$|^--/.test(token)) previous = token;
    if (before === "return" && /^(["'])end\1$/.test(token)) {
      literals.set(at, { value: "end", raw: token });
      return token.replace("end", "End");
    }
    const value = numberOf(token);
    if (value === undefined) return token;
    literals.set(at, { value, raw: token });
    return "0".repeat(token.length);
  });
  return { text, literals };
}

/** The value of a number that luaparse does not know (lj_strscan.c); 0 for one that is no double. */
function numberOf(token: string): number | undefined {
  if (/^(?:0x[\da-f]+|\d+)u?ll$|^(?:0x[\da-f.]+(?:p[+-]?\d+)?|[\d.]+(?:e[+-]?\d+)?)i$/i.test(token)) return 0;
  if (/^0b[01]{1,53}$/i.test(token)) return Number(token);
  const [, digits, exponent] = /^0x\.([\da-f]{1,13})(?:p([+-]?\d+))?$/i.exec(token) ?? [];
  if (digits === undefined) return undefined;
  return (Number.parseInt(digits, 16) / 16 ** digits.length) * 2 ** Number(exponent ?? 0);
}
