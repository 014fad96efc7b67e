import { Document, isMap, isScalar, visit } from "yaml";
import type { Companion } from "../../analyzer/companion.js";
import type { LuaSite } from "../../manifest/lua-site.js";

/** The text of one resource file, or why this kind of resource cannot carry the filter. */
export type Manifest =
  | {
      readonly yaml: string;
      /** What a reader should know before applying it; part of the filter's README. */
      readonly notes: readonly string[];
    }
  | { readonly cannot: string };

/** The module as a manifest names it. */
export interface ModuleReference {
  /** Of the module's bytes, 64 hexadecimal digits. */
  readonly sha256: string;
  /** `oci://`, `https://`, `http://` or `file://`. */
  readonly url: string;
  /** Digest of the OCI image, 64 hexadecimal digits: what Istio compares for `oci://`, where the module's own is of no use. */
  readonly imageDigest?: string;
  readonly needs: {
    readonly allowOnHeadersStopIteration: boolean;
    /** Names of environment variables that the script reads. */
    readonly env: readonly string[];
    /** Dynamic metadata that the script writes, for the filters that hand it on. */
    readonly companion?: Companion;
  };
  /** Root id by which a module of several filters knows this one; default the site's id. */
  readonly pluginName?: string;
  /** Plugins of the same module, `vmId` and environment share a VM; default the site's id. */
  readonly vmId?: string;
  readonly pluginConfig?: Readonly<Record<string, unknown>>;
  readonly imagePullPolicy?: "IfNotPresent" | "Always";
  readonly imagePullSecret?: string;
  /** What becomes of requests when the module fails: default `FAIL_OPEN`, as with Lua. */
  readonly failStrategy?: "FAIL_OPEN" | "FAIL_CLOSE" | "FAIL_RELOAD";
  /** Of WasmPlugin and TrafficExtension; default: as near as can be to where the Lua stood. */
  readonly phase?: Phase;
  readonly priority?: number;
}

export type Phase = "AUTHN" | "AUTHZ" | "STATS" | "UNSPECIFIED";

/** What a user may decide about the new resources, in place of what is derived. */
export type ResourceChoices = Pick<
  ModuleReference,
  "imagePullPolicy" | "imagePullSecret" | "failStrategy" | "phase" | "priority"
>;

/** `sha256` for what is fetched: of the image for OCI, of the module for HTTP; a file is not checked by anyone. */
export function checksum(module: ModuleReference): string | undefined {
  if (module.url.startsWith("file:")) return undefined;
  return module.url.startsWith("oci:") ? module.imageDigest : module.sha256;
}

/** For the README: an image that nothing pins. */
export function checksumNotes(module: ModuleReference): string[] {
  if (!module.url.startsWith("oci:") || module.imageDigest !== undefined || module.url.includes("@sha256:")) return [];
  return ["The image is named by its tag alone: pin it by its digest once it is published."];
}

/** For the README: what a resource cannot do that holds one filter. */
export function companionNote(module: ModuleReference): string[] {
  if (module.needs.companion === undefined) return [];
  return [
    "What the script writes into dynamic metadata is seen by the script alone: the filters that hand it on can only stand in an EnvoyFilter.",
  ];
}

export function pluginName(site: LuaSite, module: ModuleReference): string {
  return module.pluginName ?? site.id;
}

/** `metadata` of a new resource that can stand beside the one it replaces. */
export function metadata(site: LuaSite): { readonly name: string; readonly namespace?: string } {
  const { namespace } = site.source;
  return { name: resourceName(site), ...(namespace === undefined ? {} : { namespace }) };
}

const MAX_NAME = 253;

/** A DNS-1123 subdomain: the site's id without the namespace (with the number that tells several scripts of a resource apart), and `-wasm`. */
function resourceName({ id }: LuaSite): string {
  const own = id.slice(id.indexOf(".") + 1).toLowerCase();
  const labels = own
    .replace(/[^a-z0-9.-]+/g, "-")
    .split(".")
    .map((label) => label.replace(/^-+|-+$/g, ""))
    .filter((label) => label !== "");
  return `${labels.join(".").slice(0, MAX_NAME - "-wasm".length) || "filter"}-wasm`;
}

/** What stands at the head of each file. */
export function provenance({ source }: LuaSite): string {
  const resource = [source.namespace, source.name].filter((part) => part !== undefined).join("/");
  return `In place of the Lua in ${[source.resourceKind ?? source.kind, resource].filter(Boolean).join(" ")}${source.path === "" ? "" : `, ${source.path}`}.`;
}

/**
 * YAML as a person would write it: block style, no folded lines, quotes only where YAML 1.1 or 1.2 would read something other than the text.
 * @param comments by the key that they stand above
 */
export function printYaml(head: string, resource: object, comments: Readonly<Record<string, string>> = {}): string {
  const document = new Document(resource, { compat: "yaml-1.1", aliasDuplicateObjects: false });
  document.commentBefore = ` ${head}`;
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key)) return;
      const comment = comments[String(pair.key.value)];
      if (comment !== undefined) pair.key.commentBefore = ` ${comment}`;
    },
    Scalar(_, scalar) {
      if (typeof scalar.value === "string" && scalar.value.includes("\n")) scalar.type = "BLOCK_LITERAL";
    },
  });
  if (!isMap(document.contents)) throw new TypeError("a resource is a map");
  return document.toString({ lineWidth: 0 });
}
