import { readFileSync } from "node:fs";
import { z } from "zod";
import { InputError } from "../../src/support/failure.js";

const script = z.object({ name: z.string(), lua: z.string() });
const caseSchema = z.object({
  id: z.string(),
  kind: z.enum(["filter", "wrapper", "integration", "vm", "config"]),
  scripts: z.array(script),
  other_inputs: z.array(z.object({ name: z.string(), kind: z.string(), text: z.string() })),
  steps: z.array(z.string()),
  wasm: z.enum(["exact", "approximate", "impossible"]),
});

/** One of Envoy's own tests, digested: its scripts and what the C++ does with them, step by step. */
export type ConformanceCase = z.infer<typeof caseSchema>;

/** Reads a file in the format of `envoy-lua-tests.json`. @throws InputError */
export function readCases(file: string): readonly ConformanceCase[] {
  try {
    return z.object({ tests: z.array(caseSchema) }).parse(JSON.parse(readFileSync(file, "utf8"))).tests;
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error).split("\n")[0] : (error as Error).message;
    throw new InputError(`not a file of conformance cases: ${what}`, { file });
  }
}
