import { base64Text } from "./base64-text.js";
import type { Discovery, Resource } from "./discovery.js";
import { textDiscoveries } from "./envoy-bootstrap.js";
import { entry, join } from "./fields.js";
import { mappedText, type YamlNode } from "./yaml-tree.js";

/** A ConfigMap: Lua under `*.lua` or `lua` (Envoy Gateway's key), Envoy configurations and whole manifests under any key. */
export function* configMapDiscoveries(root: YamlNode, path: string, resource: Resource): Generator<Discovery> {
  for (const [value, valuePath, key] of entriesAt(root, "data", path)) {
    if (value.kind !== "text" || value.value.trim() === "") continue;
    if (!isLuaKey(key)) yield* textDiscoveries({ ...value, plain: false }, { resource, path: valuePath, filter: {} });
    else yield { type: "script", resource, script: mappedText(value), path: valuePath, filter: { attachment: "file" } };
  }
  for (const [value, valuePath, key] of entriesAt(root, "binaryData", path)) {
    if (value.kind !== "text" || !isLuaKey(key)) continue;
    const script = base64Text(mappedText(value));
    if (script === undefined) {
      yield { type: "problem", offset: value.start, message: `${valuePath} is not base64 of a UTF-8 text` };
    } else yield { type: "script", resource, script, path: valuePath, filter: { attachment: "file" } };
  }
}

function isLuaKey(key: string): boolean {
  return key === "lua" || key.endsWith(".lua");
}

function* entriesAt(
  root: YamlNode,
  name: string,
  path: string,
): Generator<[value: YamlNode, path: string, key: string]> {
  const map = entry(root, name);
  if (map?.value.kind !== "map") return;
  for (const { key, value } of map.value.entries.values()) yield [value, join(join(path, map.key), key), key];
}
