import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/support/package-root.js";

/** Text of a script in `bench/workloads/lua/`. */
export function luaSource(name: string): string {
  return readFileSync(join(packageRoot(), "bench", "workloads", "lua", `${name}.lua`), "latin1");
}
