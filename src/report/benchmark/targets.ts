import type { Comparison } from "../../../bench/comparison.js";
import type { TargetResult } from "../../../bench/targets.js";
import { caveats } from "./conclusions.js";
import { interval, ratio } from "./numbers.js";

/** One line per target; those not met first. */
export function targetsText(results: readonly TargetResult[], comparison: Comparison): string {
  const width = Math.max(...results.map(({ what }) => what.length)) + 2;
  const fromWidth = Math.max(...results.map(({ from }) => from.length)) + 2;
  const line = ({ what, from, least, value, ci95, state, reason, bound }: TargetResult): string => {
    const figure = value === undefined ? (reason ?? "") : `${ratio(value)} (${interval(ci95!)}), aim ${least}`;
    const why = state === "not met" && bound ? `; ${bound}` : "";
    return `${state.padEnd(18)}${what.padEnd(width)}${from.padEnd(fromWidth)}${figure}${why}`;
  };
  const order: readonly TargetResult["state"][] = ["not met", "too close to tell", "not measured", "met"];
  const sorted = [...results].sort((one, other) => order.indexOf(one.state) - order.indexOf(other.state));
  const met = results.filter(({ state }) => state === "met").length;
  return `${[...caveats(comparison), ...sorted.map(line), `${met} of ${results.length} targets met`].join("\n")}\n`;
}
