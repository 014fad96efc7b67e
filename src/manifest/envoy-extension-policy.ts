import type { Discovery, Resource } from "./discovery.js";
import { note } from "./discovery.js";
import { itemsAt } from "./envoy-bootstrap.js";
import { defined, entry, field, join, plain, textField } from "./fields.js";
import { unreadable } from "./lua-filter.js";
import type { FilterContext } from "./lua-site.js";
import { mappedText, type YamlNode } from "./yaml-tree.js";

/** Envoy Gateway's EnvoyExtensionPolicy: `spec.lua[]`, the code inline or in a ConfigMap. */
export function* extensionPolicyDiscoveries(
  spec: YamlNode | undefined,
  path: string,
  resource: Resource,
): Generator<Discovery> {
  const single = field(spec, "target_ref");
  const several = field(spec, "target_refs");
  const targetRefs = several === undefined ? single && [plain(single)] : (plain(several) as readonly unknown[]);
  for (const [lua, luaPath] of itemsAt(spec, "lua", path)) {
    const context = field(lua, "filter_context");
    const filter = defined<Pick<FilterContext, "targetRefs" | "filterContext">>({
      targetRefs,
      filterContext: context === undefined ? undefined : plain(context),
    });
    yield* oneLua(lua, luaPath, resource, filter);
  }
}

function* oneLua(
  lua: YamlNode,
  path: string,
  resource: Resource,
  filter: Pick<FilterContext, "targetRefs" | "filterContext">,
): Generator<Discovery> {
  const inline = entry(lua, "inline");
  if (inline !== undefined) {
    const script = inline.value;
    const scriptPath = join(path, inline.key);
    if (script.kind !== "text") yield unreadable(script, scriptPath);
    else if (script.value.trim() === "") yield note("empty", script.start, `${scriptPath} holds no script`);
    else {
      const context: FilterContext = { ...filter, attachment: "inlineCode" };
      yield { type: "script", resource, script: mappedText(script), path: scriptPath, filter: context };
    }
  }
  const reference = field(lua, "value_ref");
  const name = textField(reference, "name");
  if (reference === undefined || name === undefined) return;
  const namespace = textField(reference, "namespace") ?? resource.namespace;
  const configMap = { name, ...defined({ namespace }) };
  yield { type: "reference", resource, configMap, offset: reference.start, filter };
}
