import { parseScript } from "../../src/lua/parse.js";
import { compare, type Difference } from "../../test/codegen/run-compiled.js";
import type { Oracle } from "../../test/oracle/luajit.js";

const ROUNDS = 12;

/** Leaves out lines as long as the two still differ: all ways to leave out some lines are tried in one module. */
export async function shrink(oracle: Oracle, found: readonly Difference[]): Promise<readonly Difference[]> {
  let best = found;
  for (let round = 0; round < ROUNDS; round++) {
    const candidates = best.flatMap((difference, i) =>
      smaller(difference.lua).map((lua, j) => ({ name: `${i} ${j}`, lua })),
    );
    if (candidates.length === 0) break;
    const { differences } = await compare(oracle, candidates, { optimize: false });
    const next = best.map((difference, i) => {
      const [better] = differences
        .filter(({ name }) => name.startsWith(`${i} `))
        .sort((a, b) => a.lua.length - b.lua.length);
      return better ? { ...better, name: difference.name } : difference;
    });
    if (next.every((difference, i) => difference === best[i])) break;
    best = next;
  }
  return best;
}

/** The program without some of its lines, as far as that is Lua. */
function smaller(lua: string): readonly string[] {
  const lines = lua.split("\n");
  const found: string[] = [];
  for (let size = 1; size <= lines.length; size = size < 6 ? size + 1 : size * 2) {
    for (let at = 0; at + size <= lines.length; at++) {
      const text = [...lines.slice(0, at), ...lines.slice(at + size)].join("\n");
      if (isLua(text)) found.push(text);
    }
  }
  // blocks: the lines at both ends go, what is inside stays
  for (let at = 0; at < lines.length; at++) {
    for (let to = at + 2; to < Math.min(lines.length, at + 8); to++) {
      const text = [...lines.slice(0, at), ...lines.slice(at + 1, to), ...lines.slice(to + 1)].join("\n");
      if (isLua(text)) found.push(text);
    }
  }
  return found;
}

function isLua(text: string): boolean {
  try {
    parseScript(`return function() ${text}\nend`);
    return true;
  } catch {
    return false;
  }
}
