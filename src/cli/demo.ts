import { existsSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import type { Command } from "commander";
import { readComparison } from "../../bench/comparison-file.js";
import { judgeSite, migrateSites } from "../delivery/migration/migrate-sites.js";
import { chooseEnvoy } from "../harness/choose-envoy.js";
import { collectSites } from "../manifest/collect-sites.js";
import type { LuaSite } from "../manifest/lua-site.js";
import { type MigrationStory, migrationHtml } from "../report/migration/migration-report.js";
import { packageRoot } from "../support/package-root.js";
import { writeWhole } from "../support/write-folder.js";
import { readMigratedFolder } from "../verify/migrated-folder.js";
import { readRequestFile } from "../verify/read-requests.js";
import { verifyFolder } from "../verify/verify-folder.js";

interface DemoFlags {
  readonly out: string;
  readonly envoy: string;
  readonly bench: boolean;
}

type Run = (argv: readonly string[]) => Promise<number>;

/** The main job on the examples: audit, migrate, verify, measure. */
export function registerDemo(program: Command, run: Run): void {
  program
    .command("demo")
    .description("the main job on the examples: audit, migrate, verify, measure; writes a report")
    .option("--out <dir>", "folder to write", "demo")
    .option("--envoy <which>", "auto, docker, local, or the path of an Envoy binary", "auto")
    .option("--no-bench", "leave the measuring out")
    .action(async (flags: DemoFlags) => {
      process.exitCode = await demo(flags, run);
    });
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function demo({ out, envoy, bench }: DemoFlags, run: Run): Promise<number> {
  const examples = join(packageRoot(), "examples");
  const filters = join(out, "filters");
  const { sites } = await collectSites(
    readdirSync(examples)
      .map((name) => join(examples, name, "envoyfilter.yaml"))
      .filter(existsSync),
  );
  say(`1/4 audit: ${sites.length} scripts in examples/`);
  await run([
    "node",
    "moonshift",
    "audit",
    examples,
    "--format",
    "html",
    "--output",
    join(out, "audit.html"),
    "--fail-on",
    "none",
    "--quiet",
  ]);
  say("2/4 migrate");
  const migrated = await migrateSites(sites, filters, { target: "auto", say });
  say("3/4 verify");
  const launcher = await chooseEnvoy({ envoy }, say);
  const results = await verifyFolder(readMigratedFolder(filters), {
    launcher,
    requests: [],
    requestsFor: ({ id }) => requestsOf(sites, id),
    generate: 10,
    seed: 1,
    timeoutMs: 120_000,
    parallel: 2,
    onDone: ({ id }, { result, requests }) => say(`${id}: ${result} (${requests} requests)`),
  });
  if (bench) {
    say("4/4 measure");
    await run([
      "node",
      "moonshift",
      "bench",
      filters,
      "--quick",
      "--out",
      join(out, "benchmark"),
      "--envoy",
      envoy,
      "--output",
      join(out, "benchmark", "summary.txt"),
    ]);
  }
  const stories = sites.map((site): MigrationStory => {
    const { assessment } = judgeSite(site);
    const entry = migrated.find(({ id }) => id === site.id);
    const equivalence = results.find(({ id }) => id === site.id);
    return {
      id: site.id,
      file: relative(packageRoot(), site.source.file),
      verdict: assessment.judgement.verdict,
      recommendation: assessment.recommendation.summary,
      deviations: assessment.judgement.deviations.map(({ message }) => message),
      ...(entry?.sizeBytes !== undefined && { sizeBytes: entry.sizeBytes }),
      ...(equivalence && { equivalence }),
    };
  });
  const report = join(out, "report.html");
  const benchmark = join(out, "benchmark", "benchmark.json");
  writeWhole(
    report,
    migrationHtml({
      title: "moonshift: the examples, from manifest to module",
      envoy: launcher.description,
      stories,
      ...(bench && existsSync(benchmark) && { comparison: readComparison(benchmark) }),
      links: [
        { name: "audit of the examples", href: "audit.html" },
        ...(bench ? [{ name: "benchmark", href: "benchmark/benchmark.html" }] : []),
      ],
    }),
  );
  process.stdout.write(`wrote ${report}\n`);
  return results.some(({ result }) => result === "different") ? 1 : 0;
}

/** The requests that stand beside the example. */
function requestsOf(sites: readonly LuaSite[], id: string): ReturnType<typeof readRequestFile> {
  const site = sites.find((candidate) => candidate.id === id);
  const file = site && join(site.source.file, "..", "requests.yaml");
  return file && existsSync(file) ? readRequestFile(file) : [];
}
