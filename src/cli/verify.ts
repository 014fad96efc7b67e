import { type Command, InvalidArgumentError, Option } from "commander";
import { chooseEnvoy } from "../harness/choose-envoy.js";
import { InputError } from "../support/failure.js";
import type { Difference, Equivalence } from "../verify/equivalence.js";
import { type MigratedFilter, readMigratedFolder } from "../verify/migrated-folder.js";
import { readRequestFile } from "../verify/read-requests.js";
import { verifyFolder } from "../verify/verify-folder.js";

interface VerifyFlags {
  readonly requests?: string;
  readonly generate?: number;
  readonly seed: number;
  readonly only?: string;
  readonly timeout: number;
  readonly envoy: string;
  readonly envoyImage?: string;
  readonly format: "text" | "json";
  readonly quiet?: boolean;
}

const GENERATED_BY_DEFAULT = 50;
const DIFFERENCES_SHOWN = 5;

export function registerVerify(program: Command): void {
  program
    .command("verify")
    .description("send the same requests through Lua and Wasm in a real Envoy and compare")
    .argument("<dir>", "folder that `moonshift migrate` wrote")
    .option("--requests <file>", "requests to send: moonshift's YAML or a HAR")
    .option(
      "--generate <n>",
      `requests to generate from each script (default ${GENERATED_BY_DEFAULT}, or 0 with --requests)`,
      toCount,
    )
    .option("--seed <s>", "seed of the generated requests", toCount, 1)
    .option("--only <id>", "only this filter")
    .option("--timeout <seconds>", "for one filter", toCount, 120)
    .option("--envoy <which>", "auto, docker, local, or the path of an Envoy binary", "auto")
    .option("--envoy-image <image>", "container image, with Docker")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .option("--quiet", "no progress")
    .action(async (dir: string, flags: VerifyFlags) => {
      process.exitCode = await verify(dir, flags);
    });
}

async function verify(dir: string, flags: VerifyFlags): Promise<number> {
  const say = (line: string): void => {
    if (!flags.quiet) process.stderr.write(`${line}\n`);
  };
  const requests = flags.requests === undefined ? [] : readRequestFile(flags.requests);
  const filters = selectFilters(readMigratedFolder(dir), flags.only, dir);
  const image = flags.envoyImage === undefined ? {} : { image: flags.envoyImage };
  const launcher = await chooseEnvoy({ envoy: flags.envoy, ...image }, say);
  const results = await verifyFolder(filters, {
    launcher,
    requests,
    generate: flags.generate ?? (requests.length > 0 ? 0 : GENERATED_BY_DEFAULT),
    seed: flags.seed,
    timeoutMs: flags.timeout * 1_000,
    parallel: 2,
    onDone: (filter, result) => say(`${filter.id}: ${result.result}`),
  });
  process.stdout.write(flags.format === "json" ? `${JSON.stringify(results, null, 2)}\n` : toText(filters, results));
  return results.some((result) => result.result === "different") ? 1 : 0;
}

function selectFilters(
  filters: readonly MigratedFilter[],
  only: string | undefined,
  dir: string,
): readonly MigratedFilter[] {
  const selected = only === undefined ? filters : filters.filter((filter) => filter.id === only);
  if (selected.length === 0)
    throw new InputError(only === undefined ? "no filters" : `no filter '${only}'`, { file: dir });
  return selected;
}

function toText(filters: readonly MigratedFilter[], results: readonly Equivalence[]): string {
  const refused = filters.filter((filter) => filter.wasm === undefined);
  const lines = [
    ...results.flatMap(describeResult),
    ...refused.map((filter) => `${filter.id}: refused, nothing to verify`),
  ];
  return `${lines.join("\n")}\n`;
}

function describeResult(result: Equivalence): string[] {
  const { branches, reached, missed } = result.coverage;
  const lines = [
    `${result.id}: ${result.result}; ${result.requests} requests, ${reached} of ${branches} branches reached`,
  ];
  if (missed.length > 0) lines.push(`  never reached: line ${missed.join(", ")}`);
  if (result.stopped !== undefined)
    lines.push(`  stopped at ${result.stopped.name} (${result.stopped.arm}): ${result.stopped.reason}`);
  lines.push(
    ...showDifferences("differs", result.differences),
    ...showDifferences("not comparable", result.nondeterministic),
    ...showDifferences("as announced", result.announced),
  );
  return lines;
}

function showDifferences(kind: string, differences: readonly Difference[]): string[] {
  const shown = differences
    .slice(0, DIFFERENCES_SHOWN)
    .map(({ name, where, lua, wasm }) => `  ${kind}: ${name}: ${where}: Lua ${short(lua)}, Wasm ${short(wasm)}`);
  const more = differences.length - shown.length;
  return more > 0 ? [...shown, `  … and ${more} more`] : shown;
}

function short(value: string | null): string {
  if (value === null) return "nothing";
  return JSON.stringify(value.length > 120 ? `${value.slice(0, 120)}…` : value);
}

function toCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("must be a whole number.");
  return Number(text);
}
