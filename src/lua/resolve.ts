import type {
  AnyCall,
  AssignmentTarget,
  Expression,
  FunctionDeclaration,
  Identifier,
  LabelStatement,
  MemberExpression,
  Node,
  ReturnStatement,
  Statement,
} from "./ast.js";
import { callArguments, isMulti } from "./ast.js";
import { findLibraryUses } from "./library-use.js";
import { loadedName, loaderName } from "./link-modules.js";
import type { ParsedScript } from "./parse.js";
import type { Assignment, Binding, BindingKind, FunctionInfo, ModuleBindings, Reference, Script } from "./script.js";

interface OpenBinding extends Binding {
  readonly assignments: Assignment[];
  readonly references: Reference[];
}

interface OpenFunction extends FunctionInfo {
  readonly parent: OpenFunction | undefined;
  readonly returns: ReturnStatement[];
  readonly captures: Set<Binding>;
}

type Scope = Map<string, OpenBinding>;

/** Resolves every name of a parsed script to its binding (Lua manual 2.6, visibility rules). */
export function resolveScript(parsed: ParsedScript): Script {
  return new Resolver(parsed).resolve();
}

class Resolver {
  private readonly functions: OpenFunction[] = [];
  private readonly globals = new Map<string, OpenBinding>();
  private readonly bindingOf = new Map<Identifier, Binding>();
  private readonly functionOf = new Map<FunctionDeclaration, FunctionInfo>();
  private readonly modules = new Map<string, ModuleBindings>();
  private scopes: Scope[] = [];
  private inside!: OpenFunction;
  private loops = 0;
  private readonly jumpedBackTo = new Set<LabelStatement>();

  constructor(private readonly parsed: ParsedScript) {}

  resolve(): Script {
    const { bytes, chunk, labelOf } = this.parsed;
    for (const [jump, label] of labelOf) if (jump.range[0] > label.range[0]) this.jumpedBackTo.add(label);
    const main = this.openFunction(chunk, undefined, "main chunk", true);
    this.inside = main;
    this.block(chunk.body);
    const { functions, globals, bindingOf, functionOf } = this;
    const { modules } = this;
    const ownLength = this.parsed.ownLength ?? bytes.length;
    const texts = this.parsed.texts ?? [];
    const names = { bytes, chunk, main, functions, globals, bindingOf, functionOf, labelOf, modules, texts, ownLength };
    return { ...names, libraries: findLibraryUses(names) };
  }

  private openFunction(
    node: FunctionInfo["node"],
    parent: OpenFunction | undefined,
    name: string,
    hasVarargs: boolean,
  ): OpenFunction {
    const info: OpenFunction = { node, parent, name, parameters: [], hasVarargs, returns: [], captures: new Set() };
    this.functions.push(info);
    return info;
  }

  private block(statements: readonly Statement[], declare?: () => void): void {
    this.scopes.push(new Map());
    declare?.();
    this.statements(statements);
    this.scopes.pop();
  }

  /** What stands behind a label that is jumped back to may be passed again, up to the end of its block. */
  private statements(nodes: readonly Statement[]): void {
    const { loops } = this;
    for (const node of nodes) {
      if (node.type === "LabelStatement" && this.jumpedBackTo.has(node)) this.loops++;
      this.statement(node);
    }
    this.loops = loops;
  }

  private statement(node: Statement): void {
    switch (node.type) {
      case "LocalStatement":
        this.expressions(node.init);
        for (const [i, variable] of node.variables.entries()) {
          const { value, index } = valueAt(node.init, i);
          this.declare(variable, "local", { node, value, index, how: value ? "declaration" : "nil" });
        }
        break;
      case "AssignmentStatement":
        for (const target of node.variables) if (target.type !== "Identifier") this.expression(target);
        this.expressions(node.init);
        for (const [i, target] of node.variables.entries()) this.assign(target, node, valueAt(node.init, i));
        break;
      case "CallStatement":
        this.expression(node.expression);
        break;
      case "FunctionDeclaration":
        this.functionStatement(node);
        break;
      case "IfStatement":
        for (const clause of node.clauses) {
          if (clause.type !== "ElseClause") this.expression(clause.condition);
          this.block(clause.body);
        }
        break;
      case "WhileStatement":
        this.loop(() => {
          this.expression(node.condition);
          this.block(node.body);
        });
        break;
      case "DoStatement":
        this.block(node.body);
        break;
      case "RepeatStatement":
        this.loop(() => {
          this.scopes.push(new Map());
          this.statements(node.body);
          this.expression(node.condition);
          this.scopes.pop();
        });
        break;
      case "ForNumericStatement":
        this.expressions([node.start, node.end, ...(node.step ? [node.step] : [])]);
        this.loop(() => this.block(node.body, () => this.declareLoop(node, [node.variable])));
        break;
      case "ForGenericStatement":
        this.expressions(node.iterators);
        this.loop(() => this.block(node.body, () => this.declareLoop(node, node.variables)));
        break;
      case "ReturnStatement":
        this.inside.returns.push(node);
        this.expressions(node.arguments);
        break;
      default:
        break;
    }
  }

  private loop(body: () => void): void {
    this.loops++;
    body();
    this.loops--;
  }

  private declareLoop(node: Node, variables: readonly Identifier[]): void {
    for (const [index, variable] of variables.entries()) {
      this.declare(variable, "loop", { node, value: undefined, index, how: "loop" });
    }
  }

  private functionStatement(node: FunctionDeclaration): void {
    const { identifier } = node;
    if (node.isLocal && identifier?.type === "Identifier") {
      this.declare(identifier, "function", { node, value: node, index: 0, how: "declaration" });
      this.expression(node);
      return;
    }
    if (identifier?.type === "MemberExpression") this.expression(identifier);
    this.expression(node);
    if (identifier?.type === "Identifier") this.assign(identifier, node, { value: node, index: 0 });
  }

  private expressions(nodes: readonly Expression[]): void {
    for (const node of nodes) this.expression(node);
  }

  private expression(node: Expression, how: Reference["how"] = "read"): void {
    switch (node.type) {
      case "Identifier":
        this.lookup(node).references.push({ node, inside: this.inside, how });
        break;
      case "FunctionDeclaration":
        this.functionBody(node);
        break;
      case "BinaryExpression":
      case "LogicalExpression":
        this.expressions([node.left, node.right]);
        break;
      case "UnaryExpression":
        this.expression(node.argument);
        break;
      case "MemberExpression":
        this.expression(node.base);
        break;
      case "IndexExpression":
        this.expressions([node.base, node.index]);
        break;
      case "CallExpression":
      case "StringCallExpression":
      case "TableCallExpression":
        this.protectedRequire(node);
        this.expression(node.base, "called");
        this.expressions(callArguments(node));
        this.require(node);
        break;
      case "TableConstructorExpression":
        for (const field of node.fields) {
          if (field.type === "TableKey") this.expression(field.key);
          this.expression(field.value);
        }
        break;
      default:
        break;
    }
  }

  /** `pcall(require, "json")` → `pcall(function(name) return require "json" end, "json")`: no `require` is called but with a constant. */
  private protectedRequire(call: AnyCall): void {
    const [f, name] = callArguments(call);
    if (call.type !== "CallExpression" || f?.type !== "Identifier" || name?.type !== "StringLiteral") return;
    if (f.name !== "require" || call.base.type !== "Identifier" || call.base.name !== "pcall") return;
    if (this.visible("require") || this.visible("pcall")) return;
    const { range, loc } = f;
    const required: AnyCall = { type: "StringCallExpression", base: f, argument: name, range, loc };
    const wrapper: FunctionDeclaration = {
      type: "FunctionDeclaration",
      identifier: null,
      isLocal: true,
      parameters: [],
      body: [{ type: "ReturnStatement", arguments: [required], range, loc }],
      range,
      loc,
    };
    (call as { arguments: readonly Expression[] }).arguments = [wrapper, ...call.arguments.slice(1)];
  }

  /** `require "json"` of a linked module reads and sets the variables that stand for it. */
  private require(call: AnyCall): void {
    const [name] = callArguments(call);
    if (call.base.type !== "Identifier" || call.base.name !== "require" || name?.type !== "StringLiteral") return;
    const module = this.parsed.modules?.find((candidate) => candidate.name === name.value);
    if (!module || this.visible("require")) return;
    const { range, loc } = call;
    const use = (variable: string): OpenBinding => {
      const node: Identifier = { type: "Identifier", name: variable, range, loc };
      this.expression(node);
      return this.lookup(node);
    };
    const [loaded, loader] = [use(loadedName(module.name)), use(loaderName(module.name))];
    loaded.assignments.push({ node: call, inside: this.inside, value: call, index: 0, how: "assignment" });
    this.modules.set(module.name, { ...module, loaded, loader });
  }

  private functionBody(node: FunctionDeclaration): void {
    const outer = { inside: this.inside, loops: this.loops };
    const hasVarargs = node.parameters.some((parameter) => parameter.type === "VarargLiteral");
    const info = this.openFunction(node, outer.inside, functionName(node), hasVarargs);
    this.functionOf.set(node, info);
    this.inside = info;
    this.loops = 0;
    this.block(node.body, () => this.declareParameters(node, info));
    this.inside = outer.inside;
    this.loops = outer.loops;
  }

  private declareParameters(node: FunctionDeclaration, info: OpenFunction): void {
    const names = node.parameters.filter((parameter) => parameter.type === "Identifier");
    const parameters = info.parameters as Binding[];
    if (isMethod(node)) parameters.push(this.declareName("self", "parameter", parameterAt(node, 0)));
    for (const name of names) parameters.push(this.declare(name, "parameter", parameterAt(node, parameters.length)));
  }

  private declare(identifier: Identifier, kind: BindingKind, first: Omit<Assignment, "inside">): Binding {
    const binding = this.declareName(identifier.name, kind, first);
    this.bindingOf.set(identifier, binding);
    return binding;
  }

  private declareName(name: string, kind: BindingKind, first: Omit<Assignment, "inside">): Binding {
    const { inside } = this;
    const repeated = this.loops > 0;
    const assignments = [{ ...first, inside }];
    const binding: OpenBinding = { name, kind, owner: inside, assignments, references: [], repeated };
    this.scopes.at(-1)?.set(name, binding);
    return binding;
  }

  private assign(
    target: AssignmentTarget,
    node: Node,
    { value, index }: { value: Expression | undefined; index: number },
  ): void {
    if (target.type !== "Identifier") return;
    const binding = this.lookup(target);
    binding.assignments.push({ node, inside: this.inside, value, index, how: value ? "assignment" : "nil" });
  }

  private lookup(identifier: Identifier): OpenBinding {
    const local = identifier.isGlobal ? undefined : this.visible(identifier.name);
    const binding = local ?? this.global(identifier.name);
    this.bindingOf.set(identifier, binding);
    if (binding.kind !== "global") this.capture(binding);
    return binding;
  }

  /** Every function between the use and the owner has to hand the variable through. */
  private capture(binding: Binding): void {
    for (let f: OpenFunction | undefined = this.inside; f && f !== binding.owner; f = f.parent) f.captures.add(binding);
  }

  private visible(name: string): OpenBinding | undefined {
    for (let i = this.scopes.length - 1; i >= 0; i--) {
      const binding = this.scopes[i]?.get(name);
      if (binding) return binding;
    }
    return undefined;
  }

  private global(name: string): OpenBinding {
    let binding = this.globals.get(name);
    if (!binding) {
      const owner = this.functions[0] as OpenFunction;
      binding = { name, kind: "global", owner, assignments: [], references: [], repeated: false };
      this.globals.set(name, binding);
    }
    return binding;
  }
}

/** The expression that yields the value of the i-th variable of a list, and which of its results that is. */
function valueAt(init: readonly Expression[], i: number): { value: Expression | undefined; index: number } {
  const value = init[i];
  if (value) return { value, index: 0 };
  const last = init.at(-1);
  if (last && isMulti(last)) return { value: last, index: i - init.length + 1 };
  return { value: undefined, index: 0 };
}

function parameterAt(node: Node, index: number): Omit<Assignment, "inside"> {
  return { node, value: undefined, index, how: "parameter" };
}

/** `function a:b()` has the hidden parameter `self`. */
function isMethod(node: FunctionDeclaration): boolean {
  return node.identifier?.type === "MemberExpression" && node.identifier.indexer === ":";
}

function functionName(node: FunctionDeclaration): string {
  const spell = (part: Identifier | MemberExpression | Expression): string => {
    if (part.type === "Identifier") return part.name;
    return part.type === "MemberExpression" ? `${spell(part.base)}${part.indexer}${part.identifier.name}` : "?";
  };
  return node.identifier ? spell(node.identifier) : "anonymous";
}
