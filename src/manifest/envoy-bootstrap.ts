import type { Discovery, Resource } from "./discovery.js";
import { booleanField, defined, entry, field, items, join, textField } from "./fields.js";
import { isLuaConfig, luaConfigScripts, type Place } from "./lua-filter.js";
import { isEnvoyScript, mentionsLua } from "./lua-mentions.js";
import type { FilterContext } from "./lua-site.js";
import { type MapNode, mappedText, type TextNode, TreeTooLarge, type YamlNode } from "./yaml-tree.js";

/**
 * Lua anywhere in an Envoy configuration: a bootstrap, a patch's value, an `http_filters` list, a single filter, or any resource that
 * carries such a thing (CiliumEnvoyConfig, EnvoyPatchPolicy, a kustomize patch…).
 * @throws TreeTooLarge when aliases multiply what there is
 */
export function envoyConfigDiscoveries(root: YamlNode, place: Place): Generator<Discovery> {
  return new ConfigWalk(root).node(root, place);
}

const MAX_DISCOVERIES = 1000;

class ConfigWalk {
  /** Subtrees without Lua: each is walked once, however many aliases lead to it. */
  private readonly quiet = new Set<YamlNode>();
  private discoveries = 0;

  constructor(private readonly root: YamlNode) {}

  *node(node: YamlNode, place: Place): Generator<Discovery> {
    if (this.quiet.has(node)) return;
    const before = this.discoveries;
    yield* this.children(node, place);
    if (this.discoveries === before) this.quiet.add(node);
  }

  private *children(node: YamlNode, place: Place): Generator<Discovery> {
    if (node.kind === "text") yield* this.counted(node, textDiscoveries(node, place));
    else if (node.kind === "list") yield* this.list(node, place);
    else if (isLuaConfig(node, place.filter)) yield* this.counted(node, this.luaConfig(node, place));
    else if (node !== this.root && isResource(node)) {
      yield* this.counted(node, [{ type: "resource", node, path: place.path }]);
    } else yield* this.map(node, place);
  }

  private *counted(node: YamlNode, discoveries: Iterable<Discovery>): Generator<Discovery> {
    for (const discovery of discoveries) {
      if (++this.discoveries > MAX_DISCOVERIES) {
        throw new TreeTooLarge(`more than ${MAX_DISCOVERIES} scripts in one document (aliases?)`, node.start);
      }
      yield discovery;
    }
  }

  private *list(list: Extract<YamlNode, { kind: "list" }>, place: Place): Generator<Discovery> {
    const filters = list.items.map((item) => textField(item, "name") ?? "");
    const isChain = HTTP_FILTERS.test(place.path) && filters.some((name) => name !== "");
    for (const [index, item] of list.items.entries()) {
      const filter = isChain ? { ...place.filter, chain: { filters, index } } : place.filter;
      yield* this.node(item, { ...place, path: join(place.path, index), filter });
    }
  }

  private *map(map: MapNode, place: Place): Generator<Discovery> {
    const filter = withFilterFields(map, place);
    for (const { key, value } of map.entries.values()) {
      // A copy of the whole resource that kubectl leaves behind.
      if (key === "kubectl.kubernetes.io/last-applied-configuration") continue;
      const path = join(place.path, key);
      if (PER_FILTER.test(key) && value.kind === "map") yield* this.perFilter(value, { ...place, path });
      else yield* this.node(value, { ...place, path, filter });
    }
  }

  /** `typed_per_filter_config`: filter name → configuration for a route or virtual host. */
  private *perFilter(map: MapNode, place: Place): Generator<Discovery> {
    for (const { key, value } of map.entries.values()) {
      const path = join(place.path, key);
      if (booleanField(value, "disabled") === true) {
        const override = { path, disabled: true };
        yield* this.counted(map, [{ type: "override", filterName: key, override }]);
      }
      yield* this.node(value, { ...place, path, filter: { ...place.filter, filterName: key, filterPath: path } });
    }
  }

  private *luaConfig(map: MapNode, { path, ...place }: Place): Generator<Discovery> {
    const name = textField(map, "name");
    if (name !== undefined && field(map, "source_code") === undefined) {
      yield { type: "override", filterName: place.filter.filterName, override: { path, name } };
    }
    yield* luaConfigScripts(map, { ...place, path });
  }
}

const HTTP_FILTERS = /(^|http_?[fF]ilters"?\]?)$/;
const PER_FILTER = /^(typed_?)?per_?filter_?config$/i;

/** An HTTP filter says its name and whether it is disabled around its configuration; a TypedStruct says the type. */
function withFilterFields(map: MapNode, { path, filter }: Place): Partial<FilterContext> {
  if (["typed_config", "config", "filter_config"].some((name) => entry(map, name) !== undefined)) {
    return {
      ...filter,
      ...defined<Partial<FilterContext>>({
        filterPath: path,
        filterName: textField(map, "name") ?? textField(map, "filter_name"),
        filterDisabled: booleanField(map, "disabled") === true ? true : undefined,
      }),
    };
  }
  const typeUrl = textField(map, "@type")?.endsWith(".TypedStruct") === true ? textField(map, "type_url") : undefined;
  return typeUrl === undefined ? filter : { ...filter, typeUrl };
}

function isResource(map: MapNode): boolean {
  return textField(map, "apiVersion") !== undefined && textField(map, "kind") !== undefined;
}

/** A string may be a manifest or configuration of its own, or a bare script. */
export function* textDiscoveries(node: TextNode, place: Place): Generator<Discovery> {
  if (node.plain || !mentionsLua(node.value)) return;
  if (isEnvoyScript(node.value)) {
    const resource: Resource =
      place.resource.kind === "EnvoyBootstrap" ? { ...place.resource, kind: "EmbeddedScript" } : place.resource;
    const filter: FilterContext = { ...place.filter, attachment: "file" };
    yield { type: "script", resource, script: mappedText(node), path: place.path, filter };
  } else if (/[\n:{]/.test(node.value)) {
    yield { type: "manifest-text", node, path: place.path, resource: place.resource };
  }
}

/** The items of a list at `name`, each with its path. */
export function* itemsAt(map: YamlNode | undefined, name: string, path: string): Generator<[YamlNode, string]> {
  const found = entry(map, name);
  if (found === undefined) return;
  for (const [index, item] of items(found.value).entries()) yield [item, join(join(path, found.key), index)];
}
