/** The words in which the rows are written. */
import type { Form, LibraryFunction, Parameter, ParameterType, ResultType } from "../library.js";

/** A required parameter, or with `fallback` (AssemblyScript) an optional one for which nil counts as absent. */
function parameter(type: ParameterType, name: string, fallback?: string): Parameter {
  return fallback === undefined ? { name, type } : { name, type, default: fallback };
}

export const string = (name: string, fallback?: string): Parameter => parameter("string", name, fallback);
export const number = (name: string, fallback?: string): Parameter => parameter("number", name, fallback);
export const int = (name: string, fallback?: string): Parameter => parameter("int", name, fallback);
export const boolean = (name: string): Parameter => parameter("boolean", name, "false");
export const table = (name: string, fallback?: string): Parameter => parameter("table", name, fallback);
export const callable = (name: string): Parameter => parameter("function", name);
export const thread = (name: string): Parameter => parameter("thread", name);
/** Any value; nil when absent. */
export const value = (name: string): Parameter => parameter("value", name, "nil");
/** Any value, but there must be one (`value expected`). */
export const any = (name: string): Parameter => parameter("any", name);
export const rest: Parameter = { name: "arguments", type: "values" };
/** An optional parameter for which an explicit nil is an error. */
export const strict = (optional: Parameter): Parameter => ({ ...optional, strict: true });

/** A parameter of a function that LuaJIT has in Lua. */
export const inLua = (required: Parameter): Parameter => ({ ...required, absentIsNil: true });

export type Results = readonly ResultType[] | "multiple";

export const quiet = (name: string, parameters: readonly Parameter[], ...results: ResultType[]): Form => ({
  function: name,
  parameters,
  results,
  raises: false,
});

export const raising = (name: string, parameters: readonly Parameter[], ...results: ResultType[]): Form => ({
  function: name,
  parameters,
  results,
  raises: true,
});

/** The form returns as many results as it likes. */
export const multiple = (form: Form): Form => ({ ...form, results: "multiple" });

export function exact(name: string, file: string, ...forms: readonly Form[]): LibraryFunction {
  return { name, file, forms, status: { kind: "exact" } };
}

export function approximate(name: string, file: string, reason: string, ...forms: readonly Form[]): LibraryFunction {
  return { name, file, forms, status: { kind: "approximate", reason } };
}

export function refused(reason: string, ...names: readonly string[]): readonly LibraryFunction[] {
  return names.map((name) => ({ name, file: "", forms: [], status: { kind: "refused", reason } }));
}
