/**
 * `npm run conformance -- FILE [--only ID] [--host envoy|node|both]`: runs Envoy's own Lua filter tests, digested as in `../shared/conformance/envoy-lua-tests.json`, against
 * Lua and against the migrated Wasm in a real Envoy; with `--host both` the module must do the same in `src/host`, with `--host node` it runs there alone. One line a case on standard output, then a summary and what Envoy's own counters say; exit code 1 when any is different or a counter tells of a failed VM.
 */
import { Command, Option } from "commander";
import { chooseLocalEnvoy } from "../src/harness/choose-envoy.js";
import { InputError, MissingError } from "../src/support/failure.js";
import { type ConformanceCase, readCases } from "./conformance/case-file.js";
import { countersLine, isClean } from "./conformance/envoy-counters.js";
import { outcomeLine, summaryLine } from "./conformance/outcome.js";
import { type Host, runCases } from "./conformance/run-cases.js";

const say = (line: string): void => console.error(line);

interface Options {
  readonly only?: string;
  readonly host: Host["kind"];
}

async function main(file: string, { only, host }: Options): Promise<number> {
  const tests = select(readCases(file), only, file);
  const { outcomes, counters } = await runCases(
    tests,
    host === "node" ? { kind: host } : { kind: host, launcher: await chooseLocalEnvoy(say) },
    say,
  );
  for (const [index, test] of tests.entries()) console.log(outcomeLine(test, outcomes[index]!));
  console.log(summaryLine(outcomes));
  if (host !== "node") console.log(countersLine(counters));
  return outcomes.some(({ kind }) => kind === "different") || !isClean(counters) ? 1 : 0;
}

function select(tests: readonly ConformanceCase[], only: string | undefined, file: string): readonly ConformanceCase[] {
  const selected = only === undefined ? tests : tests.filter(({ id }) => id === only);
  if (selected.length === 0) throw new InputError(only === undefined ? "no cases" : `no case '${only}'`, { file });
  return selected;
}

const command = new Command("conformance")
  .argument("<file>", "cases in the format of envoy-lua-tests.json")
  .option("--only <id>", "only this case")
  .addOption(new Option("--host <host>", "where modules run").choices(["envoy", "node", "both"]).default("envoy"))
  .parse();
try {
  process.exitCode = await main(command.args[0]!, command.opts<Options>());
} catch (error) {
  if (error instanceof InputError) say(error.toLine());
  else if (error instanceof MissingError) say(error.message);
  else throw error;
  process.exitCode = error instanceof InputError ? 2 : 3;
}
