import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command, CommanderError } from "commander";
import { InputError, MissingError } from "../support/failure.js";
import { packageRoot } from "../support/package-root.js";
import { registerAudit } from "./audit.js";
import { registerBench } from "./bench.js";
import { registerDemo } from "./demo.js";
import { registerDoctor } from "./doctor.js";
import { registerExplain } from "./explain.js";
import { registerMigrate } from "./migrate.js";
import { registerPublish } from "./publish.js";
import { registerVerify } from "./verify.js";

const COMMANDS: readonly ((program: Command) => void)[] = [registerAudit, registerMigrate, registerVerify, registerBench, registerPublish, registerExplain, registerDoctor];

/**
 * Parses the command line, runs one command and returns the exit code: 0 done, 1 done and there is something,
 * 2 the call or the input is wrong, 3 the machine lacks something.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command("moonshift")
    .description("Find Lua in Envoy and Istio manifests, judge it, compile it to Wasm, prove and measure the result.")
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "moonshift: ")) });
  for (const register of COMMANDS) register(program);
  registerDemo(program, run);
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InputError) {
    process.stderr.write(`${error.toLine()}\n`);
    return 2;
  }
  if (error instanceof MissingError) {
    process.stderr.write(`moonshift: ${error.message}\n`);
    return 3;
  }
  throw error;
}

function version(): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  return manifest.version;
}
