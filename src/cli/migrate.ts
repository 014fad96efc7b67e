import { type Command, Option } from "commander";
import type { ResourceChoices } from "../delivery/manifests/manifest.js";
import { TARGETS } from "../delivery/migration/manifest-files.js";
import { migrateSites } from "../delivery/migration/migrate-sites.js";
import { readModules } from "../delivery/migration/read-modules.js";
import { collectSites } from "../manifest/collect-sites.js";
import type { Problem } from "../manifest/lua-site.js";
import { InputError } from "../support/failure.js";

interface MigrateFlags {
  readonly out: string;
  readonly target: string;
  readonly only?: string;
  readonly module: readonly string[];
  readonly bundle?: boolean;
  readonly imagePullPolicy?: ResourceChoices["imagePullPolicy"];
  readonly imagePullSecret?: string;
  readonly failStrategy?: ResourceChoices["failStrategy"];
  readonly phase?: ResourceChoices["phase"];
  readonly priority?: string;
  readonly format: "text" | "json";
  readonly quiet?: boolean;
}

export function registerMigrate(program: Command): void {
  program
    .command("migrate")
    .description("compile the Lua of manifests to AssemblyScript and Wasm, write filters and manifests")
    .argument("<path...>", "files or folders with manifests or .lua files; - is standard input")
    .requiredOption("--out <dir>", "folder to write")
    .option("--target <form>", "auto, wasmplugin, trafficextension or envoyfilter", "auto")
    .option("--only <id>", "only this filter")
    .option(
      "--module <name=file>",
      "pure-Lua module that `require` of that name gives; repeatable",
      (option: string, all: readonly string[]) => [...all, option],
      [] as readonly string[],
    )
    .option("--bundle", "one module for all filters of the call, which share a VM on each worker")
    .addOption(new Option("--image-pull-policy <policy>", "of the new resources").choices(["IfNotPresent", "Always"]))
    .option("--image-pull-secret <name>", "secret with the registry's credentials, in the namespace of the resource")
    .addOption(
      new Option(
        "--fail-strategy <strategy>",
        "what becomes of requests when the module fails (default: as with Lua)",
      ).choices(["FAIL_OPEN", "FAIL_CLOSE", "FAIL_RELOAD"]),
    )
    .addOption(
      new Option(
        "--phase <phase>",
        "of WasmPlugin and TrafficExtension (default: nearest to where the Lua stands)",
      ).choices(["AUTHN", "AUTHZ", "STATS", "UNSPECIFIED"]),
    )
    .option("--priority <number>", "of WasmPlugin and TrafficExtension, within their phase")
    .option("--format <format>", "text or json", "text")
    .option("--quiet", "no progress")
    .action(async (paths: string[], flags: MigrateFlags) => {
      process.exitCode = await migrate(paths, flags);
    });
}

async function migrate(paths: readonly string[], flags: MigrateFlags): Promise<number> {
  if (!TARGETS.includes(flags.target))
    throw new InputError(`--target ${flags.target} is none of ${TARGETS.join(", ")}`);
  const say = (line: string): void => {
    if (!flags.quiet) process.stderr.write(`${line}\n`);
  };
  const { sites, problems, notes } = await collectSites(paths);
  for (const problem of [...problems, ...notes]) process.stderr.write(`${problemLine(problem)}\n`);
  const chosen = flags.only === undefined ? sites : sites.filter((site) => site.id === flags.only);
  if (flags.only !== undefined && chosen.length === 0) throw new InputError(`no filter '${flags.only}' in the input`);
  const results = await migrateSites(chosen, flags.out, {
    target: flags.target,
    modules: readModules(flags.module),
    bundle: flags.bundle ?? false,
    resources: choicesOf(flags),
    say,
  });
  process.stdout.write(
    flags.format === "json" ? `${JSON.stringify(results, null, 2)}\n` : results.map(toLine).join(""),
  );
  if (problems.length > 0) return 2;
  return results.some((result) => result.verdict === "refused") ? 1 : 0;
}

const SECRET_NAME = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

function choicesOf({ imagePullPolicy, imagePullSecret, failStrategy, phase, priority }: MigrateFlags): ResourceChoices {
  if (imagePullSecret !== undefined && !SECRET_NAME.test(imagePullSecret))
    throw new InputError(`--image-pull-secret ${imagePullSecret} is no name of a secret`);
  if (priority !== undefined && !/^-?\d{1,9}$/.test(priority))
    throw new InputError(`--priority ${priority} is no whole number`);
  return {
    ...(imagePullPolicy && { imagePullPolicy }),
    ...(imagePullSecret !== undefined && { imagePullSecret }),
    ...(failStrategy && { failStrategy }),
    ...(phase && { phase }),
    ...(priority !== undefined && { priority: Number(priority) }),
  };
}

function problemLine({ file, line, column, message }: Problem): string {
  return new InputError(message, {
    file,
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
  }).toLine();
}

function toLine({ id, verdict, folder, sizeBytes, reasons }: Awaited<ReturnType<typeof migrateSites>>[number]): string {
  const what =
    verdict === "refused"
      ? reasons.map((reason) => `\n  ${reason}`).join("")
      : ` ${folder}/filter.wasm (${sizeBytes} bytes)`;
  return `${id}: ${verdict}${what}\n`;
}
