import type { Comparison, Interval } from "./comparison.js";
import { verdictAgainst } from "./statistics/verdict.js";

/** An aim for the compiler: a ratio that a run has to show. */
export interface Target {
  readonly what: string;
  /** Where the figure is taken. */
  readonly from: string;
  readonly least: number;
  /** What forbids more, where something does. */
  readonly bound?: string;
}

export interface TargetResult extends Target {
  readonly value?: number;
  readonly ci95?: Interval;
  /** `too close to tell`: the figure reaches the aim, its interval does not. */
  readonly state: "met" | "not met" | "too close to tell" | "not measured";
  readonly reason?: string;
}

interface Aim {
  readonly what: string;
  readonly least: number;
  readonly workloads: readonly string[];
  readonly bound?: string;
}

const HOST_PRICE = "both pay Envoy's price for host calls, which moving to Wasm does not lower";

const AGAINST_LUA: readonly Aim[] = [
  { what: "JSON decoding, built in against a decoder in Lua", least: 6, workloads: ["json-decode-1kb"] },
  { what: "the same as a whole filter", least: 3, workloads: ["json-body-1kb"], bound: HOST_PRICE },
  { what: "a JSON decoder written in Lua, compiled as it stands", least: 1.5, workloads: ["json-decode-in-lua-1kb"] },
  {
    what: "a constant pattern",
    least: 5,
    workloads: ["match-captures", "gmatch-words", "gsub-constant", "find-pattern"],
  },
  { what: "any other pattern", least: 1.2, workloads: ["match-variable-pattern"] },
  { what: "joining, appending, constant format", least: 3, workloads: ["concat", "append-loop", "format-constant"] },
  {
    what: "tables, closures, number loops",
    least: 1.3,
    workloads: ["table-record", "table-array", "table-map", "closure", "number-loop"],
  },
  { what: "a header read again", least: 5, workloads: ["header-get-again"] },
  {
    what: "a whole header filter",
    least: 1,
    workloads: ["routing", "swimlane-hash", "copy-header"],
    bound: HOST_PRICE,
  },
  { what: "one constant header write", least: 1.1, workloads: ["set-constant-header"], bound: HOST_PRICE },
  {
    what: "a whole filter that reads a body",
    least: 1,
    workloads: ["growth-body-size-1024", "growth-body-size-10240", "growth-body-size-102400"],
    bound: HOST_PRICE,
  },
];

const PEER_FILTERS = ["set-constant-header", "copy-header", "routing", "swimlane-hash", "json-body-1kb"] as const;

/** With the one whose decoder is Lua in both, where the others have one built in. */
const INTERPRETED_FILTERS = [...PEER_FILTERS, "json-body-in-lua-1kb"] as const;

interface PeerAim {
  readonly arm: string;
  readonly what: string;
  readonly least: number;
  readonly workloads: readonly string[];
}

const AGAINST_PEERS: readonly PeerAim[] = [
  { arm: "rust sdk", what: "against hand-written Rust", least: 1.25, workloads: PEER_FILTERS },
  { arm: "assemblyscript sdk", what: "against AssemblyScript on the public SDK", least: 3, workloads: PEER_FILTERS },
  { arm: "lua interpreter", what: "against Lua's interpreter in Wasm", least: 2, workloads: INTERPRETED_FILTERS },
];

const MODULE_SIZE = 10;
const MEMORY_TOLERANCE = 1.05;
const FIRST_REQUEST_NS = 1_000_000;
const SUSPENDED_BYTES = 4_096;

/** Workloads that the targets need. */
export const TARGET_WORKLOADS: readonly string[] = [
  ...new Set([...AGAINST_LUA.flatMap(({ workloads }) => workloads), ...INTERPRETED_FILTERS, "header-set"]),
];

/** Each target with the ratio of this run; above `least` it is met. */
export function judgeTargets(comparison: Comparison): readonly TargetResult[] {
  return [
    ...AGAINST_LUA.flatMap((aim) => aim.workloads.map((workload) => againstLua(comparison, workload, aim))),
    ...AGAINST_PEERS.flatMap((aim) => aim.workloads.map((workload) => againstPeer(comparison, workload, aim))),
    ...PEER_FILTERS.map((workload) => moduleSize(comparison, workload)),
    constantWriteOverNoOp(comparison),
    ...footprintTargets(comparison),
  ];
}

function againstLua({ workloads }: Comparison, from: string, { what, least, bound }: Aim): TargetResult {
  const target: Target = { what, from, least, ...(bound ? { bound } : {}) };
  const measured = workloads.find(({ name }) => name === from);
  if (measured?.ratio) return judged(target, measured.ratio.luaOverWasm, measured.ratio.ci95);
  const reason = measured?.leftOut.find(({ arm }) => arm === "wasm" || arm === "lua")?.reason;
  return { ...target, state: "not measured", reason: reason ?? "not part of this run" };
}

function againstPeer({ workloads }: Comparison, from: string, { arm, what, least }: PeerAim): TargetResult {
  const target: Target = { what, from, least };
  const measured = workloads.find(({ name }) => name === from);
  const pair = measured?.otherRatios.find(({ of, over }) => of === arm && over === "wasm");
  if (pair) return judged(target, pair.value, pair.ci95);
  const reason = measured?.leftOut.find((left) => left.arm === arm || left.arm === "wasm")?.reason;
  return { ...target, state: "not measured", reason: reason ?? "not part of this run" };
}

function moduleSize({ workloads }: Comparison, from: string): TargetResult {
  const target: Target = { what: "module size against hand-written Rust", from, least: MODULE_SIZE };
  const arms = workloads.find(({ name }) => name === from)?.arms;
  const [ours, rust] = [arms?.wasm?.module?.bytes, arms?.["rust sdk"]?.module?.bytes];
  if (ours === undefined || rust === undefined)
    return { ...target, state: "not measured", reason: "needs both modules" };
  return judged(target, rust / ours, [rust / ours, rust / ours]);
}

/** A filter that writes one constant header against no-op + one host call + 10 %. */
function constantWriteOverNoOp({ workloads }: Comparison): TargetResult {
  const target: Target = {
    what: "no-op Wasm + one header write + 10 %, over one constant write",
    from: "set-constant-header",
    least: 1,
  };
  const arms = workloads.find(({ name }) => name === "set-constant-header")?.arms;
  const write = workloads.find(({ name }) => name === "header-set")?.arms.wasm?.costNs?.median;
  const [noOp, ours] = [arms?.["no-op wasm"]?.costNs, arms?.wasm?.costNs];
  if (!noOp || !ours || write === undefined)
    return { ...target, state: "not measured", reason: "needs header-set and both arms" };
  const allowed = 1.1 * (noOp.median + write);
  return judged(target, allowed / ours.median, [allowed / ours.ci95[1], allowed / ours.ci95[0]]);
}

function footprintTargets({ footprint }: Comparison): readonly TargetResult[] {
  const [ours, smallest] = [footprint?.arms.wasm, footprint?.arms["no-op wasm"]];
  const reason = footprint ? "the arm is missing" : "memory and start were not measured";
  const result = (target: Target, figure: number | undefined, ends?: Interval): TargetResult =>
    figure === undefined
      ? { ...target, state: "not measured", reason }
      : judged(target, figure, ends ?? [figure, figure]);
  const first = ours?.firstRequestNs;
  const sideCall = footprint?.bytesPerSideCall;
  const all = ours?.bytesPerSuspendedStream;
  const kept = all === undefined || sideCall === undefined ? undefined : all - sideCall;
  const bundle = footprint?.bundle?.bytes;
  return [
    result(
      { what: "memory per filter and worker: smallest possible module + 5 %, over ours", from: "memory", least: 1 },
      ours && smallest && (MEMORY_TOLERANCE * smallest.bytesPerFilterAndWorker) / ours.bytesPerFilterAndWorker,
    ),
    result(
      { what: "first request after a load: 1 ms over what it takes longer", from: "start", least: 1 },
      first && FIRST_REQUEST_NS / Math.max(1, first.median),
      first && [FIRST_REQUEST_NS / Math.max(1, first.ci95[1]), FIRST_REQUEST_NS / Math.max(1, first.ci95[0])],
    ),
    result(
      {
        what: "memory per suspended stream, beyond what Envoy keeps for its side call: 4 KB over ours",
        from: "suspended streams",
        least: 1,
        bound: `Envoy's side call takes ${Math.round(sideCall ?? 0)} bytes more`,
      },
      kept === undefined ? undefined : SUSPENDED_BYTES / Math.max(1, kept),
    ),
    result(
      {
        what: `memory per worker of ${footprint?.bundle?.filters.length ?? "many"} filters: in Lua, over one bundle of them`,
        from: "bundle",
        least: 1,
      },
      bundle && bundle.lua.perWorker / bundle.wasm.perWorker,
    ),
  ];
}

function judged(target: Target, value: number, ci95: Interval): TargetResult {
  return { ...target, value, ci95, state: verdictAgainst(target.least, value, ci95) };
}
