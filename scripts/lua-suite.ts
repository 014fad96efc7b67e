/**
 * `npm run lua-suite -- DIR|FILE...`: runs files of a Lua test suite (PUC's, LuaJIT's) in Envoy's LuaJIT and compiled, assertion by assertion. What
 * the compiler refuses, and what raises, is left out statement by statement and named. Exit code 1 when any assertion differs.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Command } from "commander";
import { InputError, MissingError } from "../src/support/failure.js";
import { startOracle } from "../test/oracle/luajit.js";
import { type FileOutcome, runFile } from "./lua-suite/run-file.js";

async function main(paths: readonly string[]): Promise<number> {
  const files = paths.flatMap((path) => (statSync(path).isDirectory() ? luaFiles(path) : [path]));
  if (files.length === 0) throw new InputError("no Lua files", { file: paths[0]! });
  await using oracle = await startOracle(6_000);
  let differs = false;
  for (const file of files) {
    try {
      const outcome = await runFile(oracle, readLua(file));
      console.log(report(basename(file), outcome));
      differs ||= outcome.differences.length > 0 || outcome.leftOut.some(({ side }) => side === "compiled");
    } catch (error) {
      if (error instanceof InputError) console.log(`${basename(file)}: ${error.message}`);
      else if (error instanceof Error) console.log(`${basename(file)}: ${error.name}: ${error.message}`);
      differs = true;
    }
  }
  return differs ? 1 : 0;
}

function luaFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".lua"))
    .sort()
    .map((name) => join(folder, name));
}

/** Suites hold Latin-1 text. */
function readLua(file: string): string {
  const bytes = readFileSync(file);
  const text = bytes.toString("utf8");
  return text.includes("\ufffd") ? bytes.toString("latin1") : text;
}

function report(name: string, { alike, failLuaJit, differences, unreached, leftOut }: FileOutcome): string {
  const lost = leftOut.reduce((sum, { assertions }) => sum + assertions, 0);
  const head = `${name}: ${alike} assertions alike${failLuaJit ? ` (${failLuaJit} fail in LuaJIT, too)` : ""}, ${differences.length} different, ${unreached} not reached, ${lost} in ${leftOut.length} statements left out`;
  const lines = leftOut.map(
    ({ line, side, reason, assertions }) => `  ${side} line ${line} (${assertions} assertions): ${reason}`,
  );
  return [head, ...differences.map((text) => `  different ${text}`), ...lines].join("\n");
}

const command = new Command("lua-suite").argument("<paths...>", "folders or files").parse();
try {
  process.exitCode = await main(command.args);
} catch (error) {
  if (error instanceof InputError) console.error(error.toLine());
  else if (error instanceof MissingError) console.error(error.message);
  else throw error;
  process.exitCode = error instanceof InputError ? 2 : 3;
}
