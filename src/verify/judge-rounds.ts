import { withoutPrints } from "./announced-differences.js";
import { compareFacts, type FactDifference, factsOf } from "./compare.js";
import type { Difference } from "./equivalence.js";
import { printable } from "./printable.js";
import type { Round } from "./replay.js";
import type { VerifyRequest } from "./verify-request.js";

/** Names of the listeners. The second Lua comes after the Wasm: a clock that reads the same before and after read the same in between. */
export const ARM = { lua: "lua", wasm: "wasm", luaAgain: "lua-again", coverage: "lua-coverage" } as const;

export interface Judgement {
  readonly differences: readonly Difference[];
  readonly nondeterministic: readonly Difference[];
}

/** For each request, the facts in which the script differs from itself in another Lua VM. */
export type UnstableFacts = readonly ReadonlySet<string>[];

/**
 * Compares the Lua with the Wasm. What differs between Lua VMs is nondeterministic, whether or not the Wasm happens to agree.
 * @param announced constructs of the deviations that the verdict announced
 * @param unstable more of what is known to differ between Lua VMs
 */
export function judgeRounds(
  rounds: readonly Round[],
  requests: readonly VerifyRequest[],
  announced: readonly string[],
  unstable: UnstableFacts = [],
): Judgement {
  const differences: Difference[] = [];
  const nondeterministic: Difference[] = [];
  for (const [index, round] of rounds.entries()) {
    const [lua, wasm, again] = [ARM.lua, ARM.wasm, ARM.luaAgain].map((arm) => round.get(arm));
    if (lua === undefined || wasm === undefined) continue;
    const selfDifferences = again === undefined ? [] : compareFacts(factsOf(lua), factsOf(again));
    const open = withLengths([...selfDifferences.map((fact) => fact.where), ...(unstable[index] ?? [])]);
    const toDifference = (fact: FactDifference): Difference => describe(fact, index, requests[index]!.name);
    const wasmFacts = factsOf(withoutPrints(wasm, lua, announced));
    const found = compareFacts(factsOf(lua), wasmFacts);
    const isOpen = (fact: FactDifference): boolean => open.has(fact.where) || isServiceTime(fact);
    differences.push(...found.filter((fact) => !isOpen(fact)).map(toDifference));
    const undecided = [...found.filter(isOpen), ...selfDifferences];
    nondeterministic.push(
      ...uniqueByPlace(undecided).map((fact) => toDifference({ ...fact, right: wasmFacts.get(fact.where) })),
    );
  }
  return { differences, nondeterministic };
}

/** The length of a body that differs from one VM to the next is no more certain than the body. */
function withLengths(places: readonly string[]): ReadonlySet<string> {
  const lengths = places
    .filter((place) => place.endsWith(BODY))
    .map((place) => `${place.slice(0, -BODY.length)}${LENGTH}`);
  return new Set([...places, ...lengths]);
}

const BODY = ".body";
const LENGTH = '.headers["content-length"]';

/** A script hands on how many milliseconds a side call took, which Envoy writes into the reply: two VMs may happen to agree. */
function isServiceTime({ where, left, right }: FactDifference): boolean {
  return where.endsWith(SERVICE_TIME) && [left, right].every((value) => /^\d+$/.test(value ?? ""));
}

const SERVICE_TIME = '.headers["x-envoy-upstream-service-time"]';

/** Facts in which any two of the arms of a round differ; for replicas of one script. */
export function unstableFacts(rounds: readonly Round[]): UnstableFacts {
  return rounds.map((round) => {
    const [first, ...others] = [...round.values()].map(factsOf);
    if (first === undefined) return new Set();
    return new Set(others.flatMap((facts) => compareFacts(first, facts).map((fact) => fact.where)));
  });
}

function uniqueByPlace(facts: readonly FactDifference[]): FactDifference[] {
  return [...new Map(facts.map((fact) => [fact.where, fact])).values()];
}

function describe(fact: FactDifference, request: number, name: string): Difference {
  return { request, name, where: printable(fact.where), lua: shown(fact.left), wasm: shown(fact.right) };
}

function shown(value: string | undefined): string | null {
  return value === undefined ? null : printable(value);
}
