import { ambassadorModuleDiscoveries } from "./ambassador-module.js";
import { configMapDiscoveries } from "./config-map.js";
import type { Discovery, Resource } from "./discovery.js";
import { envoyConfigDiscoveries, itemsAt } from "./envoy-bootstrap.js";
import { extensionPolicyDiscoveries } from "./envoy-extension-policy.js";
import { envoyFilterDiscoveries, patchDiscoveries } from "./envoy-filter.js";
import { defined, entry, field, items, join, textField } from "./fields.js";
import type { SourceKind } from "./lua-site.js";
import { trafficExtensionDiscoveries } from "./traffic-extension.js";
import type { YamlNode } from "./yaml-tree.js";

/** What a document, an item of a list or a manifest inside a string comes from. */
export interface Origin {
  readonly path: string;
  /** `kind` that a typed list gives to its items. */
  readonly kind?: string;
  /** The resource around it: owns configurations that have no identity of their own. */
  readonly owner?: Resource;
}

/** The Lua of one resource, by its `kind`; of an excerpt, by what it looks like. */
export function* resourceDiscoveries(root: YamlNode, origin: Origin): Generator<Discovery> {
  const { path } = origin;
  const kind = textField(root, "kind") ?? origin.kind;
  if (kind !== undefined && /List$/.test(kind) && entry(root, "items") !== undefined) {
    const itemKind = kind.slice(0, -"List".length);
    for (const [node, itemPath] of itemsAt(root, "items", path)) {
      yield { type: "resource", node, path: itemPath, ...(itemKind === "" ? {} : { kind: itemKind }) };
    }
    return;
  }
  const identity = (as: SourceKind): Resource => resource(root, as, kind, origin.owner);
  const spec = field(root, "spec");
  const specPath = join(path, "spec");
  switch (shapeOf(root, kind)) {
    case "EnvoyFilter":
      yield* envoyFilterDiscoveries(spec, specPath, identity("EnvoyFilter"));
      break;
    case "patches":
      yield* patchDiscoveries(patchesOf(root, path), {}, identity("EnvoyFilter"));
      break;
    case "TrafficExtension":
      yield* trafficExtensionDiscoveries(spec, specPath, identity("TrafficExtension"));
      break;
    case "EnvoyExtensionPolicy":
      yield* extensionPolicyDiscoveries(spec, specPath, identity("EnvoyExtensionPolicy"));
      break;
    case "ConfigMap":
      yield* configMapDiscoveries(root, path, identity("ConfigMap"));
      break;
    case "Module":
      yield* ambassadorModuleDiscoveries(root, path, identity("AmbassadorModule"));
      break;
    default: {
      const owner = kind === undefined ? origin.owner : undefined;
      yield* envoyConfigDiscoveries(root, { resource: owner ?? identity("EnvoyBootstrap"), path, filter: {} });
    }
  }
}

type Shape = "EnvoyFilter" | "patches" | "TrafficExtension" | "EnvoyExtensionPolicy" | "ConfigMap" | "Module" | "other";

function shapeOf(root: YamlNode, kind: string | undefined): Shape {
  switch (kind) {
    case "EnvoyFilter":
    case "TrafficExtension":
    case "EnvoyExtensionPolicy":
    case "ConfigMap":
    case "Module":
      return kind;
    case undefined:
      if (field(root, "spec", "config_patches") !== undefined) return "EnvoyFilter";
      return [root, ...items(root).slice(0, 1)].some(isPatch) || field(root, "config_patches") ? "patches" : "other";
    default:
      return "other";
  }
}

function isPatch(node: YamlNode): boolean {
  return field(node, "patch", "value") !== undefined;
}

function patchesOf(root: YamlNode, path: string): (readonly [YamlNode, string])[] {
  if (root.kind === "list") return root.items.map((item, index) => [item, join(path, index)] as const);
  if (isPatch(root)) return [[root, path]];
  return [...itemsAt(root, "config_patches", path)];
}

function resource(root: YamlNode, as: SourceKind, kind: string | undefined, owner: Resource | undefined): Resource {
  const metadata = field(root, "metadata");
  const generated = finalText(metadata, "generateName")?.replace(/-$/, "");
  // Ambassador's annotation form and bare excerpts have the name at the top.
  const topLevel = as === "AmbassadorModule" || kind === undefined ? nameAtTop(root) : undefined;
  return {
    kind: as,
    ...defined({
      resourceKind: kind,
      apiVersion: textField(root, "apiVersion"),
      namespace: finalText(metadata, "namespace") ?? textField(root, "namespace") ?? owner?.namespace,
      name: finalText(metadata, "name") ?? generated ?? topLevel,
    }),
  };
}

/** Where a resource's identity waits for a template: `{{ … }}` without quotes is a map, with quotes a text. */
export function templatedIdentity(root: YamlNode): YamlNode | undefined {
  const metadata = field(root, "metadata");
  return ["name", "namespace"]
    .map((name) => field(metadata, name))
    .find((value) => value !== undefined && (value.kind !== "text" || PLACEHOLDER.test(value.value)));
}

const PLACEHOLDER = /\{\{|\$\{/;

function finalText(node: YamlNode | undefined, name: string): string | undefined {
  const text = textField(node, name);
  return text === undefined || PLACEHOLDER.test(text) ? undefined : text;
}

/** The name of an HTTP filter is not the name of a resource. */
function nameAtTop(root: YamlNode): string | undefined {
  return entry(root, "typed_config") === undefined && entry(root, "config_discovery") === undefined
    ? textField(root, "name")
    : undefined;
}
