import { base64Text } from "./base64-text.js";
import type { Discovery, FoundScript, Resource } from "./discovery.js";
import { note } from "./discovery.js";
import { booleanField, defined, entry, field, join, plain, textField } from "./fields.js";
import type { FilterContext } from "./lua-site.js";
import type { MapNode, TextNode, YamlNode } from "./yaml-tree.js";
import { mappedText } from "./yaml-tree.js";

/** Where a Lua filter's configuration stands: known from the maps around it. */
export interface Place {
  readonly resource: Resource;
  readonly path: string;
  readonly filter: Partial<FilterContext>;
}

const LUA_TYPE = /\.lua\.v[23]\.Lua(PerRoute)?$/;

/**
 * Is this map the configuration of a Lua filter (`Lua` or `LuaPerRoute`)? A type URL decides; without one (`config:` of old manifests, excerpts)
 * the fields do, where the filter's name or the script itself says Lua.
 */
export function isLuaConfig(map: MapNode, filter: Partial<FilterContext>): boolean {
  const typeUrl = textField(map, "@type") ?? filter.typeUrl;
  if (typeUrl !== undefined) return LUA_TYPE.test(typeUrl);
  const sources = [...map.entries.values()].filter(({ key }) => CODE_FIELD.test(key));
  return (
    sources.length > 0 && (/lua/i.test(filter.filterName ?? "") || sources.some(({ value }) => mentionsCallback(value)))
  );
}

const CODE_FIELD = /^(inline_?code|(default_?)?source_?code|source_?codes)$/i;

function mentionsCallback(source: YamlNode): boolean {
  if (source.kind === "text") return /envoy_on_re(quest|sponse)/.test(source.value);
  if (source.kind === "list") return false;
  return [...source.entries.values()].some(({ value }) => mentionsCallback(value));
}

/** The scripts of one `Lua` or `LuaPerRoute` message. */
export function* luaConfigScripts(map: MapNode, place: Place): Generator<Discovery> {
  const sourceCodes = field(map, "source_codes");
  const siblings = sourceCodes?.kind === "map" ? [...sourceCodes.entries.keys()] : [];
  const filterContext = field(map, "filter_context");
  const filter = {
    ...place.filter,
    ...defined({
      typeUrl: textField(map, "@type"),
      statPrefix: textField(map, "stat_prefix"),
      clearRouteCache: booleanField(map, "clear_route_cache"),
      filterContext: filterContext === undefined ? undefined : plain(filterContext),
    }),
  };
  const here = { ...place, filter };

  const inline = entry(map, "inline_code");
  if (inline !== undefined) {
    yield* inlineScript(inline.value, { ...here, path: join(place.path, inline.key) }, "inlineCode", siblings);
  }
  const byDefault = entry(map, "default_source_code");
  if (byDefault !== undefined) {
    yield* dataSource(
      byDefault.value,
      { ...here, path: join(place.path, byDefault.key) },
      "defaultSourceCode",
      siblings,
    );
  }
  const perRoute = entry(map, "source_code");
  if (perRoute !== undefined) {
    yield* dataSource(perRoute.value, { ...here, path: join(place.path, perRoute.key) }, "perRoute", siblings);
  }
  if (sourceCodes?.kind === "map") {
    const path = join(place.path, entry(map, "source_codes")!.key);
    for (const { key, value } of sourceCodes.entries.values()) {
      const others = siblings.filter((name) => name !== key);
      const named = { ...here, path: join(path, key), filter: { ...filter, sourceName: key } };
      yield* dataSource(value, named, "sourceCodes", others);
    }
  }
}

type Attachment = FilterContext["attachment"];

/** Envoy's `DataSource`: the text, its bytes in base64, or where the proxy finds it. */
function* dataSource(
  source: YamlNode,
  place: Place,
  attachment: Attachment,
  siblings: readonly string[],
): Generator<Discovery> {
  const inline = entry(source, "inline_string");
  if (inline !== undefined) {
    yield* inlineScript(inline.value, { ...place, path: join(place.path, inline.key) }, attachment, siblings);
  }
  const bytes = entry(source, "inline_bytes");
  if (bytes?.value.kind === "text") {
    const text = base64Text(mappedText(bytes.value));
    if (text === undefined) {
      yield { type: "problem", offset: bytes.value.start, message: `${bytes.key} is not base64 of a UTF-8 text` };
    } else yield script(text, { ...place, path: join(place.path, bytes.key) }, attachment, siblings);
  }
  const file = textField(source, "filename");
  if (file !== undefined) {
    yield note(
      "elsewhere",
      source.start,
      `the script is in the file ${file} on the proxy; give moonshift that file to look into it`,
    );
  }
  const variable = textField(source, "environment_variable");
  if (variable !== undefined) {
    yield note("elsewhere", source.start, `the script is in the proxy's environment variable ${variable}`);
  }
}

function* inlineScript(
  value: YamlNode,
  place: Place,
  attachment: Attachment,
  siblings: readonly string[],
): Generator<Discovery> {
  if (value.kind !== "text") {
    yield unreadable(value, place.path);
  } else if (value.value.trim() === "") {
    yield note("empty", value.start, `${place.path} holds no script`);
  } else yield script(mappedText(value), place, attachment, siblings);
}

/** `{{ … }}` without quotes is a map to YAML. */
export function unreadable(value: Exclude<YamlNode, TextNode>, path: string): Discovery {
  return note(
    "template",
    value.start,
    `${path} holds a ${value.kind}, not a text; if a template fills it in, render it first`,
  );
}

function script(
  text: FoundScript["script"],
  place: Place,
  attachment: Attachment,
  siblings: readonly string[],
): FoundScript {
  const siblingSources = siblings.length === 0 ? {} : { siblingSources: siblings };
  const filter: FilterContext = { ...place.filter, attachment, ...siblingSources };
  return { type: "script", resource: place.resource, script: text, path: place.path, filter };
}
