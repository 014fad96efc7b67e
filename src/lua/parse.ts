import luaparse from "luaparse";
import { InputError } from "../support/failure.js";
import { type Chunk, isCall, type Node } from "./ast.js";
import { adaptDialect, DIALECT, type Literal } from "./dialect.js";
import { LabelError, type LabelOf, resolveLabels } from "./labels.js";
import { parenthesised } from "./parentheses.js";
import { walk } from "./walk.js";

/** A script as text and tree, before names are resolved. */
export interface ParsedScript {
  /** The script's bytes, one character each (U+0000 to U+00FF); `range` in the tree counts these. */
  readonly bytes: string;
  readonly chunk: Chunk;
  readonly labelOf: LabelOf;
  /** Modules that were linked in behind the script's own `ownLength` bytes, see `link-modules.ts`. */
  readonly modules?: readonly LinkedModule[];
  readonly texts?: readonly LoadedText[];
  readonly ownLength?: number;
}

/** A text that `load` or `loadstring` is given, compiled in as a module is: it stands from byte `start` to `end`, its first line being `firstLine + 1`. */
export interface LoadedText {
  /** As LuaJIT prints it: `[string "return 1"]`. */
  readonly chunkName: string;
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  /** Where the script has it, or the call that loads it. */
  readonly loadedAt: readonly [start: number, end: number];
}

/** A module whose text stands from byte `start` to `end`, its first line being `firstLine + 1`. */
export interface LinkedModule {
  readonly name: string;
  readonly file: string;
  /** `a/b.lua` for `a.b`; its errors begin with `./a/b.lua:`. */
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly firstLine: number;
  /** The `require` in the script itself that leads to it. */
  readonly requiredAt: readonly [start: number, end: number];
}

/** The text is not Lua. `line` and `column` are 1-based and count in the script's own text (UTF-16 units). */
export class LuaSyntaxError extends InputError {}

interface LuaparseError extends Error {
  /** Bytes. */
  index?: number;
  line?: number;
  column?: number;
}

/**
 * Parses a script in LuaJIT's dialect (5.1 with `goto`, `\x`, `\z`, `\u{}` and LUA52COMPAT, as Envoy builds it).
 * @param text the script as Unicode text; its UTF-8 bytes are what Lua sees
 * @throws {LuaSyntaxError}
 */
export function parseScript(text: string): ParsedScript {
  return parseBytes(Buffer.from(text, "utf8").toString("latin1"));
}

/**
 * The same for a text that need not be UTF-8.
 * @param bytes one character per byte
 * @throws {LuaSyntaxError}
 */
export function parseBytes(bytes: string): ParsedScript {
  try {
    const { text: adapted, literals } = adaptDialect(bytes);
    const chunk = luaparse.parse(adapted, {
      ...DIALECT,
      locations: true,
      ranges: true,
      comments: true,
    } as unknown as Partial<luaparse.Options>) as unknown as Chunk;
    walk(chunk, (node) => {
      restoreLiteral(node, literals);
      const operator = foreignOperator(node);
      if (operator !== undefined) throw syntaxErrorAt(bytes, node, `unexpected symbol near '${operator}'`);
    });
    markParentheses(adapted, chunk);
    return { bytes, chunk, labelOf: resolveLabels(chunk) };
  } catch (error) {
    if (error instanceof LuaSyntaxError) throw error;
    if (error instanceof LabelError) throw syntaxErrorAt(bytes, error.node, error.message);
    if (error instanceof RangeError)
      throw new LuaSyntaxError("chunk has too many syntax levels", { line: 1, column: 1 });
    const { message, line: found, column: foundAt = 0, index = 0 } = error as LuaparseError;
    if (found === undefined) throw error;
    const isBreak = message.includes("no loop to break near");
    const { line, column } = (isBreak ? breakBefore(bytes, index) : stringBegin(bytes, message, found)) ?? {
      line: found,
      column: foundAt,
    };
    throw new LuaSyntaxError(inLuaJitsWords(message.replace(/^\[\d+:\d+\] /, "")), {
      line,
      column: charactersBefore(bytes, line, column) + 1,
    });
  }
}

/** Where the `break` is after which luaparse stops: that is the place LuaJIT names. */
function breakBefore(bytes: string, index: number): { readonly line: number; readonly column: number } {
  const before = bytes.slice(0, bytes.lastIndexOf("break", index - 1)).split(/\r\n|\n\r|\n|\r/);
  return { line: before.length, column: before.at(-1)?.length ?? 0 };
}

/** Where a string begins that its line does not end; luaparse stops behind the line. */
function stringBegin(bytes: string, message: string, line: number) {
  const begun = /unfinished string near '([\s\S]*)'$/.exec(message)?.[1];
  const column = begun === undefined ? -1 : (bytes.split(/\r\n|\n\r|\n|\r/)[line - 1] ?? "").lastIndexOf(begun);
  return column < 0 ? undefined : { line, column };
}

function syntaxErrorAt(bytes: string, { loc: { start } }: Node, message: string): LuaSyntaxError {
  return new LuaSyntaxError(message, {
    line: start.line,
    column: charactersBefore(bytes, start.line, start.column) + 1,
  });
}

function restoreLiteral(node: Node, literals: ReadonlyMap<number, Literal>): void {
  if (node.type !== "NumericLiteral" && node.type !== "StringLiteral") return;
  const literal = literals.get(node.range[0]);
  if (literal) Object.assign(node, literal);
  // In a long string any end of a line is "\n", which luaparse leaves as it is.
  else if (node.type === "StringLiteral" && node.raw.startsWith("[") && node.value.includes("\r"))
    Object.assign(node, { value: node.value.replace(/\r\n|\n\r|\r/g, "\n") });
}

/** An operator of Lua 5.3 that LuaJIT does not have. */
function foreignOperator(node: Node): string | undefined {
  if (node.type !== "BinaryExpression" && node.type !== "UnaryExpression") return undefined;
  return ["//", "&", "|", "~", "<<", ">>"].find((operator) => operator === node.operator);
}

/** luaparse finds the same faults as LuaJIT in labels and `break`, but has other words for them. */
function inLuaJitsWords(message: string): string {
  return message
    .replace(/^<name> expected near/, "'<name>' expected near")
    .replace(/^label ('.*') already defined on line \d+$/, "duplicate label $1")
    .replace(/^no visible label ('.*') for <goto>$/, "undefined label $1")
    .replace(/^no loop to break near '.*'$/s, "no loop to break");
}

/** UTF-16 units before byte `column` of a 1-based line. */
function charactersBefore(bytes: string, line: number, column: number): number {
  const lineBytes = bytes.split(/\r\n|\n\r|\n|\r/)[line - 1] ?? "";
  return Buffer.from(lineBytes.slice(0, column), "latin1").toString("utf8").length;
}

/** Sets `inParens` on calls and `...` that stand alone in parentheses. */
function markParentheses(bytes: string, chunk: Chunk): void {
  const groups = parenthesised(bytes);
  if (groups.size === 0) return;
  walk(chunk, (node) => {
    const [start, end] = node.range;
    const cut = node.type === "VarargLiteral" || isCall(node);
    if (cut && groups.has(`${start}:${end}`)) (node as { inParens?: true }).inParens = true;
  });
}
