import type { Case } from "../run-compiled.js";
import { Program } from "./program.js";
import { Random } from "./random.js";
import { statements } from "./statements.js";

/** `count` programs, each the body of a function; program i is the same whatever the count. They always end. */
export function randomPrograms(seed: number, count: number, from = 0): readonly Case[] {
  return Array.from({ length: count }, (_, i) => {
    const program = new Program(new Random(seed * 1_000_003 + from + i));
    const lines = statements(program, 3 + program.random.below(3));
    return { name: `program ${seed} ${from + i}`, lua: [...lines, `return ${results(program)}`].join("\n") };
  });
}

/**
 * Cases that one module should hold: what a script uses decides how all of its module is compiled, so those that do without coroutines and
 * without metatables are compiled as users' scripts without them are.
 */
export function byModule(cases: readonly Case[]): readonly (readonly Case[])[] {
  const kinds = [[], [], []] as [Case[], Case[], Case[]];
  for (const one of cases)
    kinds[one.lua.includes("coroutine") ? 2 : one.lua.includes("setmetatable") ? 1 : 0].push(one);
  return kinds.filter((kind) => kind.length > 0);
}

/** The outermost names at the end: what the program has come to. */
function results(program: Program): string {
  const values = program.names("number", "string", "boolean", "any").slice(-5);
  const lists = program.names("list").slice(-1);
  const tables = program.names("table").slice(-1);
  return [
    ...values,
    ...lists.map((name) => `table.concat(${name}, ",")`),
    ...tables.flatMap((name) => [`${name}.x`, `${name}[1]`]),
    "1",
  ].join(", ");
}
