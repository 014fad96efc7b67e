import { isMap, isScalar, isSeq, type Pair, parseAllDocuments, type Scalar, type YAMLMap } from "yaml";
import { InputError } from "../../support/failure.js";
import { applyEdits, lineBreak, lineStart, nextLine, type TextEdit } from "../yaml-edit/text-edit.js";
import { yamlScalar } from "../yaml-edit/yaml-scalar.js";

export interface ModuleAddress {
  readonly url: string;
  /** 64 hexadecimal digits: of the image for `oci://`. */
  readonly sha256: string;
}

/**
 * A manifest that fetches its module from `address`: the two values are put in the text, and everything else, also what a user has changed in it
 * since `migrate`, stays as it is. Undefined where the manifest fetches nothing (a local file).
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

function isAt({ url, owner }: FetchPlace, address: ModuleAddress): boolean {
  return url.value === address.url && owner.get("sha256") === address.sha256;
}

/** Where a manifest says what to fetch. */
interface FetchPlace {
  readonly url: Scalar;
  /** The map that has `sha256`, or gets it. */
  readonly owner: YAMLMap;
  /** Behind this pair the `sha256` goes where there is none. */
  readonly before: Pair;
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
    const remote = mapIn(mapIn(mapIn(wasm, "vm_config"), "code"), "remote");
    const place = placeIn(mapIn(remote, "http_uri"), "uri", remote, "http_uri", wasm?.get("root_id"));
    return place === undefined ? [] : [place];
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
): FetchPlace | undefined {
  const url = urlOwner?.get(key, true);
  const before = owner === undefined ? undefined : pairOf(owner, ownKey);
  return isScalar(url) && owner !== undefined && before !== undefined ? { url, owner, before, pluginName } : undefined;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((pair) => isScalar(pair.key) && pair.key.value === key);
}

function editsFor(yaml: string, { url, owner, before }: FetchPlace, address: ModuleAddress): TextEdit[] {
  const sha256 = owner.get("sha256", true);
  const digest = yamlScalar(address.sha256);
  const edits = [replaced(url, yamlScalar(address.url))];
  if (isScalar(sha256)) return [...edits, replaced(sha256, digest)];
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
