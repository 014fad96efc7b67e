import type { Node, Statement } from "../lua/ast.js";
import { parseScript } from "../lua/parse.js";
import { walk } from "../lua/walk.js";
import { BRANCH_MARK } from "./observation.js";

/** A copy of a script that writes a mark to standard error when it enters a branch for the first time. */
export interface MarkedScript {
  /** Same lines as the original, so that error positions stay; UTF-8 text as Envoy gets it. */
  readonly text: string;
  /** 1-based line of every branch; marks are indices into this list. */
  readonly lines: readonly number[];
}

interface Splice {
  /** Byte offset in the script. */
  readonly at: number;
  readonly text: string;
}

const HIT = "moonshift_branch";

/**
 * Marks function, loop and conditional bodies, and the `else` that an `if` does not have. Bodies without a statement are left out.
 * @throws LuaSyntaxError
 */
export function markBranches(script: string): MarkedScript {
  const { bytes, chunk } = parseScript(script);
  const lines: number[] = [];
  const splices: Splice[] = [];
  const mark = (at: number, line: number, wrap: (hit: string) => string): void => {
    splices.push({ at, text: wrap(`${HIT}(${lines.length})`) });
    lines.push(line);
  };
  walk(chunk, (node) => {
    const first = bodyOf(node)?.[0];
    if (first !== undefined) mark(first.range[0], node.loc.start.line, (hit) => `${hit};`);
    if (node.type === "IfStatement" && node.clauses.at(-1)?.type !== "ElseClause") {
      mark(node.range[1] - "end".length, node.loc.start.line, (hit) => ` else ${hit} `);
    }
  });
  const marked = splices
    .sort((a, b) => b.at - a.at)
    .reduce((text, { at, text: piece }) => text.slice(0, at) + piece + text.slice(at), bytes);
  return { text: Buffer.from(PRELUDE + marked, "latin1").toString("utf8"), lines };
}

/** On the script's first line; a global, since a local could be one too many for Lua's limits. */
const PRELUDE =
  `do local seen, out = {}, io.stderr ${HIT} = function(n) if not seen[n] then seen[n] = true ` +
  `out:write("${BRANCH_MARK}" .. n .. "\\n") end end end `;

function bodyOf(node: Node): readonly Statement[] | undefined {
  switch (node.type) {
    case "FunctionDeclaration":
    case "IfClause":
    case "ElseifClause":
    case "ElseClause":
    case "WhileStatement":
    case "RepeatStatement":
    case "ForNumericStatement":
    case "ForGenericStatement":
      return node.body;
    default:
      return undefined;
  }
}
