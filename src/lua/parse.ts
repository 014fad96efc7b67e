import luaparse from "luaparse";
import { InputError } from "../support/failure.js";
import { type Chunk, type Expression, isCall, type Node } from "./ast.js";
import { checkGotoIsNoName, LabelError, type LabelOf, resolveLabels } from "./labels.js";
import { parenthesised } from "./parentheses.js";
import { walk } from "./walk.js";

/** A script as text and tree, before names are resolved. */
export interface ParsedScript {
  /** The script's bytes, one character each (U+0000 to U+00FF); `range` in the tree counts these. */
  readonly bytes: string;
  readonly chunk: Chunk;
  readonly labelOf: LabelOf;
}

/** The text is not Lua. `line` and `column` are 1-based and count in the script's own text (UTF-16 units). */
export class LuaSyntaxError extends InputError {}

interface LuaparseError extends Error {
  line?: number;
  column?: number;
}

/**
 * Parses a script in LuaJIT's dialect (5.1 with `goto`, `\x`, `\z`, `\u{}` and LUA52COMPAT, as Envoy builds it).
 * @param text the script as Unicode text; its UTF-8 bytes are what Lua sees
 * @throws {LuaSyntaxError}
 */
export function parseScript(text: string): ParsedScript {
  const bytes = Buffer.from(text, "utf8").toString("latin1");
  try {
    const chunk = parseLuaJit(bytes);
    if (bytes.includes("goto")) checkGotoIsNoName(chunk);
    markParentheses(bytes, chunk);
    return { bytes, chunk, labelOf: resolveLabels(chunk) };
  } catch (error) {
    if (error instanceof LabelError) throw syntaxErrorAt(bytes, error.node, error.message);
    if (error instanceof RangeError)
      throw new LuaSyntaxError("chunk has too many syntax levels", { line: 1, column: 1 });
    const { message, line, column } = error as LuaparseError;
    if (line === undefined) throw error;
    throw new LuaSyntaxError(inLuaJitsWords(message.replace(/^\[\d+:\d+\] /, "")), {
      line,
      column: charactersBefore(bytes, line, column ?? 0) + 1,
    });
  }
}

function syntaxErrorAt(bytes: string, { loc: { start } }: Node, message: string): LuaSyntaxError {
  return new LuaSyntaxError(message, {
    line: start.line,
    column: charactersBefore(bytes, start.line, start.column) + 1,
  });
}

/**
 * luaparse's LuaJIT is one without LUA52COMPAT: of Envoy's it lacks empty statements, `break` in mid-block and a call's `(` on the next
 * line. Its Lua 5.3 has them; the operators that only that has are not taken.
 */
function parseLuaJit(bytes: string): Chunk {
  try {
    return parseAs("LuaJIT", bytes);
  } catch (error) {
    const chunk = parsed(() => parseAs("5.3", bytes));
    if (!chunk || hasOperatorsOf53(chunk)) throw error;
    return chunk;
  }
}

function parsed(parse: () => Chunk): Chunk | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

function hasOperatorsOf53(chunk: Chunk): boolean {
  let found = false;
  walk(chunk, (node) => {
    found ||= "operator" in node && OPERATORS_OF_5_3.has(node.operator);
  });
  return found;
}

const OPERATORS_OF_5_3 = new Set<string>(["//", "&", "|", "~", "<<", ">>"]);

function parseAs(luaVersion: "LuaJIT" | "5.3", bytes: string): Chunk {
  return luaparse.parse(bytes, {
    luaVersion,
    locations: true,
    ranges: true,
    comments: true,
    encodingMode: "pseudo-latin1",
  } as Partial<luaparse.Options>) as unknown as Chunk;
}

/** luaparse finds the same faults as LuaJIT in labels and `break`, but has other words for them. */
function inLuaJitsWords(message: string): string {
  return message
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
    const cut = node.type === "VarargLiteral" || isCall(node as Expression);
    if (cut && groups.has(`${start}:${end}`)) (node as { inParens?: true }).inParens = true;
  });
}
