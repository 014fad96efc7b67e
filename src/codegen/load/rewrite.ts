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
  return { ...structuredClone({ chunk, labelOf }), bytes, texts, modules: [...modules.values()], ownLength };
}
