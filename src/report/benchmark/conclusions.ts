import type { Comparison, Ratio, WorkloadResult } from "../../../bench/comparison.js";
import { duration, interval, ratio } from "./numbers.js";

/** One finding in plain words. */
export interface Conclusion {
  readonly workload: string;
  readonly verdict: Ratio["verdict"];
  readonly text: string;
}

/** Bad news first. */
const ORDER: readonly Ratio["verdict"][] = ["slower", "no difference", "faster"];

/** A sentence for each workload that has both Lua and Wasm: first where Wasm loses, then where nothing can be told, then where it wins. */
export function conclusions(workloads: readonly WorkloadResult[]): readonly Conclusion[] {
  return workloads
    .flatMap((workload) => (workload.ratio ? [conclude(workload, workload.ratio)] : []))
    .sort((one, other) => ORDER.indexOf(one.verdict) - ORDER.indexOf(other.verdict));
}

function conclude(workload: WorkloadResult, compared: Ratio): Conclusion {
  const lua = duration(workload.arms.lua!.costNs!.median);
  const wasm = duration(workload.arms.wasm!.costNs!.median);
  const costs = `Lua ${lua}, Wasm ${wasm} ${workload.costUnit}`;
  return {
    workload: workload.name,
    verdict: compared.verdict,
    text: `${sentence(workload.about, compared)}: ${costs}.`,
  };
}

function sentence(about: string, { luaOverWasm, ci95: [low, high], verdict }: Ratio): string {
  const subject = `${about.charAt(0).toUpperCase()}${about.slice(1)}`;
  const lua = `${ratio(luaOverWasm)} times as much in Lua as in Wasm, 95 % interval ${interval([low, high])}`;
  switch (verdict) {
    case "slower":
      return `${subject} is slower in Wasm (${ratio(1 / luaOverWasm)} times as much as in Lua, 95 % interval ${interval([1 / high, 1 / low])})`;
    case "faster":
      return `${subject} is faster in Wasm (${lua})`;
    case "no difference":
      return `${subject} shows no difference that noise does not explain (${lua})`;
  }
}

export function isWholeFilter({ kind }: WorkloadResult): boolean {
  return kind === "filter" || kind === "migration";
}

/** How the whole filters came out, in one sentence. */
export function headline({ workloads }: Comparison): string {
  const filters = workloads.filter((workload) => isWholeFilter(workload) && workload.ratio);
  const judged = filters.length > 0 ? filters : workloads.filter(({ ratio: compared }) => compared);
  const what = filters.length > 0 ? "filters" : "operations";
  if (judged.length === 0) return "Nothing was measured in both Lua and Wasm.";
  const count = (verdict: Ratio["verdict"]) =>
    judged.filter(({ ratio: compared }) => compared!.verdict === verdict).length;
  return (
    `Of ${judged.length} ${what}, Wasm is slower in ${count("slower")}, ` +
    `no different in ${count("no difference")}, faster in ${count("faster")}.`
  );
}

/** What has to stand above all figures: why this run proves nothing, or that it can be relied on. */
export function caveats({ controls, complete }: Comparison): readonly string[] {
  const { aa, machine } = controls;
  return [
    ...(complete ? [] : ["The run is not finished: figures are missing."]),
    ...(machine.noisy ? [`This run proves nothing, the machine was not quiet: ${machine.reasons.join("; ")}.`] : []),
    ...(aa === undefined ? ["This run proves nothing: it had no A/A control."] : []),
    ...(aa && !aa.holds
      ? [
          `This run proves nothing: the same script measured twice came out different (A/A control ${ratio(aa.ratio)}, 95 % interval ${interval(aa.ci95)}).`,
        ]
      : []),
    ...(aa?.holds && !aa.narrow
      ? [
          `This run proves nothing: it could not even tell that the same script measured twice is the same (A/A control ${ratio(aa.ratio)}, 95 % interval ${interval(aa.ci95)}).`,
        ]
      : []),
  ];
}

export function controlSentence({ controls: { aa } }: Comparison): string | undefined {
  return aa?.holds
    ? `A/A control: the same script twice differs by a factor of ${ratio(aa.ratio)}, 95 % interval ${interval(aa.ci95)}, which contains 1.`
    : undefined;
}
