import type { AnyCall, Expression, Identifier, Node } from "./ast.js";
import { callArguments, isCall, isMulti } from "./ast.js";
import { libraryPath } from "./callee.js";
import type { Binding, Script } from "./script.js";
import { walk } from "./walk.js";

/** What may become an element: the first value of an expression, or anything. */
export type Element = Expression | "anything";

/** Library functions that give no table back that they are given, and put nothing into it but what is in it already. */
const HARMLESS = new Set(["next", "unpack", "table.concat", "table.remove", "table.sort", "table.unpack"]);
/** The same in front of `do`, where nothing else gets their results. */
const ITERATORS = new Set(["ipairs", "pairs"]);

/**
 * Tables that are reached through one local variable alone (escape analysis: Choi et al., "Escape Analysis for Java", 1999), with all that is ever
 * put into them. They have no metatable.
 */
export function findOwnTables(script: Script): ReadonlyMap<Binding, readonly Element[]> {
  const tables = new Map<Binding, Element[]>();
  for (const binding of new Set(script.bindingOf.values())) {
    const elements = constructed(binding);
    if (elements) tables.set(binding, elements);
  }
  walk(script.chunk, (node, parents) => {
    const binding = node.type === "Identifier" ? script.bindingOf.get(node) : undefined;
    const elements = binding && tables.get(binding);
    if (!binding || !elements) return;
    const put = use(script, node as Identifier, parents);
    if (put) elements.push(...put);
    else tables.delete(binding);
  });
  return tables;
}

/** All that its constructors hold; undefined when anything else is assigned to the variable. */
function constructed({ kind, assignments }: Binding): Element[] | undefined {
  if (kind === "global" || assignments.length === 0) return undefined;
  const elements: Element[] = [];
  for (const { value, index } of assignments) {
    if (value?.type !== "TableConstructorExpression" || index > 0) return undefined;
    const { fields } = value;
    for (const field of fields)
      elements.push(field === fields.at(-1) && isMulti(field.value) ? "anything" : field.value);
  }
  return elements;
}

/** What this use of the variable puts into the table; undefined when the table may be reached in another way afterwards. */
function use(script: Script, node: Identifier, parents: readonly Node[]): readonly Element[] | undefined {
  const parent = parents.at(-1);
  if (!parent) return undefined;
  if (parent.type === "LocalStatement") return parent.variables.includes(node) ? [] : undefined;
  if (parent.type === "AssignmentStatement") return parent.variables.includes(node) ? [] : undefined;
  if (parent.type === "UnaryExpression") return parent.operator === "#" ? [] : undefined;
  if (parent.type === "MemberExpression" || parent.type === "IndexExpression")
    return parent.base === node ? throughIndex(parent, parents.at(-2)) : undefined;
  return isCall(parent) ? given(script, node, parent, parents.at(-2)) : undefined;
}

type Index = Extract<Expression, { type: "MemberExpression" | "IndexExpression" }>;

function throughIndex(index: Index, parent: Node | undefined): readonly Element[] | undefined {
  if (index.type === "MemberExpression" && index.indexer === ":") return undefined;
  if (parent?.type === "FunctionDeclaration") return parent.identifier === index ? undefined : [];
  if (parent?.type !== "AssignmentStatement") return [];
  const at = parent.variables.indexOf(index);
  if (at < 0) return [];
  const value = parent.init[at];
  if (value) return [value];
  const last = parent.init.at(-1);
  return last && isMulti(last) ? ["anything"] : [];
}

function given(
  script: Script,
  node: Identifier,
  call: AnyCall,
  parent: Node | undefined,
): readonly Element[] | undefined {
  const all = callArguments(call);
  const path = libraryPath(script, call.base);
  const isMethod = call.base.type === "MemberExpression" && call.base.indexer === ":";
  if (path === undefined || isMethod || all[0] !== node || all.lastIndexOf(node) > 0) return undefined;
  if (HARMLESS.has(path)) return [];
  if (ITERATORS.has(path)) return parent?.type === "ForGenericStatement" ? [] : undefined;
  if (path !== "table.insert") return undefined;
  const last = all.at(-1) as Expression;
  return isMulti(last) ? ["anything"] : [last];
}
