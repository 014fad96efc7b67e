import type { Command } from "commander";
import { wantsColour } from "../report/audit/paint.js";
import { explain, nearestKnown } from "../report/explain/explain.js";
import { InputError } from "../support/failure.js";

export function registerExplain(program: Command): void {
  program
    .command("explain")
    .description("a rule, an Envoy Lua method, a verdict or a recommendation, in plain words")
    .argument(
      "<id>",
      "such as nil-concatenation, headers:add, approximate or keep-lua; `rules` or `methods` for a list",
    )
    .option("--no-color", "no colours")
    .action((id: string, { color }: { readonly color: boolean }) => {
      const text = explain(id, { colour: color && wantsColour(process.stdout) });
      if (text === undefined) throw new InputError(`nothing is known as "${id}"; ${hint(id)}`);
      process.stdout.write(text);
    });
}

function hint(id: string): string {
  const near = nearestKnown(id);
  return near === undefined
    ? "`moonshift explain rules` lists the rules, `moonshift explain methods` the methods"
    : `did you mean ${near}?`;
}
