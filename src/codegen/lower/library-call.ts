import type { AnyCall, Expression } from "../../lua/ast.js";
import { callArguments } from "../../lua/ast.js";
import type { Form, LibraryFunction, ResultType } from "../../lua/library.js";
import type { StaticType } from "../../lua/static-type.js";
import { type Code, callCode, comma, isQuiet, Precedence, primary, quietly } from "../code.js";
import { describe, type FunctionContext } from "../context.js";
import { refuse } from "../refusal.js";
import { quote } from "../string-constants.js";
import { type CallSite, convertArguments, libraryParameters, needsCheck, type Parameter } from "./arguments.js";
import { callLine } from "./call.js";
import { lowerExpression } from "./expression.js";
import { INTRINSICS, LIST_INTRINSICS } from "./intrinsics.js";
import { type LoweredList, lowerList, printValues } from "./values.js";

/** `string.sub(s, 1, 3)` → `string.sub(s, 1, 3)`: a library function with its arguments checked and converted. */
export function lowerLibraryCall(
  context: FunctionContext,
  call: AnyCall,
  row: LibraryFunction,
  receiver?: Expression,
  inTail = false,
): Code {
  if (row.status.kind === "refused") refuseLibrary(row, call);
  const intrinsic = receiver ? undefined : INTRINSICS[row.name];
  const special = intrinsic?.(context, call, inTail);
  if (special) return special;
  const list = argumentList(context, call, receiver);
  // The function that ends with the call is gone by then: what is wrong is the caller's, for whom a method has no receiver.
  const isValue = context.leavesTailCalls;
  const isLast = inTail && (row.name === "assert" || isValue || context.isGivenCallerLine);
  const isGiven = isLast && context.isGivenCallerLine;
  const ownName = isGiven ? context.fn.name.split(/[.:]/).at(-1) : isLast ? undefined : calledName(call);
  const site = {
    name: ownName ?? (row.name.split(".").at(-1) as string),
    line: isLast ? CALLER_LINE : callLine(call),
    first: receiver && !isLast ? 0 : 1,
  };
  const code = LIST_INTRINSICS[row.name]?.(context, list, site, call) ?? callForm(context, row, list, site);
  if (isLast && code.text.includes(CALLER_LINE)) context.callerLine(isValue);
  return code;
}

/** What `FunctionContext.callerLine` gives; only calls that can raise need it. */
const CALLER_LINE = "callerLine";

/** A function has no name of its own in an error text, but that by which it is called. */
function calledName({ base }: AnyCall): string | undefined {
  if (base.type === "Identifier") return base.name;
  return base.type === "MemberExpression" ? base.identifier.name : undefined;
}

export function refuseLibrary(row: LibraryFunction, node: Expression): never {
  const reason = row.status.kind === "refused" ? row.status.reason : "it cannot be compiled";
  return refuse(`library.${row.name}`, `${row.name}: ${reason}`, "leave it out, or keep this filter in Lua", node);
}

/** For `s:sub(1)` the receiver is the first argument; nil there is an index of nil, not a bad argument. */
export function argumentList(context: FunctionContext, call: AnyCall, receiver?: Expression): LoweredList {
  if (!receiver) return lowerList(context, callArguments(call));
  const object = lowerExpression(context, receiver);
  const self = object.type === "string?" ? needed(context, receiver, object, callLine(call)) : object;
  const list = lowerList(context, callArguments(call));
  return { ...list, fixed: [self, ...list.fixed] };
}

function needed(context: FunctionContext, node: Expression, code: Code, line: number): Code {
  const what = describe(context, node);
  const message = what === "" ? "attempt to index a nil value" : `attempt to index ${what} (a nil value)`;
  return {
    text: `lua.need<Str>(${code.text}, ${quote(message)}, ${line})`,
    precedence: Precedence.Postfix,
    type: "string",
    pure: false,
  };
}

/** The call of the form that fits the number of arguments. */
function callForm(context: FunctionContext, row: LibraryFunction, list: LoweredList, site: CallSite): Code {
  const { fixed, tail } = list;
  // `table.insert` counts its arguments instead of checking them.
  const spread = tail?.kind === "optional" && row.name !== "table.insert" ? { fixed: [...fixed, tail.code] } : list;
  const form = chooseForm(row, spread);
  const parameters = libraryParameters(form);
  const { before, texts, pure, quiet } = printArguments(context, parameters, spread, site);
  const args = form.raises ? [...texts, lineFor(row, site)] : texts;
  const code = callCode(
    runtimeName(context, row.file, form.function),
    trimmed(args, parameters, spread, form),
    "value",
    pure && isFunctionOfArguments(row, form),
  );
  return comma(before, withResults(quiet && isFunctionOfArguments(row, form) ? quietly(code) : code, form.results));
}

/** What these raise beyond the checks of their arguments does not name them. */
const NAMELESS = new Set(["table.concat", "string.find", "string.match", "tostring"]);

/** What the function itself raises names it as the script does: `lua.named("fmt", 12)` for `local fmt = string.format`. */
function lineFor(row: LibraryFunction, { name, line }: CallSite): string {
  const isOwn = NAMELESS.has(row.name) || row.name.split(".").at(-1) === name;
  return isOwn ? String(line) : `lua.named("${name}", ${line})`;
}

/** No effect, no memory: nobody can tell whether or when it is called. */
function isFunctionOfArguments({ name }: LibraryFunction, form: Form): boolean {
  return !form.raises && /^(?:string|bit|math)\.|^type$/.test(name) && !name.startsWith("math.random");
}

function chooseForm(row: LibraryFunction, list: LoweredList): Form {
  const count = list.fixed.length;
  const last = row.forms.at(-1) as Form;
  if (list.tail) return last;
  const takes = (form: Form): boolean => {
    const required = form.parameters.filter(
      (parameter) => parameter.default === undefined && parameter.type !== "value" && parameter.type !== "values",
    ).length;
    return form.parameters.at(-1)?.type === "values"
      ? count >= required
      : count >= required && count <= form.parameters.length;
  };
  return row.forms.find(takes) ?? last;
}

function printArguments(context: FunctionContext, parameters: readonly Parameter[], list: LoweredList, site: CallSite) {
  const rest = parameters.at(-1)?.type === "values";
  if (!rest && !list.tail) return convertArguments(context, parameters, list.fixed, site);
  const named = rest ? parameters.slice(0, -1) : parameters;
  if (rest && (list.fixed.length >= named.length || !list.tail) && !checksTooEarly(named, list)) {
    const args = convertArguments(context, named, list.fixed.slice(0, named.length), site);
    return { ...args, texts: [...args.texts, printValues({ ...list, fixed: list.fixed.slice(named.length) })] };
  }
  const values = context.temporaryList();
  const codes: Code[] = named.map((_, i) => ({ ...primary(`${values}.at(${i + 1})`, "value", true) }));
  const args = convertArguments(context, named, codes, { ...site, counted: `${values}.count` });
  const before = [`${values} = ${printValues(list)}`, ...args.before];
  return {
    before,
    texts: rest ? [...args.texts, `${values}.from(${named.length + 1})`] : args.texts,
    pure: false,
    quiet: false,
  };
}

/** Whether checking a named argument could come before the effect of one behind it. */
function checksTooEarly(named: readonly Parameter[], { fixed, tail }: LoweredList): boolean {
  if (!fixed.some((code, i) => i < named.length && needsCheck(named[i], code))) return false;
  return (tail !== undefined && tail.kind !== "varargs") || fixed.slice(named.length).some((code) => !isQuiet(code));
}

/** Arguments that equal the default and stand last are left out, unless the line follows. */
function trimmed(
  args: readonly string[],
  parameters: readonly Parameter[],
  list: LoweredList,
  form: Form,
): readonly string[] {
  if (form.raises || list.tail) return args;
  let end = args.length;
  while (end > list.fixed.length && parameters[end - 1]?.fallback === args[end - 1]) end--;
  return args.slice(0, end);
}

function withResults(code: Code, results: Form["results"]): Code {
  if (results === "multiple") return { ...code, type: "value", pure: false, quiet: false, many: true };
  const [first, ...more] = results;
  if (first === undefined) return { ...code, type: "nil", pure: false, quiet: false };
  if (first === "number?")
    return {
      ...callCode("lua.numberOrNil", [code.text], "number?", code.pure),
      ...(more.length > 0 && { many: true }),
    };
  return { ...code, type: staticType(first), ...(more.length > 0 && { many: true, pure: false, quiet: false }) };
}

function staticType(result: ResultType): StaticType {
  return result;
}

/** The runtime function as the filter names it, its file imported. */
export function runtimeName(context: FunctionContext, file: string, name: string): string {
  if (file === "base" || file === "") return `lua.${name}`;
  const alias =
    NAMESPACES[file] ?? (file.split("/").at(-1) as string).replace(/-(\w)/g, (_, c: string) => c.toUpperCase());
  context.module.imports.namespaces.set(alias, file);
  return `${alias}.${name}`;
}

const NAMESPACES: Readonly<Record<string, string>> = {
  "table-library": "table",
  "pattern/match": "pattern",
  "string-library": "string",
};
