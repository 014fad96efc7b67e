import { parseScript } from "../../src/lua/parse.js";
import { type Comparison, compare, type Difference } from "../../test/codegen/run-compiled.js";
import type { Oracle } from "../../test/oracle/luajit.js";

const ROUNDS = 10;
const PER_ROUND = 60;
/** A program that traps or does not end takes its whole module with it, so it is tried alone: some seconds each. */
const ALONE = 40;
const TIME_LIMIT_MS = 5_000;

/** Leaves out lines of a program as long as the two still differ. A difference that is there only together with other programs stays as it is. */
export async function shrink(oracle: Oracle, found: Difference, optimize: boolean): Promise<Difference> {
  const tried = async (candidates: readonly string[]): Promise<readonly Difference[]> => {
    const cases = candidates.map((lua, i) => ({ name: `${i}`, lua }));
    const { differences }: Comparison = await compare(oracle, cases, { optimize, timeLimitMs: TIME_LIMIT_MS });
    return differences.filter((difference) => !showsAddress(difference));
  };
  if (found.luajit.startsWith("timeout")) return found;
  const [alone] = await tried([found.lua]);
  if (!alone) return { ...found, name: `${found.name} (alone there is no difference)` };
  const small = isFailure(alone) ? await oneByOne(alone, tried) : await manyAtOnce(alone, tried);
  return { ...small, name: found.name };
}

type Try = (candidates: readonly string[]) => Promise<readonly Difference[]>;

/** All ways to leave out some lines are tried in one module. */
async function manyAtOnce(found: Difference, tried: Try): Promise<Difference> {
  let best = found;
  for (let round = 0; round < ROUNDS; round++) {
    const candidates = thinned(smaller(best.lua), PER_ROUND);
    if (candidates.length === 0) break;
    const [better] = [...(await tried(candidates))].sort((a, b) => a.lua.length - b.lua.length);
    if (!better) break;
    best = better;
    if (isFailure(best)) break;
  }
  return best;
}

async function oneByOne(found: Difference, tried: Try): Promise<Difference> {
  let best = found;
  let steps = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of [...smaller(best.lua)].sort((a, b) => a.length - b.length)) {
      if (steps++ >= ALONE) return best;
      const [better] = await tried([candidate]);
      if (!better) continue;
      best = better;
      isSmaller = true;
      break;
    }
  }
  return best;
}

/** Where one side stopped, instead of coming to an outcome. */
function isFailure({ compiled, luajit }: Difference): boolean {
  return /^(?:\w*Error:|run |load |timeout )/.test(compiled) || /^(?:run |load |timeout |yield )/.test(luajit);
}

/** An address differs in every run. */
function showsAddress({ compiled, luajit }: Difference): boolean {
  return [compiled, luajit].some((text) => /\b(?:table|function|thread|userdata): /.test(text));
}

function thinned<T>(list: readonly T[], most: number): readonly T[] {
  const step = Math.max(1, list.length / most);
  return Array.from({ length: Math.min(most, list.length) }, (_, i) => list[Math.floor(i * step)] as T);
}

/** The program without some of its lines, as far as that is Lua and every loop that was made to end still ends. */
function smaller(lua: string): readonly string[] {
  const lines = lua.split("\n");
  const found: string[] = [];
  const add = (kept: readonly string[]): void => {
    const text = kept.join("\n");
    if (ends(lines, kept) && isLua(text)) found.push(text);
  };
  for (let size = 1; size <= lines.length; size = size < 6 ? size + 1 : size * 2)
    for (let at = 0; at + size <= lines.length; at++) add([...lines.slice(0, at), ...lines.slice(at + size)]);
  // blocks: the lines at both ends go, what is inside stays
  for (let at = 0; at < lines.length; at++)
    for (let to = at + 2; to < Math.min(lines.length, at + 8); to++)
      add([...lines.slice(0, at), ...lines.slice(at + 1, to), ...lines.slice(to + 1)]);
  return found;
}

/** All lines that name a loop's guard stay, or none does. */
function ends(all: readonly string[], kept: readonly string[]): boolean {
  const count = (lines: readonly string[], guard: string): number =>
    lines.filter((line) => new RegExp(`\\b${guard}\\b`).test(line)).length;
  const guards = new Set(all.join("\n").match(/\b(?:guard|steps)\d+\b/g));
  return [...guards].every((guard) => [0, count(all, guard)].includes(count(kept, guard)));
}

function isLua(text: string): boolean {
  try {
    parseScript(`return function() ${text}\nend`);
    return true;
  } catch {
    return false;
  }
}
