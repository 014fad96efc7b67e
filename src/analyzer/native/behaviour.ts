/**
 * What a script does, as the cases it tells apart. Only a script that is understood in full has one: see `read-behaviour.ts`.
 * Headers are lower-case, `host` is `:authority`; values are printable ASCII.
 */
export interface Behaviour {
  /** Every way through the hook, no two for the same message; undefined without the hook. */
  readonly request: readonly Case[] | undefined;
  readonly response: readonly Case[] | undefined;
  /** It also writes log lines, which no feature takes over. */
  readonly logs: boolean;
}

export interface Case {
  /** All of these hold. */
  readonly path: readonly Condition[];
  readonly writes: readonly HeaderWrite[];
  /** The request ends here. */
  readonly answer?: Answer;
}

/** On a header of the message as it came: all its values, joined by commas. */
export interface HeaderTest {
  readonly kind: "header";
  readonly header: string;
  readonly match: "exact" | "prefix" | "contains" | "present";
  /** Empty with `present`, never otherwise. */
  readonly value: string;
}

export type Condition =
  | HeaderTest
  | { readonly kind: "not"; readonly of: Condition }
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] };

/** Parts in order: a constant, or a request header that is always there. */
export type Text = readonly (string | { readonly header: string })[];

type Range = readonly [start: number, end: number];

export interface HeaderWrite {
  readonly operation: "add" | "replace" | "remove";
  readonly header: string;
  /** Empty for `remove`. */
  readonly value: Text;
  readonly range: Range;
}

export interface Answer {
  /** With `:status`. */
  readonly headers: ReadonlyMap<string, Text>;
  readonly body: Text;
  readonly range: Range;
}

export type Literal = HeaderTest & { readonly positive: boolean };

/** A condition as alternatives (any), each of tests that hold together (all). */
export type Alternatives = readonly (readonly Literal[])[];

const MANY_ALTERNATIVES = 32;

/** @returns undefined when it takes too many alternatives to say */
export function alternatives(conditions: readonly Condition[]): Alternatives | undefined {
  const all = expand({ kind: "all", of: conditions }, true);
  return all.length > MANY_ALTERNATIVES ? undefined : all;
}

function expand(condition: Condition, positive: boolean): Alternatives {
  switch (condition.kind) {
    case "header":
      return [[{ ...condition, positive }]];
    case "not":
      return expand(condition.of, !positive);
    default: {
      const parts = condition.of.map((part) => expand(part, positive));
      if ((condition.kind === "any") === positive) return parts.flat();
      return parts.reduce<Alternatives>(
        (sofar, part) =>
          sofar.length * part.length > MANY_ALTERNATIVES * 2
            ? Array.from({ length: MANY_ALTERNATIVES + 1 }, () => [])
            : sofar.flatMap((left) => part.map((right) => [...left, ...right])),
        [[]],
      );
    }
  }
}

/** The union of cases with the same end: what one test settles, the others need not exclude. */
export function union(cases: readonly Alternatives[]): Alternatives {
  const all = cases.flat().map(withoutRepeats).filter(isPossible);
  const alone = new Set(all.flatMap((literals) => (literals.length === 1 ? literals.map(nameOf) : [])));
  const shorter = all.map((literals) =>
    literals.length === 1 ? literals : literals.filter((literal) => !alone.has(nameOf(opposite(literal)))),
  );
  return [...new Map(shorter.map((literals) => [literals.map(nameOf).toSorted().join("&"), literals])).values()];
}

function withoutRepeats(literals: readonly Literal[]): readonly Literal[] {
  return [...new Map(literals.map((literal) => [nameOf(literal), literal])).values()];
}

function isPossible(literals: readonly Literal[]): boolean {
  const names = new Set(literals.map(nameOf));
  if (literals.some((literal) => names.has(nameOf(opposite(literal))))) return false;
  const exact = literals.filter(({ match, positive }) => match === "exact" && positive);
  return exact.every(({ header, value }) => exact.every((other) => other.header !== header || other.value === value));
}

function opposite(literal: Literal): Literal {
  return { ...literal, positive: !literal.positive };
}

function nameOf({ header, match, value, positive }: Literal): string {
  return JSON.stringify([header, match, value, positive]);
}

/** The text when all of it is constant. */
export function constantText(text: Text): string | undefined {
  return text.every((part) => typeof part === "string") ? text.join("") : undefined;
}
