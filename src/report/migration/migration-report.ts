import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { Comparison } from "../../../bench/comparison.js";
import type { Verdict } from "../../analyzer/assessment.js";
import { packageRoot } from "../../support/package-root.js";
import type { Equivalence } from "../../verify/equivalence.js";

/** What became of one filter on the whole way from manifest to measured module. */
export interface MigrationStory {
  readonly id: string;
  readonly file: string;
  readonly verdict: Verdict;
  readonly recommendation: string;
  readonly deviations: readonly string[];
  readonly sizeBytes?: number;
  readonly equivalence?: Equivalence;
}

export interface MigrationReport {
  readonly title: string;
  readonly envoy: string;
  readonly stories: readonly MigrationStory[];
  /** Absent when nothing was measured. */
  readonly comparison?: Comparison;
  /** Other reports of the same run, by what they are called. */
  readonly links: readonly { readonly name: string; readonly href: string }[];
}

/** One HTML file: a row per filter, with its verdict, its proof and its price. */
export function migrationHtml(report: MigrationReport): string {
  const file = join(packageRoot(), "src", "report", "migration", "migration.html.hbs");
  const template = Handlebars.create().compile(readFileSync(file, "utf8"));
  return template({
    ...report,
    measured: report.comparison !== undefined,
    rows: report.stories.map((story) => row(story, report.comparison)),
  });
}

function row(story: MigrationStory, comparison: Comparison | undefined) {
  const { equivalence } = story;
  const announced = equivalence?.differences.length ?? 0;
  return {
    ...story,
    size: story.sizeBytes === undefined ? "" : `${(story.sizeBytes / 1024).toFixed(1)} KiB`,
    result: equivalence?.result ?? "not compared",
    requests: equivalence
      ? `${equivalence.requests} requests, ${equivalence.coverage.reached} of ${equivalence.coverage.branches} branches`
      : "",
    differences: announced === 0 ? "" : `${announced} differences`,
    cost: cost(story.id, comparison),
  };
}

/** The words of the benchmark: only the interval decides between faster, slower and no difference. */
function cost(id: string, comparison: Comparison | undefined): string {
  const workload = comparison?.workloads.find(({ name }) => name === id || name.endsWith(`/${id}`));
  if (!workload?.ratio) return "not measured";
  const { luaOverWasm, ci95, verdict } = workload.ratio;
  const range = ci95.map((end) => (end === null || !Number.isFinite(end) ? "?" : end.toFixed(2))).join("–");
  return `${verdict === "no difference" ? verdict : `Wasm ${verdict}`}: Lua costs ${luaOverWasm.toFixed(2)}× Wasm (${range})`;
}
