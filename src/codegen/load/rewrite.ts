import type { Node } from "../../lua/ast.js";
import type { Place } from "../../lua/link-modules.js";
import type { ParsedScript } from "../../lua/parse.js";
import type { Script } from "../../lua/script.js";

/** Where in the text a node stands. */
export const placeOf = ({ range, loc }: Node): Place => ({ range, loc });

/** Makes a node another one in its place. */
export function become(node: Node, other: Node): void {
  for (const key of Object.keys(node)) delete (node as unknown as Record<string, unknown>)[key];
  Object.assign(node, other);
}

/** A copy of a script whose tree can be rewritten; its names are to be resolved anew. */
export function copyOf({ chunk, labelOf, bytes, texts, modules, ownLength }: Script): ParsedScript {
  const copies = new Map<object, object>();
  const copied = copyNode(chunk, copies);
  const labels = [...labelOf].map(([jump, label]) => [copyNode(jump, copies), copyNode(label, copies)] as const);
  return { chunk: copied, labelOf: new Map(labels), bytes, texts, modules: [...modules.values()], ownLength };
}

/** With everything below it but its place in the text, which nothing changes. (`structuredClone` takes four times as long.) */
function copyNode<T extends object>(node: T, copies: Map<object, object>): T {
  const known = copies.get(node);
  if (known) return known as T;
  const copy = (Array.isArray(node) ? [] : {}) as T;
  copies.set(node, copy);
  for (const key in node) {
    const value = node[key];
    const isShared = typeof value !== "object" || value === null || key === "range" || key === "loc";
    copy[key] = isShared ? value : (copyNode(value as T & object, copies) as typeof value);
  }
  return copy;
}
