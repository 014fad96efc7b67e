import type {
  AnyCall,
  BinaryExpression,
  Expression,
  FunctionDeclaration,
  Identifier,
  TableConstructorExpression,
} from "../../lua/ast.js";
import { callArguments, isCall } from "../../lua/ast.js";
import type { Binding, Script } from "../../lua/script.js";
import type { Direction } from "../tracking/value.js";
import type { Condition, HeaderTest, HeaderWrite, Text } from "./behaviour.js";

/** The script does something that has no place in a `Behaviour`. */
export class NotUnderstood extends Error {}

/** A value of which all is known that matters. */
export type Known =
  | { readonly is: "handle" }
  | { readonly is: "headers" }
  | { readonly is: "function"; readonly node: FunctionDeclaration }
  | { readonly is: "table"; readonly fields: ReadonlyMap<string, Known> }
  | { readonly is: "constant"; readonly value: string | number | boolean | undefined }
  /** A header that may be absent; then it is `otherwise`. */
  | { readonly is: "header"; readonly name: string; readonly otherwise?: string }
  | { readonly is: "text"; readonly parts: Text }
  /** The first bytes of a header that is always there. */
  | { readonly is: "start"; readonly of: string; readonly length: number; readonly otherwise?: string }
  /** Where a text was found in a header: a number from 1, or nil. */
  | { readonly is: "found"; readonly test: HeaderTest }
  | { readonly is: "truth"; readonly of: Condition };

/** A point on one way through a hook. */
export interface Point {
  readonly variables: ReadonlyMap<Binding, Known>;
  readonly path: readonly Condition[];
  readonly writes: readonly HeaderWrite[];
  readonly direction: Direction;
  readonly loading: boolean;
}

export const START: Point = { variables: new Map(), path: [], writes: [], direction: "request", loading: false };

/** Of a request, whatever the client does. */
const ALWAYS_THERE = new Set([":method", ":path", ":authority", ":scheme"]);
const DEEP = 100;
const MAGIC = /[\^$()%.[\]*+\-?]/;
const PRINTABLE = /^[\x20-\x7e]*$/;

/** Evaluates the plain expressions that a `Behaviour` can be made of. Every method throws `NotUnderstood` for the others. */
export class BehaviourReader {
  /** Expressions around the one that is looked at. */
  private depth = 0;

  constructor(private readonly script: Script) {}

  /** `variable` holds `value` from here on; it has to be the only value it ever has. */
  bind(at: Point, variable: Identifier, value: Known): Point {
    const binding = this.script.bindingOf.get(variable);
    if (!binding || binding.assignments.length > 1 || binding.name === "_") throw new NotUnderstood();
    return { ...at, variables: new Map(at.variables).set(binding, value) };
  }

  evaluate(node: Expression, at: Point): Known {
    if (++this.depth > DEEP) throw new NotUnderstood();
    const value = this.known(node, at);
    this.depth--;
    return value;
  }

  private known(node: Expression, at: Point): Known {
    switch (node.type) {
      case "StringLiteral":
      case "NumericLiteral":
      case "BooleanLiteral":
        return { is: "constant", value: node.value };
      case "NilLiteral":
        return { is: "constant", value: undefined };
      case "Identifier":
        return this.variable(node, at);
      case "FunctionDeclaration":
        return { is: "function", node };
      case "TableConstructorExpression":
        return this.table(node, at);
      case "MemberExpression":
        return this.field(node.base, node.identifier.name, at);
      case "UnaryExpression":
        if (node.operator === "#") return this.length(node.argument, at);
        if (node.operator === "not") return this.truth(node, at);
        throw new NotUnderstood();
      case "LogicalExpression":
        return node.operator === "or" ? this.otherwise(node.left, node.right, at) : this.truth(node, at);
      case "BinaryExpression":
        if (node.operator === "..") return textual([...this.text(node.left, at), ...this.text(node.right, at)]);
        if (node.operator === "==" || node.operator === "~=") return this.truth(node, at);
        throw new NotUnderstood();
      case "CallExpression":
      case "StringCallExpression":
      case "TableCallExpression":
        return this.call(node, at);
      default:
        throw new NotUnderstood();
    }
  }

  /** The value as text, where it certainly is one. */
  text(node: Expression | undefined, at: Point): Text {
    if (!node) throw new NotUnderstood();
    return this.textOf(this.evaluate(node, at));
  }

  textOf(value: Known): Text {
    if (value.is === "text") return value.parts;
    if (value.is === "header" && value.otherwise === undefined) throw new NotUnderstood();
    if (value.is !== "constant") throw new NotUnderstood();
    return [constantString(value.value)];
  }

  headerName(node: Expression | undefined, at: Point): string {
    const value = node && this.evaluate(node, at);
    if (value?.is !== "constant" || typeof value.value !== "string") throw new NotUnderstood();
    const name = constantString(value.value).toLowerCase();
    if (!/^:?[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new NotUnderstood();
    return name === "host" ? ":authority" : name;
  }

  /** What must hold for a condition to be taken; true or false where that is certain. */
  condition(node: Expression, at: Point): Condition | boolean {
    if (node.type === "UnaryExpression" && node.operator === "not") return negated(this.condition(node.argument, at));
    if (node.type === "LogicalExpression") return this.logical(node.operator, node.left, node.right, at);
    if (node.type === "BinaryExpression" && (node.operator === "==" || node.operator === "~=")) {
      const equal = this.equality(node, at);
      return node.operator === "==" ? equal : negated(equal);
    }
    return truthOf(this.evaluate(node, at));
  }

  private logical(operator: "and" | "or", left: Expression, right: Expression, at: Point): Condition | boolean {
    const first = this.condition(left, at);
    if (first === (operator === "or")) return first;
    if (typeof first === "boolean") return this.condition(right, at);
    const suppose: Condition = operator === "and" ? first : { kind: "not", of: first };
    const second = this.condition(right, { ...at, path: [...at.path, suppose] });
    if (second === (operator === "and")) return first;
    if (typeof second === "boolean") return second;
    return { kind: operator === "and" ? "all" : "any", of: [first, second] };
  }

  private equality({ left, right }: BinaryExpression, at: Point): Condition | boolean {
    const sides = [this.evaluate(left, at), this.evaluate(right, at)] as const;
    const [value, fixed] = sides[1].is === "constant" ? sides : [sides[1], sides[0]];
    if (fixed.is !== "constant" || value.is === "constant") throw new NotUnderstood();
    const to = fixed.value;
    switch (value.is) {
      case "header":
        if (to === undefined) return value.otherwise === undefined ? negated(present(value.name)) : false;
        if (typeof to !== "string" || to === "" || to === value.otherwise) throw new NotUnderstood();
        return test(value.name, "exact", to);
      case "text": {
        const [part, ...others] = value.parts;
        if (typeof part !== "object" || others.length > 0 || typeof to !== "string" || to === "")
          throw new NotUnderstood();
        return test(part.header, "exact", to);
      }
      case "start":
        if (typeof to !== "string" || to.length !== value.length || to === "") throw new NotUnderstood();
        if (value.otherwise?.startsWith(to)) throw new NotUnderstood();
        return test(value.of, "prefix", to);
      case "found":
        if (to === undefined) return negated(value.test);
        if (to === 1 && value.test.match === "prefix") return value.test;
        if (to === 1 && value.test.match === "contains") return { ...value.test, match: "prefix" };
        throw new NotUnderstood();
      default:
        throw new NotUnderstood();
    }
  }

  private truth(node: Expression, at: Point): Known {
    const condition = this.condition(node, at);
    return typeof condition === "boolean" ? { is: "constant", value: condition } : { is: "truth", of: condition };
  }

  private variable(node: Identifier, at: Point): Known {
    const binding = this.script.bindingOf.get(node);
    const value = binding && at.variables.get(binding);
    if (!value) throw new NotUnderstood();
    return value;
  }

  private table({ fields }: TableConstructorExpression, at: Point): Known {
    const known = new Map<string, Known>();
    for (const field of fields) {
      if (field.type === "TableValue") throw new NotUnderstood();
      const key = field.type === "TableKeyString" ? field.key.name : this.evaluate(field.key, at);
      const name = typeof key === "string" ? key : key.is === "constant" ? key.value : undefined;
      if (typeof name !== "string" || known.has(name)) throw new NotUnderstood();
      known.set(name, this.evaluate(field.value, at));
    }
    return { is: "table", fields: known };
  }

  private field(base: Expression, name: string, at: Point): Known {
    const table = this.evaluate(base, at);
    const value = table.is === "table" ? table.fields.get(name) : undefined;
    if (!value) throw new NotUnderstood();
    return value;
  }

  private length(node: Expression, at: Point): Known {
    const value = this.evaluate(node, at);
    if (value.is !== "constant" || typeof value.value !== "string") throw new NotUnderstood();
    return { is: "constant", value: value.value.length };
  }

  /** `a or b`: a header, or a constant in its place. */
  private otherwise(left: Expression, right: Expression, at: Point): Known {
    const value = this.evaluate(left, at);
    if (value.is === "text") return value;
    const fallback = this.evaluate(right, at);
    const fixed = fallback.is === "constant" ? fallback.value : undefined;
    if (value.is === "header" && value.otherwise === undefined && typeof fixed === "string")
      return { ...value, otherwise: fixed };
    throw new NotUnderstood();
  }

  private call(node: AnyCall, at: Point): Known {
    const { base } = node;
    if (at.loading) throw new NotUnderstood();
    const args = callArguments(node);
    if (base.type !== "MemberExpression") throw new NotUnderstood();
    const { name } = base.identifier;
    if (base.indexer === "." && base.base.type === "Identifier" && this.isLibrary(base.base, "string")) {
      const [text, ...others] = args;
      if (!text || isCall(text)) throw new NotUnderstood();
      return this.stringMethod(this.evaluate(text, at), name, others, at);
    }
    if (base.indexer !== ":") throw new NotUnderstood();
    const on = this.evaluate(base.base, at);
    if (on.is === "handle" && name === "headers" && args.length === 0) return { is: "headers" };
    if (on.is === "headers" && name === "get" && args.length === 1) return this.header(args[0], at);
    return this.stringMethod(on, name, args, at);
  }

  private isLibrary(node: Identifier, name: string): boolean {
    const binding = this.script.bindingOf.get(node);
    return node.name === name && binding?.kind === "global" && binding.assignments.length === 0;
  }

  private header(node: Expression | undefined, at: Point): Known {
    const name = this.headerName(node, at);
    // After a write it is another value than the message had.
    if (at.writes.some(({ header }) => header === name)) throw new NotUnderstood();
    if (at.direction === "request" && ALWAYS_THERE.has(name)) return textual([{ header: name }]);
    if (name === ":status" && at.direction === "response") throw new NotUnderstood();
    return { is: "header", name };
  }

  /** `sub` from the start, and `find` and `match` of plain text. */
  private stringMethod(on: Known, name: string, args: readonly Expression[], at: Point): Known {
    const [of, otherwise] = this.wholeHeader(on, at);
    const fixed = args.map((argument) => {
      const value = this.evaluate(argument, at);
      if (value.is !== "constant") throw new NotUnderstood();
      return value.value;
    });
    if (name === "sub" && fixed.length === 2 && fixed[0] === 1 && typeof fixed[1] === "number" && fixed[1] > 0)
      return { is: "start", of, length: fixed[1], ...(otherwise !== undefined && { otherwise }) };
    if (name !== "find" && name !== "match") throw new NotUnderstood();
    return { is: "found", test: found(of, otherwise, name, fixed) };
  }

  /** A header that is there, as far as the way to here tells; with what stands in its place where it is not. */
  private wholeHeader(on: Known, at: Point): readonly [header: string, otherwise: string | undefined] {
    if (on.is === "header" && (on.otherwise !== undefined || isPresent(on.name, at.path)))
      return [on.name, on.otherwise];
    const [part, ...others] = on.is === "text" ? on.parts : [];
    if (typeof part !== "object" || others.length > 0) throw new NotUnderstood();
    return [part.header, undefined];
  }
}

function found(
  header: string,
  otherwise: string | undefined,
  name: "find" | "match",
  [pattern, from, plain, ...more]: readonly (string | number | boolean | undefined)[],
): HeaderTest {
  if (typeof pattern !== "string" || more.length > 0) throw new NotUnderstood();
  const isPlain = name === "find" && plain === true && from === 1;
  if (!isPlain && (from !== undefined || plain !== undefined)) throw new NotUnderstood();
  const anchored = !isPlain && pattern.startsWith("^");
  const text = anchored ? pattern.slice(1) : pattern;
  if (text === "" || (!isPlain && MAGIC.test(text))) throw new NotUnderstood();
  if (otherwise?.includes(text)) throw new NotUnderstood();
  return test(header, anchored ? "prefix" : "contains", text);
}

function test(header: string, match: "exact" | "prefix" | "contains", value: string): HeaderTest {
  return { kind: "header", header, match, value: constantString(value) };
}

function present(header: string): Condition {
  return { kind: "header", header, match: "present", value: "" };
}

function truthOf(value: Known): Condition | boolean {
  switch (value.is) {
    case "constant":
      return value.value !== undefined && value.value !== false;
    case "header":
      return value.otherwise === undefined ? present(value.name) : true;
    case "found":
      return value.test;
    case "truth":
      return value.of;
    default:
      return true;
  }
}

function negated(condition: Condition | boolean): Condition | boolean {
  return typeof condition === "boolean" ? !condition : { kind: "not", of: condition };
}

/** Whether the header is there when all of `path` holds. */
function isPresent(header: string, path: readonly Condition[]): boolean {
  return path.some((condition) => implies(condition, true, header));
}

function implies(condition: Condition, positive: boolean, header: string): boolean {
  if (condition.kind === "header") return positive && condition.header === header;
  if (condition.kind === "not") return implies(condition.of, !positive, header);
  const each = condition.of.map((part) => implies(part, positive, header));
  return (condition.kind === "all") === positive ? each.some(Boolean) : each.every(Boolean);
}

/** Neighbouring constants become one part. */
function textual(parts: Text): Known {
  const merged: (string | { readonly header: string })[] = [];
  for (const part of parts) {
    const before = merged.at(-1);
    if (typeof part === "string" && typeof before === "string") merged[merged.length - 1] = before + part;
    else merged.push(part);
  }
  const [only] = merged;
  return merged.length === 1 && typeof only === "string"
    ? { is: "constant", value: only }
    : { is: "text", parts: merged };
}

/** As Lua writes it; header values of other bytes, and numbers that Lua writes otherwise, are left alone. */
function constantString(value: string | number | boolean | undefined): string {
  if (typeof value === "number" && Number.isSafeInteger(value) && Math.abs(value) < 1e14) return String(value);
  if (typeof value !== "string" || !PRINTABLE.test(value.replaceAll("\n", ""))) throw new NotUnderstood();
  return value;
}
