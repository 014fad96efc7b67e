import type { AnyCall, Expression, ForGenericStatement, Identifier, ReturnStatement } from "./ast.js";
import { callArguments, isCall, isMulti } from "./ast.js";
import { isByteOfLoop } from "./bytes-of-loop.js";
import { type Callee, isChanged, isLibrary, libraryConstant, libraryFunction, libraryPath } from "./callee.js";
import { captureTypes } from "./capture-types.js";
import { findDirectFunctions } from "./direct-functions.js";
import { callsBack, usesErrorLevels } from "./error-levels.js";
import type { ResultType } from "./library.js";
import { narrowReferences } from "./narrow.js";
import { type Element, findOwnTables } from "./own-tables.js";
import type { Assignment, Binding, FunctionInfo, Script } from "./script.js";
import { changesSharedMetatables, metatableReads } from "./shared-metatables.js";
import { isAlwaysTrue, isObject, join, optional, type StaticType, withoutNil } from "./static-type.js";
import { walk } from "./walk.js";

/** What the inference has to know of the host's objects: the results of a method, undefined where there is no such method. */
export interface KnownObjects<Method> {
  find(object: string, name: string): Method | undefined;
  results(method: Method): readonly StaticType[];
  /** Types of the variables of `for … in pairs(object)`. */
  pairs(object: string): readonly StaticType[] | undefined;
  /** Types of the variables of `for … in` with the method's iterator. */
  iterates(method: Method): readonly StaticType[] | undefined;
  /** Types of the parameters of the functions that the host calls, by global name. */
  readonly entryPoints: ReadonlyMap<string, readonly StaticType[]>;
}

/** How many values a function returns: none ever, exactly one on every way, or it depends. */
export type ResultMode = "none" | "one" | "many";

export interface Types<Method> {
  /** Empty where the levels are kept. */
  readonly direct: ReadonlyMap<Binding, FunctionInfo>;
  /** The script asks for the line of a call further out (`error` with level 3): every call is noted down. */
  readonly keepsLevels: boolean;
  /** Names of metamethods that tables of this script may have (`__index`); all of them when it builds such names at run time. */
  readonly metamethods: ReadonlySet<string>;
  /** Values of any type may have metatables, not only tables: the script changes those that all values of a type share. */
  readonly anyHasMetatable: boolean;
  /** The script may be given the metatable of a string. */
  readonly readsStringMetatable: boolean;
  ofBinding(binding: Binding): StaticType;
  ofExpression(node: Expression): StaticType;
  ofResult(fn: FunctionInfo): StaticType;
  resultMode(fn: FunctionInfo): ResultMode;
  callee(call: AnyCall): Callee<Method>;
  /** The variable is certainly not nil here. */
  isNotNil(reference: Identifier): boolean;
  /** Types of the variables of a generic `for`. */
  loopTypes(loop: ForGenericStatement): readonly StaticType[];
}

const METAMETHODS = [
  ...["__index", "__newindex", "__call", "__concat", "__unm", "__len", "__eq", "__lt", "__le", "__tostring"],
  ...["__metatable", "__pairs", "__ipairs", "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__mode", "__gc"],
];

/** Infers a static type for every variable and expression: a fixed point of joins over all assignments and calls. */
export function inferTypes<Method>(script: Script, objects: KnownObjects<Method>): Types<Method> {
  const inference = new Inference(script, objects);
  inference.run();
  return inference;
}

class Inference<Method> implements Types<Method> {
  readonly direct: ReadonlyMap<Binding, FunctionInfo>;
  readonly metamethods: ReadonlySet<string>;
  readonly anyHasMetatable: boolean;
  readonly keepsLevels: boolean;
  private readonly types = new Map<Binding, StaticType>();
  private readonly results = new Map<FunctionInfo, StaticType>();
  private readonly modes = new Map<FunctionInfo, ResultMode>();
  private readonly notNil: ReadonlySet<Identifier>;
  private readonly ownTables: ReadonlyMap<Binding, readonly Element[]>;
  /** Of what is in the script's own tables. */
  private readonly elements = new Map<Binding, StaticType>();
  private readonly bindings: ReadonlySet<Binding>;
  private readonly callsOf = new Map<FunctionInfo, AnyCall[]>();
  /** The name of each direct function: the first one, where several stand for the same. */
  private readonly nameOf = new Map<FunctionInfo, Binding>();

  constructor(
    private readonly script: Script,
    private readonly objects: KnownObjects<Method>,
  ) {
    this.keepsLevels = usesErrorLevels(script);
    this.direct = this.keepsLevels ? new Map() : findDirectFunctions(script);
    for (const [name, fn] of this.direct) if (!this.nameOf.has(fn)) this.nameOf.set(fn, name);
    this.metamethods = findMetamethods(script);
    this.anyHasMetatable = changesSharedMetatables(script);
    this.notNil = narrowReferences(script);
    this.ownTables = findOwnTables(script);
    this.bindings = new Set([...script.bindingOf.values(), ...script.functions.flatMap((fn) => fn.parameters)]);
  }

  run(): void {
    this.collectCalls();
    for (let changed = true; changed; ) {
      changed = false;
      for (const [binding, elements] of this.ownTables) {
        for (const element of elements)
          changed = this.widen(this.elements, binding, this.elementType(element)) || changed;
      }
      for (const binding of this.bindings) changed = this.widen(this.types, binding, this.assigned(binding)) || changed;
      for (const fn of this.nameOf.keys()) changed = this.widen(this.results, fn, this.returned(fn)) || changed;
    }
  }

  ofBinding(binding: Binding): StaticType {
    const type = this.types.get(binding) ?? "never";
    return type === "never" || type === "nil" ? "value" : type;
  }

  ofResult(fn: FunctionInfo): StaticType {
    const type = this.results.get(fn) ?? "never";
    return type === "never" || type === "nil" ? "value" : type;
  }

  ofExpression(node: Expression): StaticType {
    const type = this.typeOf(node);
    return type === "never" ? "value" : type;
  }

  resultMode(fn: FunctionInfo): ResultMode {
    const known = this.modes.get(fn);
    if (known) return known;
    this.modes.set(fn, "one");
    const mode = this.computeMode(fn);
    this.modes.set(fn, mode);
    return mode;
  }

  isNotNil(reference: Identifier): boolean {
    return this.notNil.has(reference);
  }

  callee(call: AnyCall): Callee<Method> {
    const { base } = call;
    if (base.type === "MemberExpression" && base.indexer === ":")
      return this.methodCallee(base.base, base.identifier.name);
    const path = libraryPath(this.script, base);
    const row = path === undefined ? undefined : libraryFunction(path);
    if (row && this.keepsLevels && callsBack(row.name)) return { kind: "dynamic", callee: base };
    if (row) return { kind: "library", row };
    const binding = base.type === "Identifier" ? this.script.bindingOf.get(base) : undefined;
    const fn = binding && this.direct.get(binding);
    return fn ? { kind: "direct", fn } : { kind: "dynamic", callee: base };
  }

  get readsStringMetatable(): boolean {
    if (this.anyHasMetatable) return true;
    if (this.script.globals.get("getmetatable")?.references.some(({ how }) => how === "read")) return true;
    return metatableReads(this.script).some((call) => {
      const [of] = callArguments(call);
      const type = of === undefined ? "nil" : this.typeOf(of);
      return type === "value" || withoutNil(type) === "string";
    });
  }

  loopTypes(loop: ForGenericStatement): readonly StaticType[] {
    const [iterator] = loop.iterators;
    if (!iterator || loop.iterators.length > 1 || !isCall(iterator)) return [];
    const callee = this.callee(iterator);
    const [argument] = callArguments(iterator);
    if (callee.kind === "method") return this.objects.iterates(callee.method) ?? [];
    if (callee.kind === "library" && callee.row.name === "string.gmatch")
      return gmatchTypes(callArguments(iterator).at(-1));
    if (iterator.base.type !== "Identifier" || !argument) return [];
    const name = libraryPath(this.script, iterator.base);
    const over = this.typeOf(argument);
    const own = name === "ipairs" || name === "pairs" ? this.elementsOf(argument) : undefined;
    // Nil ends the loop or is passed over.
    if (own !== undefined) return [name === "ipairs" ? "number" : "value", own === "nil" ? "never" : withoutNil(own)];
    if (name === "ipairs" && over === "table" && !this.metamethods.has("__ipairs")) return ["number", "value"];
    return name === "pairs" && isObject(over) ? (this.objects.pairs(over) ?? []) : [];
  }

  private methodCallee(receiver: Expression, name: string): Callee<Method> {
    const type = this.typeOf(receiver);
    if (isObject(type)) {
      const method = this.objects.find(withoutNil(type), name);
      if (method) return { kind: "method", method, receiver };
    }
    const isString =
      (type === "string" || type === "string?") && !this.anyHasMetatable && !isChanged(this.script, "string", name);
    const row = isString ? libraryFunction(`string.${name}`) : undefined;
    return row ? { kind: "library", row, receiver } : { kind: "dynamicMethod", receiver, name };
  }

  private elementType(element: Element): StaticType {
    return element === "anything" ? "value" : this.typeOf(element);
  }

  /** What is in a table that is reached through this variable alone. */
  private elementsOf(table: Expression): StaticType | undefined {
    const binding = table.type === "Identifier" ? this.script.bindingOf.get(table) : undefined;
    return binding && this.ownTables.has(binding) ? (this.elements.get(binding) ?? "never") : undefined;
  }

  /** `t[i]`, `t.x` of such a table: an element, or nil where there is none. */
  private typeOfElement(table: Expression): StaticType | undefined {
    const type = this.elementsOf(table);
    return type && join("nil", type);
  }

  private collectCalls(): void {
    for (const call of allCalls(this.script)) {
      const binding = call.base.type === "Identifier" ? this.script.bindingOf.get(call.base) : undefined;
      const fn = binding && this.direct.get(binding);
      if (fn) this.callsOf.set(fn, [...(this.callsOf.get(fn) ?? []), call]);
    }
  }

  private widen<K>(types: Map<K, StaticType>, key: K, type: StaticType): boolean {
    const before = types.get(key) ?? "never";
    const after = join(before, type);
    types.set(key, after);
    return after !== before;
  }

  private assigned(binding: Binding): StaticType {
    let type: StaticType = "never";
    if (binding.kind === "global") type = this.initially(binding.name);
    for (const assignment of binding.assignments) type = join(type, this.assignedAt(binding, assignment));
    return type;
  }

  /** What a global that the script assigns holds before. */
  private initially(name: string): StaticType {
    return isLibrary(name) ? "table" : libraryFunction(name) ? "value" : "nil";
  }

  private assignedAt(binding: Binding, assignment: Assignment): StaticType {
    const { how, node, index, value } = assignment;
    if (how === "nil") return "nil";
    if (how === "parameter") return this.parameterType(binding, index);
    if (how === "loop") {
      if (node.type === "ForNumericStatement") return "number";
      return (node.type === "ForGenericStatement" && this.loopTypes(node)[index]) || "value";
    }
    return value ? this.resultAt(value, index) : "value";
  }

  private parameterType(binding: Binding, index: number): StaticType {
    const fn = binding.owner;
    const name = this.nameOf.get(fn);
    if (!name) return "value";
    const entry = name.kind === "global" ? this.objects.entryPoints.get(name.name) : undefined;
    let type: StaticType = entry?.[index] ?? "never";
    for (const call of this.callsOf.get(fn) ?? []) type = join(type, this.argumentAt(call, index));
    return type;
  }

  private argumentAt(call: AnyCall, index: number): StaticType {
    const all = callArguments(call);
    const own = all[index];
    if (own) return this.typeOf(own);
    const last = all.at(-1);
    return last && isMulti(last) ? "value" : "nil";
  }

  private returned(fn: FunctionInfo): StaticType {
    if (this.resultMode(fn) !== "one") return "value";
    let type: StaticType = "never";
    for (const { arguments: values } of fn.returns) type = join(type, values[0] ? this.typeOf(values[0]) : "nil");
    return type;
  }

  private computeMode(fn: FunctionInfo): ResultMode {
    if (fn.returns.every((statement) => statement.arguments.length === 0)) return "none";
    const one = (statement: ReturnStatement): boolean => {
      const [value, ...more] = statement.arguments;
      return value !== undefined && more.length === 0 && (!isMulti(value) || this.givesOne(value));
    };
    return fn.returns.every(one) && endsInReturn(fn) ? "one" : "many";
  }

  private givesOne(value: Expression): boolean {
    if (!isCall(value)) return false;
    const callee = this.callee(value);
    if (callee.kind === "direct") return this.resultMode(callee.fn) === "one";
    if (callee.kind === "library") {
      const results = callee.row.forms.map((form) => form.results);
      return results.length > 0 && results.every((result) => result !== "multiple" && result.length === 1);
    }
    return false;
  }

  /** The type of the `index`-th value (0: first) that an expression yields. */
  private resultAt(node: Expression, index: number): StaticType {
    if (index === 0) return this.typeOf(node);
    if (!isCall(node)) return "value";
    const callee = this.callee(node);
    if (callee.kind === "method") return this.objects.results(callee.method)[index] ?? "nil";
    if (callee.kind !== "library") return "value";
    // Where a match begins and ends; captures follow.
    if (callee.row.name === "string.find" && index === 1) return "number?";
    const results = callee.row.forms.at(-1)?.results;
    return results && results !== "multiple" ? fromResult(results[index]) : "value";
  }

  private typeOf(node: Expression): StaticType {
    switch (node.type) {
      case "Identifier":
        return this.typeOfName(node);
      case "StringLiteral":
        return "string";
      case "NumericLiteral":
        return "number";
      case "BooleanLiteral":
        return "boolean";
      case "NilLiteral":
        return "nil";
      case "TableConstructorExpression":
        return "table";
      case "UnaryExpression":
        return this.typeOfUnary(node.operator, node.argument);
      case "BinaryExpression":
        return this.typeOfBinary(node.operator, node.left, node.right);
      case "LogicalExpression":
        return node.operator === "and" ? this.typeOfAnd(node.left, node.right) : this.typeOfOr(node.left, node.right);
      case "IndexExpression":
        return this.typeOfElement(node.base) ?? "value";
      case "MemberExpression": {
        const own = this.typeOfElement(node.base);
        if (own !== undefined) return own;
        const path = libraryPath(this.script, node);
        const constant = path === undefined ? undefined : libraryConstant(path);
        return constant?.type ?? "value";
      }
      default:
        return isCall(node) ? (this.typeOfRequired(node) ?? this.typeOfCall(node)) : "value";
    }
  }

  private typeOfName(node: Identifier): StaticType {
    const binding = this.script.bindingOf.get(node);
    if (!binding) return "value";
    if (binding.kind === "global" && binding.assignments.length === 0) return this.typeOfGlobal(node);
    const type = this.types.get(binding) ?? "never";
    return this.notNil.has(node) ? withoutNil(type) : type;
  }

  /** A global that the script never assigns: the library's, or nil. */
  private typeOfGlobal(node: Identifier): StaticType {
    const path = libraryPath(this.script, node) ?? node.name;
    if (isLibrary(path)) return "table";
    return libraryFunction(path) || node.name === "_G" ? "value" : node.name === "_VERSION" ? "string" : "nil";
  }

  private typeOfUnary(operator: "-" | "not" | "#", argument: Expression): StaticType {
    if (operator === "not") return "boolean";
    const type = this.typeOf(argument);
    const isPlain = operator === "#" ? type === "string" || this.isPlain(type) : this.isPlain(type);
    return isPlain || !this.metamethods.has(operator === "#" ? "__len" : "__unm") ? "number" : "value";
  }

  private typeOfBinary(operator: string, left: Expression, right: Expression): StaticType {
    if (["==", "~=", "<", "<=", ">", ">="].includes(operator)) return "boolean";
    const types = [this.typeOf(left), this.typeOf(right)];
    if (operator === "..") {
      const isText = types.every((type) => type === "number" || type === "string" || type === "never");
      return isText || !this.metamethods.has("__concat") ? "string" : "value";
    }
    return types.every((type) => this.isPlain(type)) || !this.metamethods.has(ARITHMETIC[operator] ?? "")
      ? "number"
      : "value";
  }

  /** Arithmetic on it calls no metamethod. */
  private isPlain(type: StaticType): boolean {
    return type === "number" || type === "never" || (type === "string" && !this.anyHasMetatable);
  }

  private typeOfAnd(left: Expression, right: Expression): StaticType {
    const type = this.typeOf(left);
    if (type === "nil" || type === "never") return type;
    const result = this.typeOf(right);
    if (isAlwaysTrue(type)) return result;
    if (type === "boolean") return result === "boolean" ? "boolean" : result === "never" ? "never" : "value";
    return type === "value" ? "value" : optional(result);
  }

  private typeOfOr(left: Expression, right: Expression): StaticType {
    const chosen = this.typeOfChosen(left);
    if (chosen !== undefined) return join(chosen, this.typeOf(right));
    const type = this.typeOf(left);
    if (isAlwaysTrue(type)) return type;
    const otherwise = this.typeOf(right);
    if (type === "nil") return otherwise;
    return type === "value" || type === "boolean" ? join(type, otherwise) : join(withoutNil(type), otherwise);
  }

  /** Of `b` in `c and b or a`, where it is never nil or false: what `c` is does not matter then. */
  private typeOfChosen(node: Expression): StaticType | undefined {
    if (node.type !== "LogicalExpression" || node.operator !== "and") return undefined;
    const type = this.typeOf(node.right);
    return type === "never" || isAlwaysTrue(type) ? type : undefined;
  }

  /** `require "string"` gives the library's table. */
  private typeOfRequired(call: AnyCall): StaticType | undefined {
    const path = libraryPath(this.script, call);
    return path === undefined ? undefined : isLibrary(path) ? "table" : "value";
  }

  private typeOfCall(call: AnyCall): StaticType {
    const callee = this.callee(call);
    if (callee.kind === "method") return this.objects.results(callee.method)[0] ?? "nil";
    if (callee.kind === "direct") {
      const mode = this.resultMode(callee.fn);
      return mode === "one" ? (this.results.get(callee.fn) ?? "never") : mode === "none" ? "nil" : "value";
    }
    if (callee.kind !== "library") return "value";
    if (callee.row.name === "tonumber" || callee.row.name === "string.find") return "number?";
    if (callee.row.name === "tostring" && this.mayCallToString(call)) return "value";
    // One byte is one number, or none.
    if (callee.row.name === "string.byte") {
      const given = [...(callee.receiver ? [callee.receiver] : []), ...callArguments(call)];
      if (given[0] && this.typeOf(given[0]) === "string" && isByteOfLoop(this.script, given)) return "number";
      if (given.length <= 2) return "number?";
    }
    const results = callee.row.forms.at(-1)?.results;
    return results === "multiple" || !results ? "value" : fromResult(results[0]);
  }

  /** A `__tostring` may give anything, and that is what `tostring` gives then. */
  private mayCallToString(call: AnyCall): boolean {
    const [only] = callArguments(call);
    if (only === undefined || !this.metamethods.has("__tostring")) return false;
    return this.anyHasMetatable || ["value", "table"].includes(this.typeOf(only));
  }
}

/** Captures of a constant pattern, or the whole match. */
function gmatchTypes(pattern: Expression | undefined): readonly StaticType[] {
  if (pattern?.type !== "StringLiteral") return [];
  const captures = captureTypes(pattern.value);
  return captures.length > 0 ? captures : ["string"];
}

const ARITHMETIC: Readonly<Record<string, string>> = {
  "+": "__add",
  "-": "__sub",
  "*": "__mul",
  "/": "__div",
  "%": "__mod",
  "^": "__pow",
};

function fromResult(result: ResultType | undefined): StaticType {
  return result ?? "nil";
}

function endsInReturn(fn: FunctionInfo): boolean {
  return alwaysReturns(fn.node.body);
}

/** Every way through the block ends in `return` or an error. */
function alwaysReturns(statements: FunctionInfo["node"]["body"]): boolean {
  const last = statements.at(-1);
  if (last?.type === "ReturnStatement") return true;
  if (last?.type === "DoStatement") return alwaysReturns(last.body);
  if (last?.type === "CallStatement")
    return last.expression.base.type === "Identifier" && last.expression.base.name === "error";
  return (
    last?.type === "IfStatement" &&
    last.clauses.at(-1)?.type === "ElseClause" &&
    last.clauses.every((clause) => alwaysReturns(clause.body))
  );
}

function findMetamethods(script: Script): ReadonlySet<string> {
  if (!["setmetatable", "getmetatable", "debug", "newproxy"].some((name) => script.globals.has(name))) return new Set();
  const found = new Set(METAMETHODS.filter((name) => script.bytes.includes(name)));
  const builtAtRunTime = /["']_{1,2}["']/.test(script.bytes);
  return builtAtRunTime ? new Set(METAMETHODS) : found;
}

function allCalls(script: Script): readonly AnyCall[] {
  const found: AnyCall[] = [];
  walk(script.chunk, (node) => {
    if (isCall(node)) found.push(node);
  });
  return found;
}
