import type { Discovery, Resource } from "./discovery.js";
import { envoyConfigDiscoveries, itemsAt } from "./envoy-bootstrap.js";
import { defined, entry, field, join, numberField, plain, stringMap, textField } from "./fields.js";
import type { Place } from "./lua-filter.js";
import type { FilterContext } from "./lua-site.js";
import type { YamlNode } from "./yaml-tree.js";

/** Istio's EnvoyFilter, `spec.configPatches[]` or the `spec.filters[]` of before Istio 1.5. */
export function* envoyFilterDiscoveries(
  spec: YamlNode | undefined,
  path: string,
  resource: Resource,
): Generator<Discovery> {
  const shared = specFields(spec);
  const patches = [...itemsAt(spec, "config_patches", path)];
  yield* patchDiscoveries(patches, shared, resource);
  for (const [filter, filterPath] of itemsAt(spec, "filters", path)) {
    yield* oldFilterDiscoveries(filter, { resource, path: filterPath, filter: shared });
  }
}

function specFields(spec: YamlNode | undefined): Partial<FilterContext> {
  const targetRefs = field(spec, "target_refs");
  return defined<Partial<FilterContext>>({
    selector: stringMap(field(spec, "workload_selector", "labels") ?? field(spec, "workload_labels")),
    targetRefs: targetRefs === undefined ? undefined : (plain(targetRefs) as readonly unknown[]),
    priority: numberField(spec, "priority"),
  });
}

/** The patches of one EnvoyFilter (or an excerpt that has only the patches). */
export function* patchDiscoveries(
  patches: readonly (readonly [node: YamlNode, path: string])[],
  shared: Partial<FilterContext>,
  resource: Resource,
): Generator<Discovery> {
  const perPatch = patches.map(([patch, path], patchIndex) => [
    ...onePatch(patch, { resource, path, filter: { ...shared, patchIndex } }),
  ]);
  const holdsLua = perPatch.map((discoveries) => discoveries.some(({ type }) => type === "script"));
  const companions = patches.flatMap(([patch], index) => (holdsLua[index] === true ? [] : [plain(patch)]));
  const companionPatches = companions.length === 0 ? {} : { companionPatches: companions };
  for (const [index, discoveries] of perPatch.entries()) {
    const luaPatchesBefore = holdsLua.slice(0, index).filter(Boolean).length;
    for (const discovery of discoveries) {
      if (discovery.type !== "script") yield discovery;
      else yield { ...discovery, filter: { ...discovery.filter, luaPatchesBefore, ...companionPatches } };
    }
  }
}

function* onePatch(patch: YamlNode, place: Place): Generator<Discovery> {
  const match = field(patch, "match");
  const plainMatch = match === undefined ? undefined : (plain(match) as { readonly listener?: unknown } | null);
  const filter = {
    ...place.filter,
    ...defined<Partial<FilterContext>>({
      applyTo: textField(patch, "apply_to"),
      patchContext: textField(match, "context"),
      match: plainMatch ?? undefined,
      listenerMatch: plainMatch?.listener,
      operation: textField(patch, "patch", "operation"),
      filterClass: textField(patch, "patch", "filter_class"),
    }),
  };
  const value = field(patch, "patch", "value");
  if (value === undefined) return;
  const path = join(join(place.path, entry(patch, "patch")!.key), "value");
  yield* envoyConfigDiscoveries(value, { ...place, path, filter });
}

function* oldFilterDiscoveries(node: YamlNode, place: Place): Generator<Discovery> {
  const match = field(node, "listener_match");
  const position = field(node, "insert_position");
  const filter = {
    ...place.filter,
    ...defined<Partial<FilterContext>>({
      applyTo: textField(node, "filter_type") === "NETWORK" ? "NETWORK_FILTER" : "HTTP_FILTER",
      patchContext: textField(match, "listener_type"),
      listenerMatch: match === undefined ? undefined : plain(match),
      insertPosition: position === undefined ? undefined : plain(position),
    }),
  };
  yield* envoyConfigDiscoveries(node, { ...place, filter });
}
