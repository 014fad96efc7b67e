import type { Chunk, Expression, FunctionDeclaration, Identifier, Node, ReturnStatement } from "./ast.js";
import type { LabelOf } from "./labels.js";
import type { LibraryUses } from "./library-use.js";
import type { LinkedModule, LoadedText } from "./parse.js";

/** A resolved script, and what it does with the library's tables. */
export interface Script extends ResolvedNames {
  readonly libraries: LibraryUses;
}

/** A parsed script in which every name is resolved. */
export interface ResolvedNames {
  /** The script's bytes, one character each; ranges in the tree count these. */
  readonly bytes: string;
  readonly chunk: Chunk;
  /** The chunk itself, as the function it is. */
  readonly main: FunctionInfo;
  /** All functions, `main` first, in the order of the text. */
  readonly functions: readonly FunctionInfo[];
  /** Every global name that the script reads or assigns. */
  readonly globals: ReadonlyMap<string, Binding>;
  readonly bindingOf: ReadonlyMap<Identifier, Binding>;
  readonly functionOf: ReadonlyMap<FunctionDeclaration, FunctionInfo>;
  readonly labelOf: LabelOf;
  /** Modules that were linked in, by the name that `require` takes. */
  readonly modules: ReadonlyMap<string, ModuleBindings>;
  /** Constant texts of `load` that were compiled in. */
  readonly texts: readonly LoadedText[];
  /** How many of `bytes` are the script's own; modules follow. */
  readonly ownLength: number;
}

/** A module that was linked in: the variables of its function and of what that gave. */
export interface ModuleBindings extends LinkedModule {
  readonly loader: Binding;
  readonly loaded: Binding;
}

export type BindingKind = "local" | "function" | "parameter" | "loop" | "global";

/** One variable: a local (Lua manual 2.3), or a global name. */
export interface Binding {
  readonly name: string;
  readonly kind: BindingKind;
  /** The function that declares it; `main` for globals. */
  readonly owner: FunctionInfo;
  /** Every assignment, the declaration's own among them, in the order of the text. */
  readonly assignments: readonly Assignment[];
  readonly references: readonly Reference[];
  /** Declared where its function may pass more than once (in a loop, or behind a label that is jumped back to). */
  readonly repeated: boolean;
}

export interface Assignment {
  readonly node: Node;
  readonly inside: FunctionInfo;
  /**
   * `value` is the expression whose value at `index` (0: its first) is assigned; none for parameters, loop variables and
   * `local x`, which is `nil`.
   */
  readonly value: Expression | undefined;
  readonly index: number;
  readonly how: "declaration" | "assignment" | "parameter" | "loop" | "nil";
}

export interface Reference {
  readonly node: Identifier;
  readonly inside: FunctionInfo;
  /** `called`: the name stands in front of the arguments of a call. */
  readonly how: "called" | "read";
}

export interface FunctionInfo {
  readonly node: FunctionDeclaration | Chunk;
  readonly parent: FunctionInfo | undefined;
  /** A name for people: `envoy_on_request`, `M.get`, or `anonymous`. */
  readonly name: string;
  readonly parameters: readonly Binding[];
  readonly hasVarargs: boolean;
  readonly returns: readonly ReturnStatement[];
  /** Locals of enclosing functions that it, or a function inside it, uses. */
  readonly captures: ReadonlySet<Binding>;
}
