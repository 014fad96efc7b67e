import type { Discovery, Resource } from "./discovery.js";
import { note } from "./discovery.js";
import { entry, join } from "./fields.js";
import { unreadable } from "./lua-filter.js";
import { mappedText, type YamlNode } from "./yaml-tree.js";

/** Emissary-ingress / Ambassador: `config.lua_scripts` of the Module, in an annotation (v0–v2) or `spec.config` of the custom resource. */
export function* ambassadorModuleDiscoveries(root: YamlNode, path: string, resource: Resource): Generator<Discovery> {
  const spec = entry(root, "spec");
  const config = entry(spec?.value ?? root, "config");
  const scripts = entry(config?.value, "lua_scripts");
  if (config === undefined || scripts === undefined) return;
  const configPath = join(spec === undefined ? path : join(path, spec.key), config.key);
  const scriptPath = join(configPath, scripts.key);
  if (scripts.value.kind !== "text") yield unreadable(scripts.value, scriptPath);
  else if (scripts.value.value.trim() === "") yield note("empty", scripts.value.start, `${scriptPath} holds no script`);
  else {
    const script = mappedText(scripts.value);
    yield { type: "script", resource, script, path: scriptPath, filter: { attachment: "inlineCode" } };
  }
}
