import type { Companion } from "../analyzer/companion.js";
import { companionFilters, PUBLISHES } from "../codegen/companion-filters.js";
import { type EnvoyLauncher, EnvoyStartError } from "../harness/envoy.js";
import type { FilterArm } from "../harness/filter-arms.js";
import { isAnnounced, requestsWithoutModule } from "./announced-differences.js";
import type { StageOptions } from "./arm-stage.js";
import { type MarkedScript, markBranches } from "./branches.js";
import { metadataHeadersOf } from "./dynamic-metadata.js";
import type { Coverage, Difference, Equivalence, Stop } from "./equivalence.js";
import { ARM, type Judgement, judgeRounds, unstableFacts } from "./judge-rounds.js";
import { type Replay, replay } from "./replay.js";
import { readVocabulary } from "./script-vocabulary.js";
import type { VerifyRequest } from "./verify-request.js";
import { isMetadata, ownWrites, writtenNamespaces } from "./written-metadata.js";

export interface VerifyInput {
  readonly id: string;
  /** The original script. */
  readonly lua: string;
  readonly wasm: Uint8Array;
  readonly needs: { readonly allowOnHeadersStopIteration: boolean };
  /** Name of the HTTP filter that the script stood in; `metadata()` looks under it. */
  readonly filterName?: string;
  readonly clearRouteCache?: boolean;
  /** What stands beside the module. */
  readonly companion?: Companion;
  /** Sent in this order through every arm; globals live on from one to the next. */
  readonly requests: readonly VerifyRequest[];
  readonly launcher: EnvoyLauncher;
  /** `filter_metadata` of the route. */
  readonly routeMetadata?: Readonly<Record<string, unknown>>;
  /** Lua modules that the script requires, by their path from Envoy's working directory. */
  readonly modules?: Readonly<Record<string, string>>;
  /** Until a request counts as unanswered; default 5,000 ms. */
  readonly requestTimeoutMs?: number;
  /** For the whole verification; default 120,000 ms. */
  readonly timeoutMs?: number;
  /** Constructs of the deviations that the verdict announced, e.g. `Handle:httpCall`. */
  readonly announced?: readonly string[];
  /** Kept in the result when the requests were generated. */
  readonly seed?: number;
}

/** What claims to do the same as the script: a module, or (in tests of verify itself) another script. */
export type Candidate = Pick<FilterArm, "lua" | "wasm" | "filtersBefore" | "filtersBehind">;

/** Sends the same requests through the script and the module in one Envoy and tells what differs. */
export function verifyFilter(input: VerifyInput): Promise<Equivalence> {
  const { wasm, needs, companion, ...rest } = input;
  return verifyCandidate({
    ...rest,
    candidate: moduleArm(
      { bytes: wasm, allowOnHeadersStopIteration: needs.allowOnHeadersStopIteration, rootId: input.id },
      companion,
    ),
  });
}

/** The module with what stands beside it. */
export function moduleArm(wasm: NonNullable<FilterArm["wasm"]>, companion: Companion | undefined): Candidate {
  if (!companion) return { wasm };
  const { before, behind } = companionFilters("moonshift", companion);
  return {
    wasm: { ...wasm, configuration: JSON.stringify(PUBLISHES) },
    filtersBefore: before,
    filtersBehind: behind,
  };
}

/** As `verifyFilter`, for anything that claims to do what the script does. */
export async function verifyCandidate(
  input: Omit<VerifyInput, "wasm" | "needs"> & { readonly candidate: Candidate },
): Promise<Equivalence> {
  const deadline = Date.now() + (input.timeoutMs ?? 120_000);
  const stage: Omit<StageOptions, "arms"> = {
    launcher: input.launcher,
    callClusters: readVocabulary(input.lua).clusters,
    requestTimeoutMs: input.requestTimeoutMs ?? 5_000,
    metadataHeaders: metadataHeadersOf(input.requests),
    writtenNamespaces: writtenNamespaces(input.lua),
    ...(input.routeMetadata === undefined ? {} : { routeMetadata: input.routeMetadata }),
    ...(input.modules && { files: input.modules }),
  };
  const filter = input.filterName === undefined ? {} : { filterName: input.filterName };
  const script = (name: string, text = input.lua): FilterArm => ({
    name,
    ...filter,
    lua: { text, clearRouteCache: input.clearRouteCache ?? true },
  });
  const marked = markBranches(input.lua);
  const announced = input.announced ?? [];
  const writes = ownWrites(input.lua);
  const isExpected = (difference: Difference): boolean => isAnnounced(difference, announced, writes);
  const [lua, candidate] = [script(ARM.lua), { name: ARM.wasm, ...filter, ...input.candidate }];
  const arms = [lua, candidate, script(ARM.luaAgain), script(ARM.coverage, marked.text)];

  let result: Replay;
  try {
    result = await replay({ ...stage, arms }, input.requests, deadline);
  } catch (error) {
    if (!(error instanceof EnvoyStartError)) throw error;
    const { judgement, stop } = await judgeLoading(stage, lua, candidate);
    return summarise(input, judgement, { rounds: [], stop }, marked, isExpected);
  }
  let judgement = judgeRounds(result.rounds, input.requests, announced);
  const unexpected = judgement.differences.filter((difference) => !isExpected(difference));
  if (unexpected.length > 0) {
    const last = Math.max(...unexpected.map((difference) => difference.request));
    const replicas = Array.from({ length: REPLICAS }, (_, index) => script(`lua-${index}`));
    const again = await replay({ ...stage, arms: replicas }, input.requests.slice(0, last + 1), deadline);
    judgement = judgeRounds(result.rounds, input.requests, announced, unstableFacts(again.rounds));
  }
  return summarise(input, withHang(judgement, result), result, marked, isExpected);
}

/** Fresh Lua VMs to ask whether a difference is the script's own chance: two orders of two keys agree in all of them once in 2^7 times. */
const REPLICAS = 8;

/** A module that does not come back is a difference; a script that does not is why nothing more can be said. */
function withHang(judgement: Judgement, { stop, rounds }: Replay): Judgement {
  if (stop?.arm !== ARM.wasm || stop.request < 0) return judgement;
  const lua = rounds[stop.request]?.get(ARM.lua)?.outcome.kind ?? null;
  const hang: Difference = { request: stop.request, name: stop.name, where: "outcome", lua, wasm: stop.reason };
  return { ...judgement, differences: [...judgement.differences, hang] };
}

/** Not all arms load together: tells which of the two does not. Both failing is no difference, but nothing was compared either. */
async function judgeLoading(
  stage: Omit<StageOptions, "arms">,
  lua: FilterArm,
  candidate: FilterArm,
): Promise<{ readonly judgement: Judgement; readonly stop: Stop }> {
  const luaError = await loadError(stage, lua);
  const wasmError = await loadError(stage, candidate);
  const difference = { request: -1, name: "load", where: "load", lua: luaError ?? "loads", wasm: wasmError ?? "loads" };
  const isSame = (luaError === undefined) === (wasmError === undefined);
  return {
    judgement: { differences: isSame ? [] : [difference], nondeterministic: [] },
    stop: {
      request: -1,
      name: "load",
      arm: luaError === undefined ? ARM.wasm : ARM.lua,
      reason: luaError ?? wasmError ?? "the arms do not load together",
    },
  };
}

/** Why an arm does not load; undefined when it does. */
async function loadError(stage: Omit<StageOptions, "arms">, arm: FilterArm): Promise<string | undefined> {
  try {
    await replay({ ...stage, arms: [arm] }, [], Number.POSITIVE_INFINITY);
    return undefined;
  } catch (error) {
    if (error instanceof EnvoyStartError) return error.message;
    throw error;
  }
}

function summarise(
  input: Pick<VerifyInput, "id" | "launcher" | "seed" | "announced">,
  judgement: Judgement,
  { rounds, stop }: Replay,
  marked: MarkedScript,
  isExpected: (difference: Difference) => boolean,
): Equivalence {
  const { nondeterministic } = judgement;
  const lacking = requestsWithoutModule(judgement.differences, input.announced ?? []);
  const isKnown = (difference: Difference): boolean => isExpected(difference) || lacking.has(difference.request);
  const differences = judgement.differences.filter((difference) => !isKnown(difference));
  const chance = nondeterministic.filter(({ where }) => !isMetadata(where));
  const undecided = chance.length > 0 || lacking.size > 0 || stop !== undefined || rounds.length === 0;
  return {
    schemaVersion: 1,
    id: input.id,
    envoy: input.launcher.description,
    requests: rounds.length,
    result: differences.length > 0 ? "different" : undecided ? "undecided" : "equal",
    differences,
    announced: judgement.differences.filter(isKnown),
    nondeterministic,
    coverage: coverageOf(rounds, marked),
    scriptErrors: countScriptErrors(rounds),
    ...(stop === undefined ? {} : { stopped: stop }),
    ...(input.seed === undefined ? {} : { seed: input.seed }),
  };
}

function coverageOf(rounds: Replay["rounds"], marked: MarkedScript): Coverage {
  const reached = new Set(rounds.flatMap((round) => round.get(ARM.coverage)?.branches ?? []));
  const missed = marked.lines.filter((_, branch) => !reached.has(branch));
  return { branches: marked.lines.length, reached: reached.size, missed: [...new Set(missed)].sort((a, b) => a - b) };
}

/** Envoy counts the script's errors only for Lua; the module's are its error lines beyond those that the script wrote on purpose. */
function countScriptErrors(rounds: Replay["rounds"]): Equivalence["scriptErrors"] {
  let [lua, wasm] = [0, 0];
  for (const round of rounds) {
    const [original, module] = [round.get(ARM.lua), round.get(ARM.wasm)];
    if (original === undefined || module === undefined) continue;
    const logged = errorLines(original) - original.scriptErrors;
    lua += original.scriptErrors;
    wasm += Math.max(0, errorLines(module) - logged);
  }
  return { lua, wasm };
}

function errorLines(observation: { readonly log: readonly { readonly level: string }[] }): number {
  return observation.log.filter((line) => line.level === "error").length;
}
