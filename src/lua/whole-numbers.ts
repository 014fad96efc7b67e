import type { AnyCall, BinaryExpression, Expression, LogicalExpression } from "./ast.js";
import { callArguments, isCall } from "./ast.js";
import type { Types } from "./infer.js";
import type { Assignment, Binding, Script } from "./script.js";

/** Least and greatest value that a whole number can have, both less than `TOO_LARGE` away from 0. */
type Range = readonly [low: number, high: number];

/** From here on Lua prints an exponent (`%.14g`). */
const TOO_LARGE = 1e14;
/** Further than anything that is counted up by `STEP` at a time comes. */
const COUNTED = 1e13;
const STEP = 16;
const LENGTH: Range = [0, 2 ** 31];
const BITS: Range = [-(2 ** 31), 2 ** 31];

/** How often a variable's range may grow before it is taken to have no end. */
const MOST_GROWTHS = 4;

const RESULTS: Readonly<Record<string, Range>> = {
  "string.byte": [0, 255],
  "string.len": LENGTH,
  "bit.tobit": BITS,
  "bit.band": BITS,
  "bit.bor": BITS,
  "bit.bxor": BITS,
  "bit.bnot": BITS,
  "bit.lshift": BITS,
  "bit.rshift": BITS,
  "bit.arshift": BITS,
  "bit.rol": BITS,
  "bit.ror": BITS,
  "bit.bswap": BITS,
};

/** Tells which expressions are numbers that are certainly whole and not too large to be printed digit by digit. */
export interface WholeNumbers {
  has(node: Expression): boolean;
}

/** Interval analysis (Cousot and Cousot 1977) of the locals to which only such numbers are assigned, whatever the order. */
export function findWholeNumbers<Method>(script: Script, types: Types<Method>): WholeNumbers {
  const ranges = new Ranges(script, types);
  ranges.run();
  return { has: (node) => types.ofExpression(node) === "number" && ranges.of(node) !== undefined };
}

class Ranges<Method> {
  /** Absent: nothing is assigned yet, as far as is known; null: may be any number. */
  private readonly known = new Map<Binding, Range | null>();
  private readonly growths = new Map<Binding, number>();
  /** Once nothing changes any more: each part of a long sum is asked for, and asks for its own parts. */
  private settled: Map<Expression, Range | null | undefined> | undefined;

  constructor(
    private readonly script: Script,
    private readonly types: Types<Method>,
  ) {}

  run(): void {
    const candidates = [...new Set(this.script.bindingOf.values())].filter(
      (binding) => binding.kind !== "global" && this.types.ofBinding(binding) === "number",
    );
    for (let changed = true; changed; ) {
      changed = false;
      for (const binding of candidates) changed = this.widen(binding) || changed;
    }
    this.settled = new Map();
  }

  /** Undefined where it may be any number; for an operand that Lua converts or refuses: of the number it then is. */
  of(node: Expression): Range | undefined {
    return this.range(node) ?? undefined;
  }

  private widen(binding: Binding): boolean {
    const before = this.known.get(binding);
    if (before === null) return false;
    const after = this.assigned(binding);
    if (after === undefined || (before && after && before[0] === after[0] && before[1] === after[1])) return false;
    const growths = (this.growths.get(binding) ?? 0) + 1;
    this.growths.set(binding, growths);
    this.known.set(binding, growths > MOST_GROWTHS ? null : after);
    return true;
  }

  /** Undefined: nothing that is known. */
  private assigned(binding: Binding): Range | null | undefined {
    let sofar: Range | undefined = this.known.get(binding) ?? undefined;
    for (const assignment of binding.assignments) {
      const range = this.assignedAt(binding, assignment);
      if (range === null) return null;
      if (range) sofar = sofar ? [Math.min(sofar[0], range[0]), Math.max(sofar[1], range[1])] : range;
    }
    return sofar;
  }

  private assignedAt(binding: Binding, { how, node, index, value }: Assignment): Range | null | undefined {
    if (how === "loop" && node.type === "ForNumericStatement") {
      const start = this.range(node.start);
      const step = node.step ? this.range(node.step) : ([1, 1] as const);
      return start && step ? counted(start, step) : start === undefined || step === undefined ? undefined : null;
    }
    if (value === undefined || index > 0) return null;
    return this.counting(binding, value) ?? this.range(value);
  }

  /** Of `count = count + 1`. */
  private counting(binding: Binding, value: Expression): Range | undefined {
    if (value.type !== "BinaryExpression" || (value.operator !== "+" && value.operator !== "-")) return undefined;
    const { left, right } = value;
    const before = this.known.get(binding);
    if (left.type !== "Identifier" || this.script.bindingOf.get(left) !== binding || !before) return undefined;
    const step = this.range(right);
    return step ? (counted(before, value.operator === "+" ? step : [-step[1], -step[0]]) ?? undefined) : undefined;
  }

  private range(node: Expression): Range | null | undefined {
    if (!this.settled) return this.computed(node);
    if (!this.settled.has(node)) this.settled.set(node, this.computed(node));
    return this.settled.get(node);
  }

  private computed(node: Expression): Range | null | undefined {
    switch (node.type) {
      case "NumericLiteral":
        return Number.isInteger(node.value) ? bounded(node.value, node.value) : null;
      case "Identifier": {
        const binding = this.script.bindingOf.get(node);
        if (!binding || binding.kind === "global" || this.types.ofBinding(binding) !== "number") return null;
        return this.known.get(binding);
      }
      case "UnaryExpression": {
        if (node.operator === "not" || this.types.ofExpression(node) !== "number") return null;
        if (node.operator === "#") return LENGTH;
        const operand = this.range(node.argument);
        return operand && [-operand[1], -operand[0]];
      }
      case "LogicalExpression":
        return this.types.ofExpression(node) === "number" && node.operator === "or" ? this.either(node) : null;
      case "BinaryExpression":
        return this.types.ofExpression(node) === "number" ? this.arithmetic(node) : null;
      default:
        return isCall(node) ? this.call(node) : null;
    }
  }

  /** `a or b`, `c and a or b` */
  private either({ left, right }: LogicalExpression): Range | null | undefined {
    const chosen = left.type === "LogicalExpression" && left.operator === "and" ? left.right : left;
    const [a, b] = [this.range(chosen), this.range(right)];
    if (!a || !b) return a === null || b === null ? null : (a ?? b);
    return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
  }

  private arithmetic({ operator, left, right }: BinaryExpression): Range | null | undefined {
    const [a, b] = [this.range(left), this.range(right)];
    if (a === null || b === null) return null;
    if (a === undefined || b === undefined) return undefined;
    switch (operator) {
      case "+":
        return bounded(a[0] + b[0], a[1] + b[1]);
      case "-":
        return bounded(a[0] - b[1], a[1] - b[0]);
      case "*": {
        const products = [a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
        return bounded(Math.min(...products), Math.max(...products));
      }
      case "%":
        return b[0] > 0 ? [0, b[1] - 1] : null;
      default:
        return null;
    }
  }

  private call(node: AnyCall): Range | null | undefined {
    const callee = this.types.callee(node);
    if (callee.kind !== "library") return null;
    const { name } = callee.row;
    const [first, ...more] = callArguments(node);
    if (name === "math.floor" && first && more.length === 0) return this.floor(first);
    // The time of a table of fields may be any.
    if (name === "os.time" && !first) return [0, COUNTED];
    return RESULTS[name] ?? null;
  }

  /** `math.floor(n / 2)` */
  private floor(node: Expression): Range | null | undefined {
    if (node.type !== "BinaryExpression" || node.operator !== "/") return this.range(node);
    const [a, b] = [this.range(node.left), this.range(node.right)];
    if (!a || !b) return a === undefined || b === undefined ? undefined : null;
    return b[0] > 0 ? bounded(Math.min(a[0], 0), Math.max(a[1], 0)) : null;
  }
}

function bounded(low: number, high: number): Range | null {
  return low > -TOO_LARGE && high < TOO_LARGE ? [low, high] : null;
}

/** What starts in a range and grows by another one as often as a program can. */
function counted([low, high]: Range, [least, most]: Range): Range | null {
  if (Math.max(-low, high) > COUNTED || Math.max(-least, most) > STEP) return null;
  return [least < 0 ? -COUNTED : low, most > 0 ? COUNTED : high];
}
