import type { Expression, Identifier, Node, Statement } from "../../lua/ast.js";
import { holds, isLoop, isMulti } from "../../lua/ast.js";
import type { Binding, FunctionInfo, Script } from "../../lua/script.js";
import { walk } from "../../lua/walk.js";

/**
 * What a variable certainly was given last where a name of it stands: the value that a statement in front of it, in the same block or one
 * around it, assigns, when nothing in between can assign another. Undefined: not known.
 */
export function reachingValue(script: Script, binding: Binding, use: Identifier): Expression | undefined {
  const parents = parentsOf(script, use);
  const inside = functionOf(script, parents);
  if (!inside || !binding.assignments.every((assignment) => assignment.inside === inside)) return undefined;
  for (let i = parents.length - 1; i >= 0; i--) {
    const parent = parents[i] as Node;
    const found = "body" in parent ? lastIn(script, binding, parent.body, parents[i + 1]) : undefined;
    if (found) return found === "unknown" ? undefined : found;
    if (parent.type === "FunctionDeclaration" || (isLoop(parent) && assigns(binding, parent))) return undefined;
  }
  return undefined;
}

function parentsOf(script: Script, use: Node): readonly Node[] {
  let found: readonly Node[] = [];
  walk(script.chunk, (node, parents) => {
    if (node === use) found = [...parents];
    return node.range[0] <= use.range[0] && use.range[1] <= node.range[1];
  });
  return found;
}

function functionOf(script: Script, parents: readonly Node[]): FunctionInfo | undefined {
  const around = parents.findLast((node) => node.type === "FunctionDeclaration");
  return around ? script.functionOf.get(around) : script.main;
}

function assigns(binding: Binding, where: Node): boolean {
  return binding.assignments.some(({ node }) => holds(where, node));
}

/** In the statements of a block in front of one of them. */
function lastIn(
  script: Script,
  binding: Binding,
  body: readonly Statement[],
  before: Node | undefined,
): Expression | "unknown" | undefined {
  // A jump could pass over an assignment.
  if (body.some(({ type }) => type === "LabelStatement")) return "unknown";
  const end = body.indexOf(before as Statement);
  for (const statement of body.slice(0, Math.max(end, 0)).reverse()) {
    if (!assigns(binding, statement)) continue;
    return valueGiven(script, binding, statement) ?? "unknown";
  }
  return undefined;
}

function valueGiven(script: Script, binding: Binding, statement: Statement): Expression | undefined {
  if (statement.type !== "AssignmentStatement" && statement.type !== "LocalStatement") return undefined;
  const places = statement.variables.flatMap((variable, i) =>
    variable.type === "Identifier" && script.bindingOf.get(variable) === binding ? [i] : [],
  );
  const [place, ...more] = places;
  const value = place === undefined || more.length > 0 ? undefined : statement.init[place];
  // Of a call in the middle and at the end, the first result.
  return value && (place === 0 || !isMulti(value)) ? value : undefined;
}
