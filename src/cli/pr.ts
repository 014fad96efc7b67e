import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { readComparison } from "../../bench/comparison-file.js";
import { FORGES, type ForgeName } from "../delivery/forge/choose-forge.js";
import { TARGETS } from "../delivery/migration/manifest-files.js";
import { type DeliverResult, deliver } from "../delivery/pull-request/deliver.js";
import { InputError } from "../support/failure.js";

interface PrFlags {
  readonly repo: string;
  readonly base?: string;
  readonly branch: string;
  readonly target: string;
  readonly keepOriginal?: boolean;
  readonly only?: string;
  readonly bench?: string;
  readonly push?: boolean;
  readonly dryRun?: boolean;
  readonly forge: ForgeName;
  readonly format: "text" | "json" | "markdown";
  readonly color: boolean;
  readonly quiet?: boolean;
}

export function registerPr(program: Command): void {
  program
    .command("pr")
    .description(
      "bring migrated filters into a repository of manifests: branch, commit per filter, pull request with the evidence",
    )
    .argument("<dir>", "folder that `moonshift migrate` wrote")
    .requiredOption(
      "--repo <path|url>",
      "repository of manifests; a work tree stands for its origin and is not touched",
    )
    .option("--push", "push the branch and open or update the pull request")
    .option("--dry-run", "show the diff and do nothing (the default)")
    .option("--base <branch>", "branch that the change is for (default: the remote's own)")
    .option("--branch <branch>", "branch that carries the change", "moonshift/lua-to-wasm")
    .addOption(
      new Option("--target <form>", "form of the new resources; auto keeps the filter's place in the chain")
        .choices(TARGETS)
        .default("auto"),
    )
    .option("--keep-original", "switch the Lua filters off (disabled: true) instead of taking them out")
    .option("--only <id>", "only this filter")
    .option("--bench <file>", "result of `moonshift bench` as JSON (default: DIR/benchmark.json where it is)")
    .addOption(
      new Option("--forge <forge>", "where the pull request is opened; auto tells by the host")
        .choices(FORGES)
        .default("auto"),
    )
    .addOption(
      new Option("--format <format>", "text: the diff; markdown: the pull request's text; json: all")
        .choices(["text", "json", "markdown"])
        .default("text"),
    )
    .option("--no-color", "no colours")
    .option("--quiet", "no progress")
    .action(async (dir: string, flags: PrFlags) => {
      process.exitCode = await pr(dir, flags);
    });
}

async function pr(dir: string, flags: PrFlags): Promise<number> {
  if (flags.push && flags.dryRun) throw new InputError("--push and --dry-run exclude each other");
  const say = (line: string): void => {
    if (!flags.quiet) process.stderr.write(`${line}\n`);
  };
  const { repo, branch, target, forge, base, only } = flags;
  const bench = flags.bench ?? (existsSync(join(dir, "benchmark.json")) ? join(dir, "benchmark.json") : undefined);
  const result = await deliver(dir, {
    repo,
    branch,
    target,
    forge,
    ...(base === undefined ? {} : { base }),
    ...(only === undefined ? {} : { only }),
    ...(bench === undefined ? {} : { comparison: readComparison(bench) }),
    keepOriginal: flags.keepOriginal === true,
    push: flags.push === true,
    colour: flags.format === "text" && flags.color && process.stdout.isTTY && !process.env.NO_COLOR,
    say,
  });
  process.stdout.write(shown(result, flags.format));
  for (const line of summary(result)) say(line);
  return result.leftAlone.some(({ expected }) => expected !== true) ? 1 : 0;
}

function shown(result: DeliverResult, format: PrFlags["format"]): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(result, null, 2)}\n`;
    case "markdown":
      return `# ${result.title}\n\n${result.body}`;
    case "text":
      return result.outcome === "dry-run" ? result.diff : "";
  }
}

function summary({ outcome, base, branch, commits, keptCommits, leftAlone, pullRequest }: DeliverResult): string[] {
  const others = keptCommits === 0 ? "" : `, and ${keptCommits} of others kept on top`;
  const bringing = `${commits.length} commit${commits.length === 1 ? "" : "s"}${others}`;
  const outcomes: Record<DeliverResult["outcome"], string> = {
    "nothing-to-do": `nothing to do: ${base} has it all, or nothing could be changed`,
    "dry-run": `dry run: ${bringing} for ${branch}, nothing pushed; --push does it`,
    pushed: `${branch} pushed: ${bringing} for ${base}`,
    "up-to-date": `${branch} is up to date`,
  };
  return [
    ...leftAlone.map(({ id, because }) => `${id}: left alone: ${because}`),
    outcomes[outcome],
    ...(pullRequest === undefined ? [] : [`${pullRequest.outcome}: ${pullRequest.url}`]),
  ];
}
