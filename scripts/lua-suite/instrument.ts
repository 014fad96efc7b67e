import type { Chunk, Node, Statement } from "../../src/lua/ast.js";
import { parseScript } from "../../src/lua/parse.js";
import { walk } from "../../src/lua/walk.js";

/** Lines of the outcome protocol begin with this; whatever else a suite prints is not looked at. */
export const MARK = "\x01";

/** On the file's own first line, so that all lines keep their numbers. */
const PRELUDE = `local __print, __tostring, __seen, __type, __pcall = print, tostring, {}, type, pcall
local __format, __select, __concat, __rawget = string.format, select, table.concat, rawget
local function __at(line) if line == __stop_at then error("stopped") end __print("${MARK}at " .. line) end
local function __check(place, value, ...)
  local outcome = (value and "ok " or "fail ") .. place
  if not __seen[outcome] then __seen[outcome] = true __print("${MARK}" .. outcome) end
  return value, ...
end
local function __shown(value, inner)
  local kind = __type(value)
  if kind == "number" then return __format("%.17g", value) end
  if kind == "string" then return __format("%q", value) end
  if kind == "nil" or kind == "boolean" then return __tostring(value) end
  if kind ~= "table" or inner then return kind end
  local items = {}
  for i = 1, 50 do items[i] = __shown(__rawget(value, i), true) end
  return "{" .. __concat(items, ", ") .. "}"
end
local function __values(place, ...)
  local shown = {}
  for i = 1, __select("#", ...) do shown[i] = __shown((__select(i, ...))) end
  __print("${MARK}value " .. place .. " " .. __concat(shown, ", "))
  return true
end
local function __errors(place, f, ...) return __values(place, __pcall(f), ...) end
`.replaceAll("\n", " ");

/** What is put in the place of an assertion: `assert` tells whether it holds, those of other suites (lua-Harness's, Test.More's) what they are given. */
const STAND_INS: ReadonlyMap<string, string> = new Map([
  ["assert", "__check"],
  ...["error_equals", "error_matches", "not_errors", "error_is", "error_like", "lives_ok"].map(
    (name) => [name, "__errors"] as const,
  ),
  ...[
    "equals",
    "not_equals",
    "near",
    "matches",
    "not_matches",
    "array_equals",
    "same",
    "contains",
    "truthy",
    "falsy",
  ].map((name) => [name, "__values"] as const),
  ...["nil", "true", "false", "boolean", "function", "number", "string", "table", "thread", "userdata", "cdata"].map(
    (type) => [`is_${type}`, "__values"] as const,
  ),
  ...["is", "isnt", "like", "unlike", "cmp_ok", "type_ok", "is_deeply", "eq_array", "ok", "nok"].map(
    (name) => [name, "__values"] as const,
  ),
]);

/** In front of the text (LuaJIT alone): raises where the statement of this line would run. */
export const STOP_AT = "__stop_at = ";

/** A suite's file, its assertions reported instead of raised, and some statements left out. */
export interface Instrumented {
  readonly text: string;
  /** Places (`LINE:COLUMN`) of all assertions in it. */
  readonly assertions: readonly string[];
  readonly statements: readonly Place[];
}

/** A statement of the top level (or of a `do` block there); bytes of the file. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly endLine: number;
}

/**
 * `assert(x, …)` becomes `__check("LINE:COLUMN", x, …)`, other assertions likewise, and each statement of the top level announces itself.
 * @param leftOut starts of statements to leave out
 * @throws {LuaSyntaxError}
 */
export function instrument(source: string, leftOut: ReadonlySet<number>): Instrumented {
  const { bytes: text, chunk } = parseScript(source.replace(/^#[^\n]*/, ""));
  const statements = topLevel(chunk);
  const edits: { at: number; text: string; until?: number }[] = [];
  const assertions: string[] = [];
  for (const { start, end, line } of statements) {
    if (leftOut.has(start)) edits.push({ at: start, until: end, text: text.slice(start, end).replace(/[^\n]+/g, "") });
    else edits.push({ at: start, text: `__at(${line}); ` });
  }
  const isOut = ({ range: [start] }: Node): boolean =>
    statements.some((statement) => leftOut.has(statement.start) && statement.start <= start && start < statement.end);
  const own = ownFunctions(chunk);
  walk(chunk, (node) => {
    if (node.type !== "CallExpression" || node.arguments.length === 0 || isOut(node)) return;
    const name = node.base.type === "Identifier" ? node.base.name : "";
    const standIn = (name === "assert" || !own.has(name)) && STAND_INS.get(name);
    if (!standIn) return;
    const place = `${node.loc.start.line}:${node.loc.start.column + 1}`;
    const [start, end] = node.base.range;
    assertions.push(place);
    edits.push({ at: start, until: text.indexOf("(", end) + 1, text: `${standIn}("${place}", ` });
  });
  const whole = Buffer.from(PRELUDE + applied(text, edits), "latin1").toString("utf8");
  return { text: whole, assertions, statements };
}

/** Names that the file gives to functions or variables of its own. */
function ownFunctions(chunk: Chunk): ReadonlySet<string> {
  const names = new Set<string>();
  walk(chunk, (node) => {
    const given =
      node.type === "LocalStatement" || node.type === "AssignmentStatement"
        ? node.variables
        : node.type === "FunctionDeclaration"
          ? [node.identifier, ...node.parameters]
          : [];
    for (const variable of given) if (variable?.type === "Identifier") names.add(variable.name);
  });
  return names;
}

/** The file's statements, those of `do` blocks one by one. */
function topLevel(chunk: Chunk): readonly Place[] {
  const places: Place[] = [];
  const add = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.type === "DoStatement") add(statement.body);
      else
        places.push({
          start: statement.range[0],
          end: statement.range[1],
          line: statement.loc.start.line,
          endLine: statement.loc.end.line,
        });
    }
  };
  add(chunk.body);
  return places;
}

function applied(text: string, edits: readonly { at: number; text: string; until?: number }[]): string {
  let result = "";
  let done = 0;
  for (const edit of [...edits].sort(
    (a, b) => a.at - b.at || Number(a.until !== undefined) - Number(b.until !== undefined),
  )) {
    result += text.slice(done, edit.at) + edit.text;
    done = edit.until ?? edit.at;
  }
  return result + text.slice(done);
}
