import type { Expression } from "../../lua/ast.js";
import { isMulti } from "../../lua/ast.js";
import type { Code } from "../code.js";
import type { FunctionContext } from "../context.js";
import { boxed } from "../convert.js";
import { lowerCall } from "./call.js";
import { lowerExpression } from "./expression.js";

/** A list of expressions: those that give one value each, and the last if it may give any number. */
export interface LoweredList {
  readonly fixed: readonly Code[];
  readonly tail?: Tail;
}

export type Tail =
  /** `...` of the function. */
  | { readonly kind: "varargs"; readonly name: string }
  /** A call whose results are to be read with `lua.results`. */
  | { readonly kind: "results"; readonly code: Code }
  /** A `Values` of all results. */
  | { readonly kind: "list"; readonly code: Code }
  /** One value or none. */
  | { readonly kind: "optional"; readonly code: Code }
  /** A call that gives no value at all. */
  | { readonly kind: "nothing"; readonly code: Code };

export function lowerList(context: FunctionContext, nodes: readonly Expression[]): LoweredList {
  const last = nodes.at(-1);
  if (!last || !isMulti(last)) return { fixed: nodes.map((node) => lowerExpression(context, node)) };
  const fixed = nodes.slice(0, -1).map((node) => lowerExpression(context, node));
  if (last.type === "VarargLiteral") return { fixed, tail: { kind: "varargs", name: context.varargs } };
  const code = lowerCall(context, last);
  if (code.list) return { fixed, tail: { kind: "list", code } };
  if (code.many) return { fixed, tail: { kind: "results", code } };
  if (code.mayBeAbsent) return { fixed, tail: { kind: "optional", code } };
  if (code.type === "nil" && !code.pure) return { fixed, tail: { kind: "nothing", code } };
  return { fixed: [...fixed, code] };
}

/** `Values.create(2).add(a).add(b).addResults(f())` */
export function printValues({ fixed, tail }: LoweredList): string {
  if (fixed.length === 0 && tail?.kind === "varargs") return tail.name;
  if (fixed.length === 0 && tail?.kind === "results") return `lua.results(${boxed(tail.code).text})`;
  if (fixed.length === 0 && tail?.kind === "list") return tail.code.text;
  const start = `Values.create(${fixed.length})${fixed.map((code) => `.add(${boxed(code).text})`).join("")}`;
  switch (tail?.kind) {
    case "varargs":
      return `${start}.addAll(${tail.name})`;
    case "list":
      return `${start}.addAll(${tail.code.text})`;
    case "results":
      return `${start}.addResults(${boxed(tail.code).text})`;
    case "optional":
      return `${start}.addPresent(${boxed(tail.code).text})`;
    case "nothing":
      return `${start}.addAll((${tail.code.text}, Values.create(0)))`;
    default:
      return start;
  }
}
