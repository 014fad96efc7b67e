import { type AnyCall, callArguments, type Expression, isMulti } from "../lua/ast.js";
import type { LibraryFunction, Parameter } from "../lua/library.js";
import type { ModuleContext } from "./context.js";

/** `%d` and the like take a number. */
const NUMERIC = /%[-+ #0]*\d*(?:\.\d*)?[cdeEfgGiouxXaA]/;

/** These raise nothing for what they are given, but for what a metamethod raises. */
const TAKE_ANYTHING = new Set(["tostring", "type", "select", "next", "pairs", "ipairs", "pcall", "xpcall"]);

/**
 * Whether a call of the library in tail position can raise an error of its own. LuaJIT places that error where the function was called that ends
 * with the call, and names it after that function.
 */
export function mayRaise(module: ModuleContext, call: AnyCall, row: LibraryFunction, receiver?: Expression): boolean {
  if (row.name === "error" || row.name === "assert") return true;
  const given = [...(receiver ? [receiver] : []), ...callArguments(call)];
  const form = row.forms.at(-1);
  const last = given.at(-1);
  if (!form || TAKE_ANYTHING.has(row.name)) return false;
  if (last && isMulti(last) && given.length <= form.parameters.length) return true;
  if (!form.parameters.every((parameter, i) => fits(module, parameter, given[i]))) return true;
  return form.raises && !isHarmless(module, row.name, given);
}

function fits(
  { types }: ModuleContext,
  { type, default: fallback }: Parameter,
  given: Expression | undefined,
): boolean {
  if (type === "value" || type === "values" || type === "boolean") return true;
  if (!given) return fallback !== undefined;
  const found = types.ofExpression(given);
  if (type === "any") return true;
  if (type === "string") return found === "string" || found === "number";
  return type === "table" ? found === "table" : found === "number";
}

/** Patterns, formats and replacements that are constants have been looked at. */
function isHarmless(module: ModuleContext, name: string, given: readonly Expression[]): boolean {
  const isConstant = (node: Expression | undefined): boolean => node?.type === "StringLiteral";
  if (name === "string.find" || name === "string.match") return isConstant(given[1]);
  if (name === "string.gsub") return isConstant(given[1]) && isConstant(given[2]);
  const [form, ...rest] = given;
  if (name !== "string.format" || form?.type !== "StringLiteral") return false;
  return !NUMERIC.test(form.value) || rest.every((node) => module.types.ofExpression(node) === "number");
}
