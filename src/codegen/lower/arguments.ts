import type { Form, Parameter as LibraryParameter } from "../../lua/library.js";
import { type Code, isQuiet } from "../code.js";
import type { FunctionContext } from "../context.js";
import { boxed, printed, truth } from "../convert.js";
import { evaluateFirst } from "../sequence.js";

/** One parameter of a runtime function, from a row of either table. */
export interface Parameter {
  readonly type: LibraryParameter["type"];
  /** AssemblyScript for an argument that is not there; with `strict`, nil is not the same as not there. */
  readonly fallback?: string;
  readonly strict?: boolean;
  /** An error names an absent argument nil. */
  readonly absentIsNil?: boolean;
}

export interface CallSite {
  /** Name in `bad argument #1 to 'name'`. */
  readonly name: string;
  readonly line: number | string;
  /** How many arguments there are, where only run time knows it: inside a wrapper `count`. */
  readonly counted?: string;
  /** What error texts call the first argument: 0 for the receiver of a method; default 1. */
  readonly first?: number;
}

export function libraryParameters(form: Form): readonly Parameter[] {
  return form.parameters.map((parameter) => ({
    type: parameter.type,
    ...(parameter.default !== undefined && { fallback: qualified(parameter.default) }),
    ...(parameter.strict && { strict: true }),
    ...(parameter.absentIsNil && { absentIsNil: true }),
  }));
}

/** Defaults in the rows name things of the runtime; in the filter they are reached through `lua`. */
function qualified(expression: string): string {
  return /^[A-Za-z]\w*$/.test(expression) && !["true", "false", "null", "Infinity", "NaN"].includes(expression)
    ? `lua.${expression}`
    : expression;
}

/** The printed arguments of a runtime call, and what has to be evaluated before them. */
export interface Arguments {
  readonly before: readonly string[];
  readonly texts: readonly string[];
  readonly pure: boolean;
  readonly quiet: boolean;
}

/**
 * Arguments of a call with a fixed number of values, checked and converted as the parameters ask; a missing required argument is passed as
 * nil and raises there.
 * @param rest printed `Values` of what a last parameter of type `values` takes
 */
export function convertArguments(
  context: FunctionContext,
  parameters: readonly Parameter[],
  codes: readonly Code[],
  site: CallSite,
  first = site.first ?? 1,
): Arguments {
  const checked = codes.map((code, i) => needsCheck(parameters[i], code));
  const { before, operands } = evaluateFirst(context, codes, checked);
  const texts = parameters.map((parameter, i) => convertArgument(parameter, operands[i], first + i, site, i + 1));
  const surplus = operands.slice(parameters.length).filter((code) => !code.pure);
  const unchecked = !checked.some(Boolean);
  const pure = unchecked && operands.every((code) => code.pure);
  const quiet = unchecked && operands.every(isQuiet);
  return { before: [...before, ...surplus.map((code) => code.text)], texts, pure, quiet };
}

/** Whether the parameter's check of this argument may raise. */
export function needsCheck(parameter: Parameter | undefined, code: Code): boolean {
  if (!parameter || ["value", "values", "boolean"].includes(parameter.type)) return false;
  if (parameter.type === "any") return code.mayBeAbsent === true;
  return !fits(parameter.type, code);
}

function fits(type: Parameter["type"], code: Code): boolean {
  if (type === "string") return code.type === "string" || code.type === "number";
  if (type === "number" || type === "int") return code.type === "number";
  return type === "table" && code.type === "table";
}

/**
 * One argument as the runtime function takes it.
 * @param n what error texts call it
 * @param place which one of the arguments it is, from 1
 */
export function convertArgument(
  parameter: Parameter,
  code: Code | undefined,
  n: number,
  site: CallSite,
  place = n,
): string {
  const { type, fallback } = parameter;
  if (code === undefined) return fallback ?? missing(parameter, n, site);
  if (type === "value") return boxed(code).text;
  if (type === "any" && site.counted) return check("checkAny", code, n, site, place);
  if (type === "any") return code.mayBeAbsent ? check("checkPresent", code, n, site, place) : boxed(code).text;
  if (type === "boolean") return truth(code).text;
  if (type === "values") return `Values.create(1).add(${boxed(code).text})`;
  if (type === "string" && code.type === "number") return printed(code);
  if (fits(type, code)) return code.text;
  if (fallback !== undefined && !parameter.strict && code.type === "nil" && code.pure) return fallback;
  if (fallback !== undefined && !parameter.strict) {
    return `lua.${OPTIONAL[type] ?? "checkAny"}(${boxed(code).text}, ${fallback}, ${n}, "${site.name}", ${site.line})`;
  }
  if (fallback !== undefined && site.counted)
    return `(${site.counted} < ${place} ? ${fallback} : ${check(CHECK[type] ?? "checkAny", code, n, site, place)})`;
  if (type === "string" && code.type === "string?") return check("checkOptionalString", code, n, site, place, true);
  return check(CHECK[type] ?? "checkAny", code, n, parameter.absentIsNil ? uncounted(site) : site, place);
}

function uncounted({ name, line }: CallSite): CallSite {
  return { name, line };
}

const CHECK: Readonly<Record<string, string>> = {
  string: "checkString",
  number: "checkNumber",
  int: "checkNumber",
  table: "checkTable",
  function: "checkFunction",
  thread: "checkThread",
};

const OPTIONAL: Readonly<Record<string, string>> = {
  string: "checkStringOr",
  number: "checkNumberOr",
  int: "checkNumberOr",
  table: "checkTableOr",
};

function check(name: string, code: Code, n: number, site: CallSite, place: number, raw = false): string {
  const missing = site.counted ? `, ${site.counted} < ${place}` : "";
  return `lua.${name}(${raw ? code.text : boxed(code).text}, ${n}, "${site.name}", ${site.line}${missing})`;
}

/** A required argument that the script does not pass: the runtime's check raises `… expected, got no value`. */
function missing({ type, absentIsNil }: Parameter, n: number, site: CallSite): string {
  if (type === "values") return "Values.create(0)";
  if (type === "value") return "lua.nil";
  return `lua.${CHECK[type] ?? "checkAny"}(lua.nil, ${n}, "${site.name}", ${site.line}${absentIsNil ? "" : ", true"})`;
}
