import type { StaticType } from "../lua/static-type.js";

/** Binding strength of AssemblyScript's operators, weakest first. */
export enum Precedence {
  Comma = 0,
  Assignment = 1,
  Conditional = 2,
  Or = 3,
  And = 4,
  Equality = 8,
  Relation = 9,
  Sum = 11,
  Product = 12,
  Unary = 14,
  Postfix = 17,
  Primary = 18,
}

/** An AssemblyScript expression that yields one value. */
export interface Code {
  readonly text: string;
  readonly precedence: Precedence;
  readonly type: StaticType;
  /** No side effect, cannot raise, and its value does not change between here and the end of the statement. */
  readonly pure: boolean;
  /** Reads memory only: no side effect, cannot raise, but a later call may change what it would give. */
  readonly quiet?: boolean;
  /** Pure, and nothing at all changes its value: a literal, or a local that no closure shares. */
  readonly stable?: boolean;
  /** An expression of type `Values` that holds all results (`handle.httpCall(…)`). */
  readonly list?: boolean;
  /** A call whose further results can be read with `lua.result(i)` right after it. */
  readonly many?: boolean;
  /** A call of a function value, as it stands in `return` of another: `lua.tail1(f, x, 3, "local 'f'")`. */
  readonly tail?: string;
  /** The `Value` that the code takes it out of, as long as this is all of the code's text. */
  readonly unboxed?: { readonly from: Code; readonly text: string };
  /** A number that is certainly whole and less than 10^14 away from 0. */
  readonly whole?: boolean;
  /** It may yield no value at all, where `null` stands for that. */
  readonly mayBeAbsent?: boolean;
}

export function primary(text: string, type: StaticType, pure = false): Code {
  return { text, precedence: Precedence.Primary, type, pure };
}

/** Evaluating it cannot be noticed. */
export function isQuiet(code: Code): boolean {
  return code.pure || code.quiet === true;
}

export function quietly(code: Code): Code {
  return { ...code, quiet: true };
}

export function callCode(callee: string, args: readonly string[], type: StaticType, pure = false): Code {
  return { text: `${callee}(${args.join(", ")})`, precedence: Precedence.Postfix, type, pure };
}

/** The text, in parentheses where an operator of strength `at` needs them. */
export function inside(code: Code, at: Precedence): string {
  return code.precedence < at ? `(${code.text})` : code.text;
}

export function infix(left: Code, operator: string, right: Code, precedence: Precedence, type: StaticType): Code {
  const text = `${inside(left, precedence)} ${operator} ${inside(right, precedence + 1)}`;
  return {
    text,
    precedence,
    type,
    pure: left.pure && right.pure,
    quiet: isQuiet(left) && isQuiet(right),
    stable: left.stable === true && right.stable === true,
  };
}

/** The code, as a float where it is a whole literal: two of those alone would be computed as integers. */
export function asFloat(code: Code): Code {
  return /^-?\d+$/.test(code.text) ? { ...code, text: `${code.text}.0` } : code;
}

/** `first, then second`: evaluated in this order, the value of the second. */
export function comma(first: readonly string[], second: Code): Code {
  if (first.length === 0) return second;
  const text = `(${[...first, inside(second, Precedence.Assignment)].join(", ")})`;
  const tail = second.tail === undefined ? {} : { tail: `(${[...first, second.tail].join(", ")})` };
  return { ...second, ...tail, text, precedence: Precedence.Primary, pure: false, quiet: false, stable: false };
}
