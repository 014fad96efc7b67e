import { trackValues } from "../../analyzer/tracking/track-values.js";
import { findObstacles, type LanguageObstacles } from "../../analyzer/verdict.js";
import type { LuaModule } from "../../lua/link-modules.js";
import type { ParsedScript } from "../../lua/parse.js";
import { resolveScript } from "../../lua/resolve.js";
import type { LuaSite } from "../../manifest/lua-site.js";

/** What the modules that are linked into a script do a little differently in Wasm, at the `require` that leads to each. */
export function moduleDeviations(
  site: LuaSite,
  linked: ParsedScript,
  modules: readonly LuaModule[],
): LanguageObstacles["deviations"] {
  return (linked.modules ?? []).flatMap(({ name, file, requiredAt }) => {
    const module = modules.find((candidate) => candidate.name === name);
    if (!module) return [];
    const script = resolveScript(module.parsed);
    const { deviations } = findObstacles(site, trackValues(script), { reasons: [], deviations: [] });
    return deviations.map(({ message, ranges, ...rest }) => {
      const line = module.parsed.bytes.slice(0, ranges[0]?.[0] ?? 0).split("\n").length;
      return { ...rest, message: `${file}:${line}: ${message}`, range: requiredAt };
    });
  });
}
