import type { Discovery, Resource } from "./discovery.js";
import { defined, entry, field, join, numberField, plain, stringMap, textField } from "./fields.js";
import { luaConfigScripts } from "./lua-filter.js";
import type { FilterContext } from "./lua-site.js";
import type { YamlNode } from "./yaml-tree.js";

/** Istio's TrafficExtension: `spec.lua.inlineCode`. One that carries a Wasm module holds nothing for us. */
export function* trafficExtensionDiscoveries(
  spec: YamlNode | undefined,
  path: string,
  resource: Resource,
): Generator<Discovery> {
  const lua = entry(spec, "lua");
  if (lua?.value.kind !== "map") return;
  const match = field(spec, "match");
  const targetRefs = field(spec, "target_refs");
  const filter = defined<Partial<FilterContext>>({
    selector: stringMap(field(spec, "selector", "match_labels")),
    targetRefs: targetRefs === undefined ? undefined : (plain(targetRefs) as readonly unknown[]),
    phase: textField(spec, "phase"),
    priority: numberField(spec, "priority"),
    listenerMatch: match === undefined ? undefined : plain(match),
  });
  yield* luaConfigScripts(lua.value, { resource, path: join(path, lua.key), filter });
}
