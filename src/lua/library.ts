/**
 * The Lua library as data: one row per function that Envoy's LuaJIT (2.1, LUA52COMPAT) offers, with the runtime function that
 * stands for it. Read by the compiler (calls and first-class wrappers), the analyzer and `docs/lua-support.md`.
 */
import { baseLibrary } from "./library/base.js";
import { bitLibrary } from "./library/bit.js";
import { coroutineLibrary } from "./library/coroutine.js";
import { mathConstants, mathLibrary } from "./library/math.js";
import { moduleLibraries } from "./library/modules.js";
import { osLibrary } from "./library/os.js";
import { stringLibrary } from "./library/string.js";
import { jitConstants, packageConstants, systemLibrary } from "./library/system.js";
import { tableLibrary } from "./library/table.js";

/**
 * What a parameter takes in the runtime:
 * `string` a `Str` (a number is converted first), `number` and `int` an `f64` (`int`: LuaJIT truncates it to 32 bits, the callee
 * does that), `boolean` a `bool` by truthiness, `table` a `Table`, `function` a callable `Value`, `value` any `Value` (nil when absent),
 * `thread` a coroutine as a `Value`, `any` a `Value` that must be given, `values` all remaining arguments as `Values`.
 */
export type ParameterType =
  | "string"
  | "number"
  | "int"
  | "boolean"
  | "table"
  | "function"
  | "thread"
  | "value"
  | "any"
  | "values";

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  /** AssemblyScript expression that is passed when the argument is absent or nil. Without it the argument is required. */
  readonly default?: string;
  /** With `default`: only an absent argument is replaced, an explicit nil is an error as any other wrong type. */
  readonly strict?: true;
  /** An error names an absent argument nil: LuaJIT has the function in Lua. */
  readonly absentIsNil?: true;
}

/** One result: `string?` is `Str | null`, `number?` is an `f64` that is NaN for nil (only where NaN cannot be a result). */
export type ResultType = "string" | "string?" | "number" | "number?" | "boolean" | "table" | "value";

/**
 * One way to call the function. In the runtime it takes the parameters in this order and, if it `raises`, `line: i32` last. A string
 * function that is called as a method (`s:rep(…)`) gets the line negated, as do the checks of its arguments, which are numbered as if it
 * were not: LuaJIT does not count the string then, and the runtime's `raiseArgument` takes that into account.
 * `results`: none (`void`), the types of a fixed number (the first is returned, the others are read with `result(2)`…, boxed), or
 * `multiple`: a `Value` is returned, `resultCount` and the results area are set.
 */
export interface Form {
  /** Exported by `file` of the row. */
  readonly function: string;
  readonly parameters: readonly Parameter[];
  readonly results: readonly ResultType[] | "multiple";
  readonly raises: boolean;
}

export type Status =
  | { readonly kind: "exact" }
  | { readonly kind: "approximate"; readonly reason: string }
  | { readonly kind: "refused"; readonly reason: string };

export interface LibraryFunction {
  /** As Lua writes it: `string.sub`, `pcall`, `cjson.decode` (a module's row starts with the name that `require` takes). */
  readonly name: string;
  /** Runtime file without extension, relative to `src/runtime`: `string`, `json/cjson`. Empty when refused. */
  readonly file: string;
  /**
   * Tried in order: the first that takes the number of arguments written. The last one takes any call, and is the one behind the
   * function as a value. Empty when refused.
   */
  readonly forms: readonly Form[];
  /** The form behind the function as a value, where that is another. */
  readonly valueForm?: Form;
  /** The function as a value, where the runtime itself makes it: exported by `file`, takes nothing, returns the `Value`. */
  readonly value?: string;
  readonly status: Status;
}

/** A field of a library that is not a function: `math.pi`, `cjson.null`. */
export interface LibraryConstant {
  readonly name: string;
  readonly type: "number" | "string" | "value" | "table";
  /** AssemblyScript expression; names in it are exported by `file`, or are AssemblyScript's own when there is none. */
  readonly expression: string;
  readonly file?: string;
}

/** Functions that are there without `require`, and those of `table.new`, `table.clear`. */
export const LIBRARY: readonly LibraryFunction[] = [
  ...baseLibrary,
  ...stringLibrary,
  ...tableLibrary,
  ...mathLibrary,
  ...bitLibrary,
  ...osLibrary,
  ...coroutineLibrary,
  ...systemLibrary,
];

export const LIBRARY_CONSTANTS: readonly LibraryConstant[] = [...mathConstants, ...packageConstants, ...jitConstants];

export type { LibraryModule } from "./library/modules.js";

/** What `require(name)` can give besides the libraries above: `cjson`, `cjson.safe`, `json`, `dkjson`, `base64`… */
export const MODULES = moduleLibraries;
