import { type Command, Option } from "commander";
import { type Finding, whatIsHere } from "../harness/what-is-here.js";

const LACKING = 3;

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("what is here, what is missing, and how to get it")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .action(async ({ format }: { readonly format: "text" | "json" }) => {
      const findings = await whatIsHere();
      process.stdout.write(format === "json" ? `${JSON.stringify(findings, null, 2)}\n` : toText(findings));
      if (findings.some((finding) => finding.status === "missing" && !finding.optional)) process.exitCode = LACKING;
    });
}

function toText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map((finding) => finding.name.length));
  const lines = findings.map(({ name, status, detail, neededFor, optional }) => {
    const state = status === "here" ? "here   " : optional ? "absent " : "MISSING";
    return `${name.padEnd(width)}  ${state}  ${detail}${status === "here" ? "" : `  (for ${neededFor.join(", ")})`}`;
  });
  return `${lines.join("\n")}\n`;
}
