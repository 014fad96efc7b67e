import { expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";

const program = generate('function envoy_on_request(handle) handle:headers():add("x", "y") end');

async function namesIn(options: { readonly names?: boolean }): Promise<number> {
  const { bytes } = await compileProgram(program, options);
  return WebAssembly.Module.customSections(await WebAssembly.compile(new Uint8Array(bytes)), "name").length;
}

test("names of functions are in a module only where they are asked for", async () => {
  expect(await namesIn({ names: true })).toBe(1);
  expect(await namesIn({})).toBe(0);
});
