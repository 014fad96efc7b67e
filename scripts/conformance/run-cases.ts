import { compileHere } from "../../src/codegen/compile-pool.js";
import { judgeSite } from "../../src/delivery/migration/migrate-sites.js";
import { type EnvoyLauncher, EnvoyStartError } from "../../src/harness/envoy.js";
import type { FilterArm } from "../../src/harness/filter-arms.js";
import { LoadError } from "../../src/host/vm.js";
import type { LuaSite } from "../../src/manifest/lua-site.js";
import { isAnnounced } from "../../src/verify/announced-differences.js";
import { ArmStage, WorkerHung } from "../../src/verify/arm-stage.js";
import { compareFacts, type Facts, factsOf } from "../../src/verify/compare.js";
import { metadataHeadersOf } from "../../src/verify/dynamic-metadata.js";
import type { Difference } from "../../src/verify/equivalence.js";
import { HostStage } from "../../src/verify/host-stage.js";
import { ARM, judgeRounds, type UnstableFacts, unstableFacts } from "../../src/verify/judge-rounds.js";
import type { Observation } from "../../src/verify/observation.js";
import { printable } from "../../src/verify/printable.js";
import { type Round, replay } from "../../src/verify/replay.js";
import { type Candidate as ModuleArm, moduleArm } from "../../src/verify/verify-filter.js";
import { ownWrites, writtenNamespaces } from "../../src/verify/written-metadata.js";
import type { ConformanceCase } from "./case-file.js";
import { addCounters, CounterWatch, type EnvoyCounters, type ScriptRun } from "./envoy-counters.js";
import { unmetExpectations } from "./expectations.js";
import { type Outcome, worst } from "./outcome.js";
import { expectedLines } from "./steps.js";
import { type Subject, subjectsOf } from "./subject.js";

/** How many filters share one Envoy: each has three listeners and a module. */
const FILTERS_AN_ENVOY = 20;
const REQUEST_TIMEOUT_MS = 5_000;

/** A subject that compiled, waiting to be compared. */
interface Candidate {
  readonly test: ConformanceCase;
  readonly subject: Subject;
  readonly module: ModuleArm;
  /** Constructs of the deviations that the verdict announced. */
  readonly announced: readonly string[];
}

/**
 * Where modules run: in Envoy beside the script; in this process, held against what the C++ test expects; or in both, where they must do the same.
 */
export type Host = { readonly kind: "envoy" | "both"; readonly launcher: EnvoyLauncher } | { readonly kind: "node" };

export interface CasesRun {
  /** In the order of the cases. */
  readonly outcomes: readonly Outcome[];
  /** Of the scripts that were compared in Envoy. */
  readonly counters: EnvoyCounters;
}

/**
 * Judges, compiles and compares every case.
 * @param onProgress gets a line for each step
 */
export async function runCases(
  tests: readonly ConformanceCase[],
  host: Host,
  onProgress: (line: string) => void = () => {},
): Promise<CasesRun> {
  const outcomes = new Map<ConformanceCase, Outcome[]>(tests.map((test) => [test, []]));
  const candidates: Candidate[] = [];
  for (const [index, test] of tests.entries()) {
    onProgress(`compiling ${index + 1} of ${tests.length}: ${test.id}`);
    const subjects = subjectsOf(test);
    if ("notRunnable" in subjects) {
      outcomes.get(test)!.push({ kind: "not runnable", what: [subjects.notRunnable] });
      continue;
    }
    for (const subject of subjects) {
      const made = await candidateOf(test, subject);
      if ("module" in made) candidates.push(made);
      else outcomes.get(test)!.push(made);
    }
  }
  const worstOfAll = () => tests.map((test) => worst(outcomes.get(test)!));
  if (host.kind === "node") {
    for (const candidate of candidates) outcomes.get(candidate.test)!.push(await judgeInHost(candidate));
    return { outcomes: worstOfAll(), counters: addCounters([]) };
  }
  const counters: EnvoyCounters[] = [];
  const groups = groupsOf(candidates);
  for (const [index, group] of groups.entries()) {
    onProgress(`Envoy ${index + 1} of ${groups.length}: ${group.length} filters`);
    const { results, counters: counted } = await compareGroup(group, host);
    for (const [{ test }, outcome] of results) outcomes.get(test)!.push(outcome);
    counters.push(...counted);
  }
  return { outcomes: worstOfAll(), counters: addCounters(counters) };
}

async function candidateOf(test: ConformanceCase, subject: Subject): Promise<Candidate | Outcome> {
  const { assessment, program } = judgeSite(siteOf(test, subject));
  const { verdict, reasons, deviations } = assessment.judgement;
  if (verdict === "refused" || program === undefined) {
    return { kind: "refused", what: reasons.map(({ construct, message }) => `${construct}: ${message}`) };
  }
  const compiled = await compileHere(program);
  if ("failure" in compiled) {
    return {
      kind: "different",
      what: [`the generated sources do not compile: ${/ERROR [^\n]*/.exec(compiled.failure)?.[0] ?? compiled.failure}`],
    };
  }
  const { allowOnHeadersStopIteration } = program.needs;
  return {
    test,
    subject,
    module: moduleArm(
      { bytes: compiled.module.bytes, allowOnHeadersStopIteration, failurePolicy: "FAIL_RELOAD" },
      program.companion,
    ),
    announced: deviations.map(({ construct }) => construct),
  };
}

function siteOf({ id }: ConformanceCase, { lua, surroundings: { filterName } }: Subject): LuaSite {
  return {
    id,
    text: lua,
    source: { file: `${id}.lua`, document: 0, kind: "LuaFile", path: "", line: 1, column: 1 },
    positions: { segments: [{ offset: 0, line: 1, column: 1 }] },
    filter: { attachment: "file", ...(filterName === undefined ? {} : { filterName }) },
  };
}

/** Filters that can share an Envoy: a cluster that one must not find is not there for any of them. */
function groupsOf(candidates: readonly Candidate[]): readonly (readonly Candidate[])[] {
  const keys = [...new Set(candidates.map(({ subject }) => subject.absentClusters.join()))];
  const byAbsence = keys.map((key) => candidates.filter(({ subject }) => subject.absentClusters.join() === key));
  return byAbsence.flatMap((alike) =>
    Array.from({ length: Math.ceil(alike.length / FILTERS_AN_ENVOY) }, (_, i) =>
      alike.slice(i * FILTERS_AN_ENVOY, (i + 1) * FILTERS_AN_ENVOY),
    ),
  );
}

type EnvoyHost = Exclude<Host, { readonly kind: "node" }>;
type Result = readonly [Candidate, Outcome];

interface GroupRun {
  readonly results: readonly Result[];
  readonly counters: readonly EnvoyCounters[];
}

/** What spoils an Envoy for all (a filter that does not load, a worker that hangs) has each of them get an Envoy of its own. */
async function compareGroup(group: readonly Candidate[], host: EnvoyHost): Promise<GroupRun> {
  const { launcher } = host;
  try {
    await using stage = await startStage(group, launcher);
    const watch = await CounterWatch.start(stage.envoy);
    const results: Result[] = [];
    const runs: ScriptRun[] = [];
    for (const [index, candidate] of group.entries()) {
      const rounds = await observe(candidate, index, stage);
      results.push([candidate, await judge(candidate, rounds, host)]);
      runs.push(scriptRun(candidate, index, rounds));
    }
    return { results, counters: [await watch.read(runs)] };
  } catch (error) {
    if (!(error instanceof EnvoyStartError) && !(error instanceof WorkerHung)) throw error;
    if (group.length === 1)
      return { results: [[group[0]!, await failedAlone(group[0]!, error, launcher)]], counters: [] };
    const alone: GroupRun[] = [];
    for (const candidate of group) alone.push(await compareGroup([candidate], host));
    return { results: alone.flatMap(({ results }) => results), counters: alone.flatMap(({ counters }) => counters) };
  }
}

function scriptRun({ test, subject }: Candidate, index: number, rounds: readonly Round[]): ScriptRun {
  return {
    name: `${test.id} ${subject.name}`,
    luaArm: `${ARM.lua}-${index}`,
    lua: rounds.map((round) => round.get(ARM.lua)!),
    module: rounds.map((round) => round.get(ARM.wasm)!),
  };
}

function startStage(group: readonly Candidate[], launcher: EnvoyLauncher): Promise<ArmStage> {
  return ArmStage.start({
    launcher,
    arms: group.flatMap((candidate, index) => Object.values(armsOf(candidate, index))),
    callClusters: [...new Set(group.flatMap(({ subject }) => subject.clusters))],
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    metadataHeaders: metadataHeadersOf(group.flatMap(({ subject }) => subject.requests)),
    writtenNamespaces: [...new Set(group.flatMap(({ subject }) => writtenNamespaces(subject.lua)))],
  });
}

function armsOf(
  { subject: { lua, surroundings }, module }: Candidate,
  index: number,
): Readonly<Record<"lua" | "wasm" | "luaAgain", FilterArm>> {
  const script = { text: lua };
  return {
    lua: { name: `${ARM.lua}-${index}`, ...surroundings, lua: script },
    wasm: {
      name: `${ARM.wasm}-${index}`,
      ...surroundings,
      ...module,
      filtersBefore: [...(surroundings.filtersBefore ?? []), ...(module.filtersBefore ?? [])],
    },
    luaAgain: { name: `${ARM.luaAgain}-${index}`, ...surroundings, lua: script },
  };
}

async function observe(candidate: Candidate, index: number, stage: ArmStage): Promise<readonly Round[]> {
  const arms = armsOf(candidate, index);
  const rounds: Round[] = [];
  for (const [nth, request] of candidate.subject.requests.entries()) {
    const round = new Map<string, Observation>();
    for (const arm of ["lua", "wasm", "luaAgain"] as const) {
      round.set(ARM[arm], await stage.observe(arms[arm].name, request, nth));
    }
    rounds.push(round);
  }
  return rounds;
}

async function judge(candidate: Candidate, rounds: readonly Round[], { kind, launcher }: EnvoyHost): Promise<Outcome> {
  const { test, subject, announced } = candidate;
  if (kind === "both") {
    const what = await differencesInHost(candidate, rounds);
    if (what.length > 0) return { kind: "different", what };
  }
  let { differences, nondeterministic } = judgeRounds(rounds, subject.requests, announced);
  const writes = ownWrites(subject.lua);
  const isUnexpected = (difference: Difference): boolean => !isAnnounced(difference, announced, writes);
  if (differences.some(isUnexpected) && rounds.every(logsTheSameInSomeOrder)) {
    ({ differences, nondeterministic } = judgeRounds(
      rounds,
      subject.requests,
      announced,
      await unstableFactsOf(candidate, launcher),
    ));
  }
  const unexpected = differences.filter(isUnexpected);
  if (unexpected.length > 0) {
    return {
      kind: "different",
      what: unexpected.map(({ name, where, lua, wasm }) => `${name}: ${where}: Lua ${lua}, Wasm ${wasm}`),
    };
  }
  const unmet = unmetExpectations(
    test,
    rounds.map((round) => round.get(ARM.lua)!),
    nondeterministic,
  );
  if (unmet.length > 0) {
    return {
      kind: "not runnable",
      what: [`the C++ test's own set-up is not rebuilt here; without it Lua and Wasm agree, but ${unmet.join(", ")}`],
    };
  }
  if (differences.length > 0) return { kind: "announced", what: differences.map(({ where }) => where) };
  return { kind: "equal" };
}

/** What the module does otherwise in `src/host` than in Envoy, but for what the script does differently from one Lua VM to the next. */
async function differencesInHost(candidate: Candidate, rounds: readonly Round[]): Promise<readonly string[]> {
  if (candidate.subject.surroundings.filtersBefore !== undefined) return []; // Envoy's own filters are not in src/host
  const observations = await observeInHost(candidate);
  return rounds.flatMap((round, index) => {
    // In which order the entries of metadata come is Envoy's chance.
    const isOrder = /etadata\(/.test(candidate.subject.lua) && sameLines(round.get(ARM.wasm)!, observations[index]!);
    const [lua, wasm, again] = [ARM.lua, ARM.wasm, ARM.luaAgain].map((arm) => factsOf(round.get(arm)!));
    const open = new Set(compareFacts(lua!, again!).map(({ where }) => where));
    return (
      compareFacts(withoutTimes(wasm!), withoutTimes(factsOf(observations[index]!)))
        // In the host no filter stands beside the module to make metadata of what it writes.
        .filter(
          ({ where }) => !open.has(where) && !where.startsWith("metadata[") && !(isOrder && where.startsWith("log[")),
        )
        .map(
          ({ where, left, right }) =>
            `src/host: ${candidate.subject.requests[index]!.name}: ${where}: Envoy ${shown(left)}, host ${shown(right)}`,
        )
    );
  });
}

function withoutTimes(facts: Facts): Facts {
  return new Map([...facts].map(([where, text]) => [where, withoutTime(text)]));
}

function shown(text: string | undefined): string {
  return text === undefined ? "nothing" : printable(text);
}

/** The module by itself: without its companion filters it keeps the headers to itself that speak to them. */
async function observeInHost({ subject, module }: Candidate): Promise<readonly Observation[]> {
  const { surroundings, clusters, requests } = subject;
  const { bytes, allowOnHeadersStopIteration } = module.wasm!;
  const arm = { name: ARM.wasm, ...surroundings, wasm: { bytes, allowOnHeadersStopIteration } };
  const stage = await HostStage.start({ arm, callClusters: clusters, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  return requests.map((request, index) => stage.observe(request, index));
}

/** Nothing here tells a fault of the module from a set-up that is not rebuilt: what is not as expected is left open. */
async function judgeInHost(candidate: Candidate): Promise<Outcome> {
  if (candidate.subject.surroundings.filtersBefore !== undefined) {
    return { kind: "not runnable", what: ["other filters of Envoy stand in front of the script"] };
  }
  try {
    const observations = (await observeInHost(candidate)).map((seen) => ({ ...seen, scriptErrors: errorsOf(seen) }));
    const failures = observations.flatMap(({ wasmFailures }) => wasmFailures);
    if (failures.length > 0) return { kind: "different", what: failures };
    const unmet = unmetExpectations(candidate.test, observations, []);
    if (unmet.length === 0) return { kind: "equal" };
    return { kind: "not runnable", what: [`only Envoy can decide it: ${unmet.join(", ")}`] };
  } catch (error) {
    if (error instanceof LoadError) return { kind: "different", what: [error.message] };
    throw error;
  }
}

/** Error lines that a script did not write itself. */
function errorsOf({ log }: Observation): number {
  return log.filter(({ level, text }) => level === "error" && /^(\[string "|unspecified lua error)/.test(text)).length;
}

/** Whether script and module logged the same lines: then only their order is left to ask the script's other runs about. */
function logsTheSameInSomeOrder(round: Round): boolean {
  const [script, module] = [round.get(ARM.lua), round.get(ARM.wasm)];
  return script !== undefined && module !== undefined && sameLines(script, module);
}

function sameLines(one: Observation, other: Observation): boolean {
  const sorted = ({ log }: Observation): string =>
    JSON.stringify(log.map(({ level, text }) => `${level}: ${withoutTime(text)}`).sort());
  return sorted(one) === sorted(other);
}

/** Envoy measures this one for side calls, and a script that logs all headers logs it. */
function withoutTime(text: string): string {
  return text.replace(/(x-envoy-upstream-service-time\D+)\d+/, "$1");
}

/** Fresh Lua VMs to ask whether an order is the script's own chance. */
const REPLICAS = 8;

async function unstableFactsOf({ subject }: Candidate, launcher: EnvoyLauncher): Promise<UnstableFacts> {
  const { lua, surroundings, clusters, requests } = subject;
  const arms = Array.from(
    { length: REPLICAS },
    (_, i): FilterArm => ({ name: `lua-${i}`, ...surroundings, lua: { text: lua } }),
  );
  const stage = {
    launcher,
    arms,
    callClusters: clusters,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    metadataHeaders: metadataHeadersOf(requests),
  };
  const { rounds } = await replay(stage, requests, Number.POSITIVE_INFINITY);
  return unstableFacts(rounds);
}

/** The only filter of its Envoy does not load, or hangs: it is the module's fault unless the script does the same. */
async function failedAlone(
  candidate: Candidate,
  error: EnvoyStartError | WorkerHung,
  launcher: EnvoyLauncher,
): Promise<Outcome> {
  if (error instanceof WorkerHung) {
    const isModule = error.arm.startsWith(ARM.wasm);
    return { kind: isModule ? "different" : "not runnable", what: [`${error.message}`] };
  }
  const { lua, wasm } = armsOf(candidate, 0);
  const luaError = await loadFailure(lua, launcher);
  if (luaError === undefined)
    return { kind: "different", what: [`the module does not load, the script does: ${error.message}`] };
  if ((await loadFailure(wasm, launcher)) === undefined)
    return { kind: "different", what: [`the script does not load, the module does: ${luaError}`] };
  const unmet = expectedLines(candidate.test.steps).filter(({ text }) => !luaError.includes(text));
  return unmet.length === 0
    ? { kind: "equal" }
    : { kind: "not runnable", what: [`Envoy loads neither the script nor the module: ${luaError}`] };
}

/** Why Envoy does not take a filter. */
async function loadFailure(arm: FilterArm, launcher: EnvoyLauncher): Promise<string | undefined> {
  try {
    const arms = [arm];
    await using _stage = await ArmStage.start({
      launcher,
      arms,
      callClusters: [],
      requestTimeoutMs: REQUEST_TIMEOUT_MS,
    });
    return undefined;
  } catch (error) {
    if (error instanceof EnvoyStartError) return error.message;
    throw error;
  }
}
