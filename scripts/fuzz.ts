import { parseArgs } from "node:util";
import { randomPrograms } from "../test/codegen/random-programs.js";
import { compare, type Difference } from "../test/codegen/run-compiled.js";
import { type Oracle, startOracle } from "../test/oracle/luajit.js";

const PER_MODULE = 40;

const { values } = parseArgs({
  options: { seed: { type: "string", default: "1" }, count: { type: "string", default: "200" } },
});
const seed = Number(values.seed);
const count = Number(values.count);

/** Leaves out lines, many at first, as long as the two still differ. */
async function shrink(oracle: Oracle, found: Difference): Promise<Difference> {
  let best = found;
  for (let size = Math.ceil(best.lua.split("\n").length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let at = 0; at < best.lua.split("\n").length; ) {
      const lines = best.lua.split("\n");
      const smaller = await differs(oracle, best.name, [...lines.slice(0, at), ...lines.slice(at + size)].join("\n"));
      if (smaller) best = smaller;
      else at += size;
    }
  }
  return best;
}

async function differs(oracle: Oracle, name: string, lua: string): Promise<Difference | undefined> {
  try {
    return (await compare(oracle, [{ name, lua }])).differences[0];
  } catch {
    return undefined;
  }
}

await using oracle = await startOracle();
const programs = randomPrograms(seed, count);
console.error(`seed ${seed}, ${count} programs`);
let refusals = 0;
for (let at = 0; at < programs.length; at += PER_MODULE) {
  const { differences, refused } = await compare(oracle, programs.slice(at, at + PER_MODULE));
  refusals += refused.size;
  const [first] = differences;
  if (first) {
    const { name, lua, compiled, luajit } = await shrink(oracle, first);
    console.log(
      `${name} (${differences.length} differ in this module)\n${lua}\ncompiled: ${compiled}\nLuaJIT:   ${luajit}`,
    );
    process.exitCode = 1;
    break;
  }
  console.error(`${Math.min(at + PER_MODULE, count)} alike, ${refusals} refused`);
}
