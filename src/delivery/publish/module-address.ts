import { isMap, isScalar, isSeq, type Pair, parseAllDocuments, type Scalar, type YAMLMap } from "yaml";
import { InputError } from "../../support/failure.js";
import { applyEdits, lineBreak, lineStart, nextLine, type TextEdit } from "../yaml-edit/text-edit.js";
import { indented, pairLines, pairOf } from "../yaml-edit/yaml-places.js";
import { yamlScalar } from "../yaml-edit/yaml-scalar.js";

export interface ModuleAddress {
  /** `oci://`, `https://` or `http://`; `file:///` for a file on the proxy, which nobody checks. */
  readonly url: string;
  /** 64 hexadecimal digits: of the image for `oci://`, otherwise of the module. */
  readonly sha256: string;
}

const LOCAL = "file://";

/**
 * A manifest that takes its module from `address`: the two values are put in the text, and everything else, also what a user has changed in it
 * since `migrate`, stays as it is. Undefined where the manifest names no module.
 * @param pluginName only the filter of this name (`pluginName`, `root_id`)
 * @throws InputError where it is laid out in a way that has no room for them
 */
export function withModuleAddress(
  yaml: string,
  address: ModuleAddress,
  file: string,
  pluginName?: string,
): string | undefined {
  const places = fetchPlaces(yaml, pluginName);
  if (places.length === 0) return undefined;
  const edits = places.flatMap((place) => editsFor(yaml, place, address));
  const addressed = applyEdits(yaml, edits);
  const after = fetchPlaces(addressed, pluginName);
  const isRight = after.length === places.length && after.every((place) => isAt(place, address));
  if (!isRight)
    throw new InputError("the manifest is not written as `migrate` writes it; put the address in by hand", { file });
  return addressed;
}

/** Whether a manifest fetches the module of a filter. */
export function namesModuleOf(yaml: string, pluginName: string): boolean {
  return fetchPlaces(yaml, pluginName).length > 0;
}

function isAt(place: FetchPlace, { url, sha256 }: ModuleAddress): boolean {
  if ("code" in place) {
    const local = place.code.getIn(["local", "filename"]);
    if (url.startsWith(LOCAL)) return local === url.slice(LOCAL.length);
    return local === undefined && hasRemote(place.code, url, sha256);
  }
  return (
    place.url.value === url &&
    (url.startsWith(LOCAL) ? !place.owner.has("sha256") : place.owner.get("sha256") === sha256)
  );
}

function hasRemote(code: YAMLMap, url: string, sha256: string): boolean {
  return code.getIn(["remote", "http_uri", "uri"]) === url && code.getIn(["remote", "sha256"]) === sha256;
}

/** Where a manifest says what its module is. */
type FetchPlace = UrlPlace | CodePlace;

/** `url` and `sha256`: of a WasmPlugin, a TrafficExtension, or Envoy's `remote`. */
interface UrlPlace {
  readonly url: Scalar;
  /** The map that has `sha256`, or gets it. */
  readonly owner: YAMLMap;
  /** Behind this pair the `sha256` goes where there is none. */
  readonly before: Pair;
  readonly pluginName: unknown;
}

/** `code` of Envoy's VM configuration, with `remote` or `local` in it. */
interface CodePlace {
  readonly code: YAMLMap;
  readonly pluginName: unknown;
}

function fetchPlaces(yaml: string, pluginName: string | undefined): FetchPlace[] {
  const documents = [...parseAllDocuments(yaml, { keepSourceTokens: true, logLevel: "silent" })];
  if (documents.some(({ errors }) => errors.length > 0)) return [];
  const places = documents.flatMap(({ contents }) => placesIn(contents));
  return pluginName === undefined ? places : places.filter((place) => place.pluginName === pluginName);
}

function placesIn(root: unknown): FetchPlace[] {
  const spec = mapIn(root, "spec");
  const plugin = mapIn(spec, "wasm") ?? spec;
  const own = placeIn(plugin, "url", plugin, "url", plugin?.get("pluginName"));
  if (own !== undefined) return [own];
  const patches = spec?.get("configPatches");
  if (!isSeq(patches)) return [];
  return patches.items.flatMap((patch) => {
    const config = mapIn(mapIn(mapIn(patch, "patch"), "value"), "typed_config");
    const wasm = mapIn(config, "config") ?? mapIn(mapIn(config, "value"), "config");
    const code = mapIn(mapIn(wasm, "vm_config"), "code");
    // Istio's agent fetches for the discovery service only: a file named in the chain itself stays one.
    const isNamed =
      code?.has("remote") || (code?.has("local") && (patch as YAMLMap).get("applyTo") === "EXTENSION_CONFIG");
    return code !== undefined && isNamed ? [{ code, pluginName: wasm?.get("root_id") }] : [];
  });
}

function mapIn(value: unknown, key: string): YAMLMap | undefined {
  const inner = isMap(value) ? value.get(key) : undefined;
  return isMap(inner) ? inner : undefined;
}

function placeIn(
  urlOwner: YAMLMap | undefined,
  key: string,
  owner: YAMLMap | undefined,
  ownKey: string,
  pluginName: unknown,
): UrlPlace | undefined {
  const url = urlOwner?.get(key, true);
  const before = owner === undefined ? undefined : pairOf(owner, ownKey);
  return isScalar(url) && owner !== undefined && before !== undefined ? { url, owner, before, pluginName } : undefined;
}

function editsFor(yaml: string, place: FetchPlace, address: ModuleAddress): TextEdit[] {
  if (!("code" in place)) return urlEdits(yaml, place, address);
  const { code, pluginName } = place;
  const remote = mapIn(code, "remote");
  const inside = placeIn(mapIn(remote, "http_uri"), "uri", remote, "http_uri", pluginName);
  if (inside !== undefined && !address.url.startsWith(LOCAL)) return urlEdits(yaml, inside, address);
  const pair = pairOf(code, "remote") ?? pairOf(code, "local");
  const lines = pair === undefined ? undefined : pairLines(yaml, pair);
  if (lines === undefined) return [];
  const insert = indented(codeSource(address), 0, lines.column).replaceAll("\n", lineBreak(yaml));
  return [{ start: lines.start, end: lines.end, insert }];
}

/** What stands below `code:`; the cluster is one that Istio's agent never lets Envoy ask. */
function codeSource({ url, sha256 }: ModuleAddress): string {
  if (url.startsWith(LOCAL)) return `local:\n  filename: ${yamlScalar(url.slice(LOCAL.length))}\n`;
  const uri = `  http_uri:\n    uri: ${yamlScalar(url)}\n    timeout: 30s\n    cluster: _\n`;
  return `remote:\n${uri}  sha256: ${yamlScalar(sha256)}\n`;
}

function urlEdits(yaml: string, { url, owner, before }: UrlPlace, address: ModuleAddress): TextEdit[] {
  const edits = [replaced(url, yamlScalar(address.url))];
  const pair = pairOf(owner, "sha256");
  if (address.url.startsWith(LOCAL)) {
    const lines = pair === undefined ? undefined : pairLines(yaml, pair);
    return lines === undefined ? edits : [...edits, { start: lines.start, end: lines.end, insert: "" }];
  }
  const digest = yamlScalar(address.sha256);
  if (isScalar(pair?.value)) return [...edits, replaced(pair.value, digest)];
  const key = (before.key as Scalar).range![0];
  const indent = " ".repeat(key - lineStart(yaml, key));
  return [...edits, insertedLine(yaml, endOf(before), `${indent}sha256: ${digest}`)];
}

function replaced({ range }: Scalar, insert: string): TextEdit {
  return { start: range![0], end: range![1], insert };
}

/** Behind the last character of a pair's value. */
function endOf({ value }: Pair): number {
  return (value as Scalar | YAMLMap).range![1];
}

function insertedLine(yaml: string, end: number, line: string): TextEdit {
  const at = nextLine(yaml, end - 1);
  const head = yaml[at - 1] === "\n" ? "" : lineBreak(yaml);
  return { start: at, end: at, insert: `${head}${line}${lineBreak(yaml)}` };
}
