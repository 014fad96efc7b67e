import type { RunningEnvoy } from "../../src/harness/envoy.js";

/** What Envoy counted and logged against the filters so far. A script that fails on every request looks like a very fast script. */
export interface ScriptErrors {
  /** Errors of Lua scripts, all listeners together. */
  readonly lua: number;
  /** Error lines of the Lua and Wasm loggers, the first few. */
  readonly logged: readonly string[];
}

const MOST_LINES = 3;

export async function readScriptErrors(envoy: RunningEnvoy): Promise<ScriptErrors> {
  const stats = await envoy.stats("\\.lua\\.errors$");
  const logged = envoy.logs
    .filter(({ level, logger }) => /^(error|critical)$/.test(level) && /^(lua|wasm)$/.test(logger))
    .map((line) => line.message);
  return {
    lua: Object.values(stats).reduce((sum, count) => sum + count, 0),
    logged: logged.slice(0, MOST_LINES),
  };
}
