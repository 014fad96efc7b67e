import { type AnyCall, callArguments, type Expression, isCall, isMulti } from "../../lua/ast.js";
import { pathOf } from "../../lua/callee.js";
import type { Assignment, Binding, FunctionInfo, Script } from "../../lua/script.js";
import { walk } from "../../lua/walk.js";
import { reachingValue } from "./reaching-value.js";
import { TEXT_FUNCTIONS } from "./text-functions.js";

/** More texts than this are not compiled for one call. */
const MAXIMUM_TEXTS = 200;
const MAXIMUM_DEPTH = 12;

/** The texts that an expression may be, and the calls that hand it others, of which nothing is known. */
export interface Known {
  readonly texts: readonly string[];
  readonly unknown: readonly AnyCall[];
}

interface Passed {
  readonly call: AnyCall;
  readonly given: readonly Expression[];
}

/** Finds the texts that an expression can be, where they are all known without running the script. */
export class KnownTexts {
  private readonly calls: readonly AnyCall[];
  private readonly literals: readonly string[];
  private unknown: AnyCall[] = [];
  /** Where a text stands in the script, or the longest part of it. */
  readonly origins = new Map<string, Expression["range"]>();

  constructor(private readonly script: Script) {
    const calls: AnyCall[] = [];
    const literals: string[] = [];
    walk(script.chunk, (node) => {
      if (isCall(node)) calls.push(node);
      else if (node.type === "StringLiteral") literals.push(node.value);
    });
    this.calls = calls;
    // What a text does that is compiled in is there to be seen.
    const linked = new Set(script.texts.map(({ start, end }) => script.bytes.slice(start, end)));
    this.literals = literals.filter((text) => !linked.has(text));
  }

  /** Every text that the expression may be, or undefined. It may also be something that is no string. */
  of(node: Expression): Known | undefined {
    this.unknown = [];
    // Its second result would be the name of the chunk.
    if (isCall(node) && !node.inParens && this.textFunction(node) === "string.gsub") return undefined;
    const texts = this.texts(node);
    return texts && texts.length > 0 ? { texts, unknown: this.unknown } : undefined;
  }

  private texts(node: Expression, depth = 0): readonly string[] | undefined {
    if (depth > MAXIMUM_DEPTH) return undefined;
    switch (node.type) {
      case "StringLiteral":
        this.origins.set(node.value, node.range);
        return [node.value];
      case "NumericLiteral":
        return Number.isInteger(node.value) && Math.abs(node.value) < 1e14 ? [String(node.value)] : undefined;
      case "UnaryExpression":
        return node.operator === "-" && node.argument.type === "NumericLiteral"
          ? this.texts(node.argument)?.map((digits) => `-${digits}`)
          : undefined;
      case "BinaryExpression":
        return node.operator === ".."
          ? this.joined(this.texts(node.left, depth + 1), this.texts(node.right, depth + 1))
          : undefined;
      case "Identifier": {
        const binding = this.script.bindingOf.get(node);
        if (!binding) return undefined;
        const value = this.isHiddenGlobal(binding) ? undefined : reachingValue(this.script, binding, node);
        return (value && this.texts(value, depth + 1)) ?? this.ofBinding(binding, depth + 1);
      }
      default:
        return isCall(node) ? this.made(node, depth + 1) : undefined;
    }
  }

  private ofBinding(binding: Binding, depth: number): readonly string[] | undefined {
    if (binding.assignments.length === 0 || this.isHiddenGlobal(binding)) return undefined;
    return union(binding.assignments.map((assignment) => this.assigned(binding, assignment, depth)));
  }

  private assigned(binding: Binding, { how, value, index, node }: Assignment, depth: number) {
    if (how === "nil") return [];
    if (how === "parameter") return this.passed(binding.owner, index, depth);
    if (how === "loop")
      return node.type === "ForGenericStatement" && index === 1 ? this.listed(node.iterators, depth) : undefined;
    return value && index === 0 ? this.texts(value, depth) : undefined;
  }

  /** What a function of the script is given, that is only ever called by its name. */
  private passed(fn: FunctionInfo, index: number, depth: number): readonly string[] | undefined {
    const name = [...new Set(this.script.bindingOf.values())].find(({ assignments }) =>
      assignments.some(({ value }) => value === fn.node),
    );
    // `name = nil` afterwards is harmless.
    const others = name?.assignments.filter(({ value }) => value !== fn.node && value?.type !== "NilLiteral");
    if (!name || others?.length !== 0) return undefined;
    if (this.isHiddenGlobal(name)) return undefined;
    const calls = this.calls.flatMap((call) => this.argumentsTo(name, call) ?? []);
    if (name.references.length > calls.length) return undefined;
    const known = calls.map(({ call, given }) => {
      const last = given.at(-1);
      const isOpen = last !== undefined && isMulti(last) && index >= given.length - 1;
      const texts = isOpen ? undefined : given[index] ? this.texts(given[index], depth) : [];
      if (!texts) this.unknown.push(call);
      return texts ?? [];
    });
    return union(known);
  }

  /** What a call gives to the function of that name: `f(a)`, `pcall(f, a)`. */
  private argumentsTo(name: Binding, call: AnyCall): Passed | undefined {
    const isName = (node: Expression | undefined): boolean =>
      node?.type === "Identifier" && this.script.bindingOf.get(node) === name;
    const [first, ...rest] = callArguments(call);
    if (isName(call.base)) return { call, given: callArguments(call) };
    return isName(first) && pathOf(this.script, call.base) === "pcall" ? { call, given: rest } : undefined;
  }

  /** `for _, text in ipairs { "a", "b" }` */
  private listed(iterators: readonly Expression[], depth: number): readonly string[] | undefined {
    const [call, ...more] = iterators;
    if (!call || more.length > 0 || !isCall(call)) return undefined;
    if (!["ipairs", "pairs"].includes(pathOf(this.script, call.base) ?? "")) return undefined;
    const list = this.onlyTable(callArguments(call)[0]);
    if (list?.type !== "TableConstructorExpression") return undefined;
    return union(list.fields.map(({ value }) => this.texts(value, depth)));
  }

  /** A constructor, or a local that holds one and is used nowhere else. */
  private onlyTable(node: Expression | undefined): Expression | undefined {
    if (node?.type !== "Identifier") return node;
    const binding = this.script.bindingOf.get(node);
    const [only, ...more] = binding?.assignments ?? [];
    if (!binding || !only || more.length > 0 || binding.kind !== "local" || binding.references.length > 1)
      return undefined;
    return only.index === 0 ? only.value : undefined;
  }

  /** `string.rep("x", 3)`, `("return %q"):format(text)` */
  private made(call: AnyCall, depth: number): readonly string[] | undefined {
    const make = TEXT_FUNCTIONS.get(this.textFunction(call) ?? "");
    if (!make) return undefined;
    const given = callArguments(call);
    const last = given.at(-1);
    if (last && isMulti(last)) return undefined;
    const { base } = call;
    const nodes = base.type === "MemberExpression" && base.indexer === ":" ? [base.base, ...given] : given;
    let lists: readonly (readonly string[])[] = [[]];
    for (const node of nodes) {
      const texts = this.texts(node, depth);
      if (!texts || lists.length * texts.length > MAXIMUM_TEXTS) return undefined;
      lists = lists.flatMap((list) => texts.map((text) => [...list, text]));
    }
    return union(lists.map(([first, ...rest]) => listOf(first === undefined ? undefined : make(first, ...rest))));
  }

  private textFunction({ base }: AnyCall): string | undefined {
    if (base.type === "MemberExpression" && base.indexer === ":") return `string.${base.identifier.name}`;
    return pathOf(this.script, base);
  }

  private isHiddenGlobal({ kind, name }: Binding): boolean {
    return kind === "global" && this.isHidden(name);
  }

  /** Whether a global may be called or assigned where it cannot be seen: in a text that is loaded. */
  private isHidden(name: string): boolean {
    const used = new RegExp(`\\b${name}\\s*(?:[("'{,\\[]|=[^=])`);
    return this.literals.some((text) => used.test(text));
  }

  private joined(left?: readonly string[], right?: readonly string[]): readonly string[] | undefined {
    if (!left || !right || left.length * right.length > MAXIMUM_TEXTS) return undefined;
    return left.flatMap((before) =>
      right.map((after) => {
        const origin = this.origins.get(before.length > after.length ? before : after);
        if (origin) this.origins.set(before + after, origin);
        return before + after;
      }),
    );
  }
}

function listOf(text: string | undefined): readonly string[] | undefined {
  return text === undefined ? undefined : [text];
}

function union(parts: readonly (readonly string[] | undefined)[]): readonly string[] | undefined {
  const all = new Set<string>();
  for (const part of parts) {
    if (!part) return undefined;
    for (const text of part) all.add(text);
  }
  return all.size <= MAXIMUM_TEXTS ? [...all] : undefined;
}
