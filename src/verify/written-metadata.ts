import { fateOf } from "../analyzer/companion.js";
import { trackValues } from "../analyzer/tracking/track-values.js";
import { judgeScript } from "../codegen/generate.js";
import { parseScript } from "../lua/parse.js";
import { resolveScript } from "../lua/resolve.js";

/** Namespaces of dynamic metadata, with what stands in each when a stream ends, as Envoy's access log has it. */
export type WrittenMetadata = Readonly<Record<string, unknown>>;

/** A line of the access log that tells the metadata of a stream; see `envoy-configs/filter-arms.yaml.hbs`. Envoy sorts the keys. */
const LINE = /^\{"arm":"[^"]*","moonshift_metadata":\{.*\}\}$/;

/**
 * Namespaces that the script itself writes, as far as they are constants that an access log can ask for (`%DYNAMIC_METADATA(NAMESPACE)%`: no
 * colons, brackets or percent signs). @throws LuaSyntaxError
 */
export function writtenNamespaces(lua: string): readonly string[] {
  const { metadataWrites } = trackValues(resolveScript(parseScript(lua)));
  const names = metadataWrites.flatMap(({ namespace }) => namespace ?? []);
  return [...new Set(names)].filter((name) => /^[\x20-\x7e]+$/.test(name) && !/[:()%"\\]/.test(name)).sort();
}

/** A place in dynamic metadata that the script writes and no companion fills, so that only the script sees it there. */
export interface OwnWrite {
  /** Undefined when the script makes it up. */
  readonly namespace: string | undefined;
  readonly key: string | undefined;
  /** Another write of the script may leave an older value there that all of Envoy sees. */
  readonly isAlsoCarried: boolean;
}

/** What of dynamic metadata the deviation `DynamicMetadata:set.own` is about. @throws LuaSyntaxError */
export function ownWrites(lua: string): readonly OwnWrite[] {
  const script = resolveScript(parseScript(lua));
  const { metadataWrites } = trackValues(script);
  const carried = metadataWrites.filter((write) => fateOf(write) !== "own");
  const isAlsoCarried = ({ namespace, key }: Pick<OwnWrite, "namespace" | "key">): boolean =>
    carried.some((write) => (namespace ?? write.namespace) === write.namespace && (key ?? write.key) === write.key);
  const places = metadataWrites
    .filter((write) => fateOf(write) === "own")
    .map(({ namespace, key }) => ({ namespace, key }));
  const followed = new Set(metadataWrites.map(({ node }) => node.range[0]));
  const isUnseen = judgeScript(script).deviations.some(({ id, range }) => id === OWN_WRITE && !followed.has(range[0]));
  const all = isUnseen ? [...places, { namespace: undefined, key: undefined }] : places;
  return all.map((place) => ({ ...place, isAlsoCarried: isAlsoCarried(place) }));
}

/** As the compiler tells of writes that nothing is seen to make. */
const OWN_WRITE = "api.DynamicMetadata:set.own";

/** Reads one line of that access log. @param line latin1 */
export function readMetadataLine(
  line: string,
): { readonly arm: string; readonly metadata: WrittenMetadata } | undefined {
  if (!LINE.test(line)) return undefined;
  const told = JSON.parse(line) as { readonly arm: string; readonly moonshift_metadata: WrittenMetadata };
  return { arm: told.arm, metadata: told.moonshift_metadata };
}

/** Every key's value as JSON whose own keys are sorted: Envoy keeps them in no order. */
export function metadataFacts(metadata: WrittenMetadata): ReadonlyMap<string, string> {
  const facts = new Map<string, string>();
  for (const [namespace, values] of Object.entries(metadata)) {
    for (const [key, value] of Object.entries((values ?? {}) as Readonly<Record<string, unknown>>)) {
      facts.set(`metadata["${namespace}"]["${key}"]`, JSON.stringify(value, sortedKeys));
    }
  }
  return facts;
}

/** Whether a fact is one of `metadataFacts`. */
export function isMetadata(where: string): boolean {
  return where.startsWith("metadata[");
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
