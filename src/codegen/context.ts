import type { PlacedObstacle } from "../analyzer/verdict.js";
import type { Method } from "../envoy/index.js";
import type { Expression, Node } from "../lua/ast.js";
import type { Types } from "../lua/infer.js";
import type { Binding, FunctionInfo, Script } from "../lua/script.js";
import type { StaticType } from "../lua/static-type.js";
import type { WholeNumbers } from "../lua/whole-numbers.js";
import type { Accumulators } from "./accumulators.js";
import { type Code, primary } from "./code.js";
import { carrier, placeholder } from "./convert.js";
import type { Endings } from "./endings.js";
import { type Construct, Jumps } from "./jumps.js";
import { Names, type TopLevelNames } from "./names.js";
import type { Patterns } from "./patterns.js";
import type { Refusal } from "./refusal.js";
import type { StringConstants } from "./string-constants.js";

/** Where a variable lives in the generated file. */
export interface Variable {
  readonly name: string;
  readonly type: StaticType;
  /** A local in a `Box`, because a closure shares it and it is assigned to. */
  readonly boxed: boolean;
  /** A variable of the module: it outlives the request. */
  readonly isModule: boolean;
}

/** What the whole file shares while it is being lowered. */
export interface ModuleContext {
  readonly script: Script;
  readonly types: Types<Method>;
  readonly topLevel: TopLevelNames;
  readonly strings: StringConstants;
  readonly variables: Map<Binding, Variable>;
  /** Names of the functions of the file, by the Lua function they come from. */
  readonly functionNames: Map<FunctionInfo, string>;
  /** Library files and object classes that the file has to import: `string` → `string`, `table` → `table-library`. */
  readonly imports: Imports;
  /** Finished top-level declarations that stand before the function they serve. */
  readonly declarations: string[];
  readonly refusals: Refusal[];
  /** Methods of Envoy's objects that do something else than in Lua, at each place where one may be called. */
  readonly deviations: PlacedObstacle[];
  /** Constant patterns, compiled into `patterns.ts`. */
  readonly patterns: Patterns;
  /** Names in `object:name(…)` where the object may be anything. */
  readonly dynamicMethods: Set<string>;
  /** Wrappers of library functions that are used as values: Lua name → name in the file. */
  readonly wrappers: Map<string, string>;
  /** Where the one function value of a wrapper lies: name of the wrapper → name of the address. */
  readonly builtins: Map<string, string>;
  /** Libraries that the script uses as tables: name (`string`, `require(cjson)`) → variable. */
  readonly libraryTables: Map<string, Variable>;
  /** Variables that hold what a hook was when the script had been loaded, and what they are set to then. */
  readonly loadedHooks: Map<string, string>;
  readonly wholeNumbers: WholeNumbers;
  readonly facts: ModuleFacts;
  /** The functions that the host calls, by the global name it knows them by. */
  readonly handlers: ReadonlyMap<FunctionInfo, string>;
  readonly endings: Endings;
  readonly accumulators: Accumulators;
}

export interface ModuleFacts {
  /** The script keeps something between requests. */
  readonly stateful: boolean;
  /** Something in the script can suspend. */
  readonly yields: boolean;
  /** The script may make coroutines of its own. */
  readonly coroutines: boolean;
  /** The script goes through headers with `pairs`, during which writes raise. */
  readonly iteratesHeaders: boolean;
}

export interface Imports {
  /** Namespace imports: alias → runtime file. */
  readonly namespaces: Map<string, string>;
  /** Names of classes imported from `runtime/envoy`. */
  readonly objects: Set<string>;
}

/** How a function of the generated file returns. */
export type ReturnStyle =
  | { readonly kind: "void" }
  | { readonly kind: "one"; readonly type: StaticType }
  /** `asValue`: it is called as a value only, and so may leave its tail calls to its caller. */
  | { readonly kind: "many"; readonly asValue?: true };

/** What lowering the body of one function needs. */
export class FunctionContext {
  readonly names: Names;
  private readonly temporaries: string[] = [];
  private readonly locals = new Map<Binding, Variable>();
  /** Name of the variable that holds `...`. */
  varargs = "";
  private hasCallerLine = false;
  private isCallerNamed = false;
  /** Locals that are declared in front of the statements in which they are set. */
  private readonly early = new Set<Binding>();
  readonly jumps = new Jumps((wanted) => this.names.declareForFunction(wanted));

  /** Around the whole body, where the function calls itself in tail position: it begins anew instead. */
  anew: Construct | undefined;

  constructor(
    readonly module: ModuleContext,
    readonly fn: FunctionInfo,
    readonly returns: ReturnStyle,
    /** Calls of it may nest through plain calls, which nothing else counts. */
    readonly recursive = false,
    /** Its last parameter is the line at which it was called. */
    readonly isGivenCallerLine = false,
  ) {
    this.names = new Names(module.topLevel);
    if (isGivenCallerLine) this.names.declareForFunction("callerLine");
  }

  get script(): Script {
    return this.module.script;
  }

  get types(): Types<Method> {
    return this.module.types;
  }

  /** Whether it may leave its tail calls to its caller. */
  get leavesTailCalls(): boolean {
    return this.returns.kind === "many" && this.returns.asValue === true;
  }

  declareLocal(binding: Binding): Variable {
    const name = this.names.declare(binding.name);
    const variable = { name, type: this.types.ofBinding(binding), boxed: needsBox(binding), isModule: false };
    this.locals.set(binding, variable);
    return variable;
  }

  /** Declares a local in front of a `switch` whose cases share it: `let x: f64 = 0;` */
  hoist(binding: Binding): string {
    this.early.add(binding);
    const { name, type, boxed } = this.declareLocal(binding);
    const box = `Box<${carrier(type)}>`;
    return boxed
      ? `let ${name}: ${box} = changetype<${box}>(0);`
      : `let ${name}: ${carrier(type)} = ${placeholder(type)};`;
  }

  hoisted(binding: Binding): Variable | undefined {
    return this.early.has(binding) ? this.locals.get(binding) : undefined;
  }

  /** A variable of an enclosing function that is at hand in this one under its own name. */
  declareCaptured(binding: Binding): Variable {
    return this.declareLocal(binding);
  }

  variable(binding: Binding): Variable | undefined {
    return this.locals.get(binding) ?? this.module.variables.get(binding);
  }

  /** A fresh variable of the function, for the value of an expression that is needed twice. */
  temporary(type: StaticType): string {
    return this.declareTemporary("t", `${carrier(type)} = ${placeholder(type)}`);
  }

  /** The same for a list of values. */
  temporaryList(): string {
    return this.declareTemporary("list", "Values = changetype<Values>(0)");
  }

  get variableCount(): number {
    return this.names.count;
  }

  /** Declarations that stand first in the function. */
  temporaryDeclarations(): readonly string[] {
    const line = this.isCallerNamed ? "lua.namedLine()" : "lua.callLine";
    const entry = this.module.handlers.has(this.fn) ? "0" : line;
    return [...(this.hasCallerLine ? [`const callerLine = ${entry};`] : []), ...this.temporaries];
  }

  /**
   * The line at which this function was called.
   * @param isNamed errors that are placed there name what the caller calls this function
   */
  callerLine(isNamed = false): string {
    if (this.isGivenCallerLine) return "callerLine";
    this.isCallerNamed ||= isNamed;
    if (!this.hasCallerLine) this.names.declareForFunction("callerLine");
    this.hasCallerLine = true;
    return "callerLine";
  }

  private declareTemporary(wanted: string, declaration: string): string {
    const name = this.names.declareForFunction(wanted);
    this.temporaries.push(`let ${name}: ${declaration};`);
    return name;
  }

  string(bytes: string): Code {
    return primary(this.module.strings.nameOf(bytes), "string", true);
  }
}

/** Shared with a closure and assigned after its declaration. */
function needsBox(binding: Binding): boolean {
  if (mentionsItself(binding)) return true;
  if (binding.assignments.length <= 1) return false;
  const { owner } = binding;
  return [...binding.references, ...binding.assignments].some(({ inside }) => inside !== owner);
}

/** `local function f` whose body uses `f` as a value: the variable is there before the function is. */
function mentionsItself(binding: Binding): boolean {
  const [only] = binding.assignments;
  if (binding.kind !== "function" || !only) return false;
  return binding.references.some(({ inside }) => {
    for (let fn: FunctionInfo | undefined = inside; fn; fn = fn.parent) if (fn.node === only.value) return true;
    return false;
  });
}

/** 1-based line of the script at which LuaJIT reports an error of the expression: that of its last token. */
export function lineOf(node: Node): number {
  return node.loc.end.line;
}

/**
 * How LuaJIT names an operand in an error text (lj_debug.c, lj_debug_slotname): `local 'x'`, `upvalue 'x'`, `global 'x'`, `field 'x'`, or
 * nothing.
 */
export function describe(context: FunctionContext, node: Expression): string {
  if (node.type === "Identifier") {
    const binding = context.script.bindingOf.get(node);
    if (node.field !== undefined) return `field '${node.field}'`;
    if (node.isGlobal) return `field '${node.name}'`;
    if (!binding || binding.kind === "global") return `global '${node.name}'`;
    return binding.owner === context.fn ? `local '${node.name}'` : `upvalue '${node.name}'`;
  }
  // The register of `a or b` was last written from b.
  if (node.type === "LogicalExpression") return describe(context, node.right);
  if (node.type === "MemberExpression" && node.isGlobal) return `global '${node.identifier.name}'`;
  if (node.type === "MemberExpression") return `field '${node.identifier.name}'`;
  if (node.type === "IndexExpression" && node.index.type === "StringLiteral") return `field '${node.index.value}'`;
  return "";
}
