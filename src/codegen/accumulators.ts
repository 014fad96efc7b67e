import type { Method } from "../envoy/index.js";
import { type BinaryExpression, type Expression, holds, type Identifier, isLoop, type Node } from "../lua/ast.js";
import type { Types } from "../lua/infer.js";
import type { Binding, FunctionInfo, Script } from "../lua/script.js";
import { walk } from "../lua/walk.js";

/**
 * Strings that a loop makes longer, and that only one variable holds meanwhile: they grow in place.
 *
 *     local text = ""                          let text = EMPTY;
 *     for … do text = text .. word end         for (…) text = lua.append(text, word);
 *     return text                              return lua.finished(text);
 */
export interface Accumulators {
  /** `text .. word` in an assignment to `text`. */
  readonly appends: ReadonlySet<BinaryExpression>;
  /** Reads of such a variable after which something else may hold its string, too. */
  readonly finished: ReadonlySet<Identifier>;
}

export function findAccumulators(script: Script, types: Types<Method>): Accumulators {
  const appends = new Set<BinaryExpression>();
  const finished = new Set<Identifier>();
  for (const fn of script.functions) if (fn !== script.main) collect(script, types, fn, appends, finished);
  return { appends, finished };
}

function collect(
  script: Script,
  types: Types<Method>,
  fn: FunctionInfo,
  appends: Set<BinaryExpression>,
  finished: Set<Identifier>,
): void {
  const found = new Map<Binding, BinaryExpression[]>();
  for (const statement of fn.node.body)
    walk(statement, (node, parents) => {
      const append = appendOf(script, node);
      if (!append) return;
      const { binding, value } = append;
      const declared = binding.assignments[0]?.node;
      const isOwn = binding.owner === fn && binding.kind !== "loop" && types.ofBinding(binding) === "string";
      if (!isOwn || !declared || !staysIn(fn, binding)) return;
      if (!parents.some((parent) => isLoop(parent) && !holds(parent, declared))) return;
      found.set(binding, [...(found.get(binding) ?? []), value]);
    });
  for (const [binding, values] of found) {
    for (const value of values) appends.add(value);
    const kept = keptReads(fn, values);
    for (const { node } of binding.references) if (!kept.has(node)) finished.add(node);
  }
}

/** `text = text .. …` */
function appendOf(script: Script, node: Node): { binding: Binding; value: BinaryExpression } | undefined {
  if (node.type !== "AssignmentStatement" || node.variables.length !== 1 || node.init.length !== 1) return undefined;
  const [target] = node.variables;
  const [value] = node.init;
  if (target?.type !== "Identifier" || value?.type !== "BinaryExpression" || value.operator !== "..") return undefined;
  const binding = script.bindingOf.get(target);
  const isSame = value.left.type === "Identifier" && script.bindingOf.get(value.left) === binding;
  return binding && isSame ? { binding, value } : undefined;
}

function staysIn(fn: FunctionInfo, { references, assignments }: Binding): boolean {
  return [...references, ...assignments].every(({ inside }) => inside === fn);
}

/** Names whose string is looked at and not handed on: `text` in `text = text .. word`, `#text`, `text == ""`. */
function keptReads(fn: FunctionInfo, appends: readonly BinaryExpression[]): ReadonlySet<Node> {
  const kept = new Set<Expression>(appends.map(({ left }) => left));
  for (const statement of fn.node.body)
    walk(statement, (node) => {
      if (node.type === "UnaryExpression" && node.operator === "#") kept.add(node.argument);
      if (node.type !== "BinaryExpression" || !/^(==|~=)$/.test(node.operator)) return;
      kept.add(node.left).add(node.right);
    });
  return kept;
}
