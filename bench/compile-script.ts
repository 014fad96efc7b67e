import { compileProgram } from "../src/codegen/compile.js";
import { generate } from "../src/codegen/generate.js";

/**
 * A script's module, compiled as `moonshift migrate` does it.
 * @throws Error when the script is refused; the message names the first construct and its line
 */
export async function compileScript(lua: string): Promise<Uint8Array> {
  const program = generate(lua);
  const [refusal] = program.refusals;
  if (refusal !== undefined) {
    const line = lua.slice(0, refusal.range[0]).split("\n").length;
    throw new Error(`line ${line}: ${refusal.message}`);
  }
  return (await compileProgram(program)).bytes;
}
