import { join } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { allArms } from "../../bench/arms/index.js";
import type { Comparison } from "../../bench/comparison.js";
import { comparisonJson, readComparison } from "../../bench/comparison-file.js";
import { compileScript } from "../../bench/compile-script.js";
import { compareWithBaseline } from "../../bench/gate.js";
import { PRICED_WORKLOADS, priceList } from "../../bench/price-list.js";
import { MEMORY, selectWorkloads } from "../../bench/select-workloads.js";
import { FULL, QUICK, type RunSettings } from "../../bench/settings.js";
import { runSuite, type Step } from "../../bench/suite.js";
import { judgeTargets, TARGET_WORKLOADS } from "../../bench/targets.js";
import { expectedSeconds } from "../../bench/timing.js";
import { allWorkloads } from "../../bench/workloads/index.js";
import type { Workload } from "../../bench/workloads/workload.js";
import { chooseEnvoy } from "../harness/choose-envoy.js";
import { gateText } from "../report/benchmark/gate.js";
import { benchmarkHtml } from "../report/benchmark/html.js";
import { benchmarkMarkdown } from "../report/benchmark/markdown.js";
import { benchmarkSvg } from "../report/benchmark/svg.js";
import { targetsText } from "../report/benchmark/targets.js";
import { benchmarkText } from "../report/benchmark/text.js";
import { InputError } from "../support/failure.js";
import { writeWhole } from "../support/write-folder.js";
import { readRequestFile } from "../verify/read-requests.js";
import { progressLine } from "./progress-line.js";

interface BenchFlags {
  readonly quick?: boolean;
  readonly rounds?: number;
  readonly seed?: number;
  readonly list?: boolean;
  readonly calibrate?: boolean;
  readonly targets?: boolean;
  readonly baseline?: string;
  readonly requests?: string;
  readonly out: string;
  readonly output?: string;
  readonly format: string;
  readonly envoy: string;
  readonly envoyImage?: string;
  readonly quiet?: boolean;
}

const FORMATS: Readonly<Record<string, (comparison: Comparison) => string>> = {
  text: benchmarkText,
  json: comparisonJson,
  markdown: benchmarkMarkdown,
  html: benchmarkHtml,
};

const FEWEST_ROUNDS = 3;

export function registerBench(program: Command): void {
  program
    .command("bench")
    .description("measure Lua against Wasm in a real Envoy, write a report, gate a regression")
    .argument(
      "[name|dir...]",
      "workloads or groups (see --list), or folders that `moonshift migrate` wrote; default: all",
    )
    .option("--quick", "under two minutes: fewer workloads and rounds")
    .option("--rounds <n>", "rounds per workload, no fewer and no more", toRounds)
    .option("--seed <s>", "seed of the order of rounds and of the intervals (default: drawn)", toCount)
    .option("--baseline <file>", "JSON of an earlier run: exit 1 on a regression beyond the noise of both")
    .option("--requests <file>", "requests for the filters of a folder: moonshift's YAML or a HAR")
    .option("--calibrate", "write the price list that `moonshift audit` predicts with")
    .option("--targets", "measure what the compiler aims at and tell which aims are met")
    .option("--list", "name the workloads and do nothing else")
    .option("--out <dir>", "folder for the report in all formats", "moonshift-bench")
    .option("--output <file>", "write what would go to standard output into a file")
    .option("--format <format>", `of standard output: ${Object.keys(FORMATS).join(", ")}`, "text")
    .option("--envoy <which>", "auto, docker, local, or the path of an Envoy binary", "auto")
    .option("--envoy-image <image>", "container image, with Docker")
    .option("--quiet", "no progress")
    .action(async (wanted: string[], flags: BenchFlags) => {
      process.exitCode = await bench(wanted, flags, program.version() ?? "");
    });
}

async function bench(wanted: readonly string[], flags: BenchFlags, version: string): Promise<number> {
  const format = FORMATS[flags.format];
  if (format === undefined)
    throw new InputError(`--format ${flags.format} is none of ${Object.keys(FORMATS).join(", ")}`);
  const all = await allWorkloads();
  if (flags.list) return print(list(all), flags);
  const baseline = flags.baseline === undefined ? undefined : readComparison(flags.baseline);
  const requests = flags.requests === undefined ? [] : readRequestFile(flags.requests);
  const settings = settingsOf(flags, wanted);
  const chosen = flags.calibrate ? PRICED_WORKLOADS : flags.targets ? TARGET_WORKLOADS : wanted;
  const workloads = selectWorkloads(all, { wanted: chosen, quick: flags.quick ?? false, requests });
  const say = flags.quiet ? () => {} : (line: string) => process.stderr.write(`${line}\n`);
  const line = progressLine(!flags.quiet);
  const image = flags.envoyImage === undefined ? {} : { image: flags.envoyImage };
  const comparison = await runSuite({
    workloads,
    ...(settings.footprint
      ? { footprintOf: { workload: all.find(({ name }) => name === "routing")!, bundled: all } }
      : {}),
    arms: allArms({ compile: compileScript, peers: settings.peers, say }),
    launcher: await chooseEnvoy({ envoy: flags.envoy, ...image }, say),
    settings,
    seed: flags.seed ?? Math.floor(Math.random() * 2 ** 31),
    version,
    save: async (sofar) => save(sofar, flags.out),
    progress: (step) => line.show(progressText(step)),
  });
  line.clear();
  say(`wrote ${join(flags.out, "benchmark.html")}, .svg, .md and .json`);
  if (flags.calibrate) writePrices(comparison, flags.out, say);
  print(flags.targets ? targetsText(judgeTargets(comparison), comparison) : format(comparison), flags);
  return baseline === undefined ? 0 : gate(baseline, comparison);
}

function settingsOf({ quick, rounds, calibrate }: BenchFlags, wanted: readonly string[]): RunSettings {
  const { footprint, ...rest } = quick ? QUICK : FULL;
  // Memory and start times belong to the whole suite, not to one workload of it.
  const whole = wanted.length === 0 || wanted.includes(MEMORY);
  const settings = whole && !calibrate && footprint ? { ...rest, footprint } : rest;
  return rounds === undefined ? settings : { ...settings, rounds, seconds: 0 };
}

function writePrices(comparison: Comparison, folder: string, say: (line: string) => void): void {
  const file = join(folder, "price-list.json");
  writeWhole(file, `${JSON.stringify(priceList(comparison), null, 2)}\n`);
  say(`wrote ${file}`);
}

/** A broken run leaves the last of these behind. */
function save(comparison: Comparison, folder: string): void {
  writeWhole(join(folder, "benchmark.json"), comparisonJson(comparison));
  if (!comparison.complete) return;
  writeWhole(join(folder, "benchmark.md"), benchmarkMarkdown(comparison));
  writeWhole(join(folder, "benchmark.html"), benchmarkHtml(comparison));
  writeWhole(join(folder, "benchmark.svg"), benchmarkSvg(comparison));
}

function gate(baseline: Comparison, current: Comparison): number {
  const result = compareWithBaseline(baseline, current);
  process.stdout.write(gateText(result));
  return result.state === "regression" ? 1 : 0;
}

function print(text: string, { output }: BenchFlags): number {
  if (output === undefined) process.stdout.write(text);
  else writeWhole(output, text);
  return 0;
}

function list(all: readonly Workload[]): string {
  const width = Math.max(...all.map(({ name }) => name.length)) + 2;
  const groups = [...new Set(all.map(({ group }) => group))];
  const lines = groups.flatMap((group) => [
    group,
    ...all
      .filter((workload) => workload.group === group)
      .map(({ name, about, quick }) => `  ${name.padEnd(width)}${about}${quick ? " (quick)" : ""}`),
  ]);
  const minutes = all.reduce((sum, workload) => sum + expectedSeconds(workload, FULL), 0) / 60;
  return `${lines.join("\n")}\n${all.length} workloads, about ${Math.ceil(minutes)} minutes; those marked quick are what --quick measures; \`${MEMORY}\` measures memory and start times\n`;
}

function progressText({ number, of, name, secondsLeft }: Step): string {
  const left = secondsLeft < 90 ? `${Math.ceil(secondsLeft)} s` : `${Math.ceil(secondsLeft / 60)} min`;
  return `[${number}/${of}] ${name}, about ${left} left`;
}

function toRounds(text: string): number {
  const rounds = toCount(text);
  if (rounds < FEWEST_ROUNDS)
    throw new InvalidArgumentError(`must be ${FEWEST_ROUNDS} or more: fewer have no interval.`);
  return rounds;
}

function toCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("must be a whole number.");
  return Number(text);
}
