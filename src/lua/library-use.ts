import type { AnyCall, Expression, Node } from "./ast.js";
import { callArguments, isCall } from "./ast.js";
import { isLibrary, pathOf, stringValue } from "./callee.js";
import type { ResolvedNames } from "./script.js";
import { changesSharedMetatables } from "./shared-metatables.js";
import { walk } from "./walk.js";

/** What a script does with one of the library's tables beyond calling its functions by name. */
export interface TableUse {
  /** It has to be there as a table: it is gone through, indexed by computed names, compared, handed on, changed. */
  readonly isValue: boolean;
  /** All of it has to be there, not only the names that the script mentions. */
  readonly isWhole: boolean;
  /** Names that may hold something else than the library's own: those assigned, or every one once the table was handed on. */
  readonly changed: ReadonlySet<string> | "any";
}

/** Library tables that are used as ordinary values, by name (`string`, `require(cjson)`). The others need not exist at run time. */
export type LibraryUses = ReadonlyMap<string, TableUse>;

interface OpenUse {
  isValue: boolean;
  isWhole: boolean;
  changed: Set<string> | "any";
}

/** Functions that look at a table and neither change nor keep it. */
const READERS = new Set(["pairs", "ipairs", "next", "type", "tostring", "rawget", "rawlen", "rawequal", "print"]);

export function findLibraryUses(script: ResolvedNames): LibraryUses {
  const uses = new Map<string, OpenUse>();
  walk(script.chunk, (node, parents) => {
    const path = pathOf(script, node as Expression);
    if (path === undefined || !isLibrary(path)) return;
    const use = uses.get(path) ?? { isValue: false, isWhole: false, changed: new Set<string>() };
    note(script, use, node as Expression, parents.at(-1) as Node, parents.at(-2));
    if (use.isValue) uses.set(path, use);
  });
  // `string = string or {}`: the name is a variable of the script, which holds the library at first.
  for (const [name, binding] of script.globals)
    if (binding.assignments.length > 0 && isLibrary(name))
      uses.set(name, { isValue: true, isWhole: true, changed: "any" });
  // The metatable of strings holds it.
  if (changesSharedMetatables(script)) uses.set("string", { isValue: true, isWhole: true, changed: "any" });
  return uses;
}

function note(
  script: ResolvedNames,
  use: OpenUse,
  node: Expression,
  parent: Node,
  grandparent: Node | undefined,
): void {
  switch (parent.type) {
    case "MemberExpression":
    case "IndexExpression":
      if (parent.base !== node) break;
      noteIndex(use, parent, grandparent);
      return;
    case "CallExpression":
      if (parent.base !== node) {
        noteArgument(script, use, node, parent);
        return;
      }
      break;
    case "LocalStatement":
      if (isAliasDeclaration(script, parent, node) || (parent.variables as readonly Node[]).includes(node)) return;
      break;
    // `string and string.trim` gives the library in no case.
    case "LogicalExpression":
      if (parent.operator !== "and" || parent.left !== node) break;
      use.isValue = true;
      return;
    // `require "string"` as a statement.
    case "CallStatement":
      return;
    // An entry of `_G`: that it may be changed through that is a known limit.
    case "TableKeyString":
      if (!parent.ofGlobals) break;
      use.isValue = true;
      use.isWhole = true;
      return;
    case "BinaryExpression":
    case "UnaryExpression":
    case "IfClause":
    case "ElseifClause":
      use.isValue = true;
      return;
    default:
  }
  open(use);
}

/** Whoever holds it may change it. */
function open(use: OpenUse): void {
  use.isValue = true;
  use.isWhole = true;
  use.changed = "any";
}

function noteIndex(use: OpenUse, access: Extract<Node, { base: Expression }>, parent: Node | undefined): void {
  const key =
    access.type === "MemberExpression"
      ? access.identifier.name
      : access.type === "IndexExpression"
        ? stringValue(access.index)
        : undefined;
  const assigned =
    (parent?.type === "AssignmentStatement" && (parent.variables as readonly Node[]).includes(access)) ||
    (parent?.type === "FunctionDeclaration" && parent.identifier === access);
  // `string:upper()` hands the table itself to the function.
  const handed = access.type === "MemberExpression" && access.indexer === ":" && !assigned;
  if (handed || (assigned && key === undefined)) open(use);
  else if (assigned) change(use, key as string);
  else if (key === undefined) {
    use.isValue = true;
    use.isWhole = true;
  }
}

function change(use: OpenUse, key: string): void {
  use.isValue = true;
  if (use.changed !== "any") use.changed.add(key);
}

function noteArgument(script: ResolvedNames, use: OpenUse, node: Expression, call: AnyCall): void {
  const callee = pathOf(script, call.base) ?? "";
  const args = callArguments(call);
  const key = args[1] && stringValue(args[1]);
  if (callee === "rawset" && args[0] === node && key !== undefined) change(use, key);
  else if (READERS.has(callee)) {
    use.isValue = true;
    use.isWhole ||= !/^(?:type|tostring|rawequal|print)$/.test(callee);
  } else open(use);
}

/** `local s = string`, which is only another name. */
function isAliasDeclaration(
  script: ResolvedNames,
  parent: Extract<Node, { type: "LocalStatement" }>,
  node: Expression,
): boolean {
  const i = parent.init.indexOf(node);
  const variable = parent.variables[i];
  const binding = variable && script.bindingOf.get(variable);
  return binding !== undefined && binding.assignments.length === 1 && !(isCall(node) && i > 0);
}
