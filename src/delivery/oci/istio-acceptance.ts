import { posix } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Blob, MEDIA_TYPES, type OciImage } from "./image.js";

/** What Istio's agent reads at most (`ISTIO_AGENT_MAX_WASM_BINARY_SIZE_BYTES`), in bytes. */
const MAX_MODULE = 256 * 1024 * 1024;

/**
 * Why Istio's agent would refuse the image, or undefined where it would run it. Goes the way of its fetcher (istio 1.31-dev,
 * `pkg/wasm/imagefetcher.go` and `isValidWasmBinary` in `cache.go`): a Docker manifest is read as one, anything else as an image with a standard
 * layer first, then as an artifact.
 */
export function refusalByIstio(image: OciImage): string | undefined {
  const found = moduleOf(image);
  if ("refusal" in found) return found.refusal;
  if (found.module.length > MAX_MODULE) return `the module has more than ${MAX_MODULE / 1024 / 1024} MiB`;
  return isWasm(found.module) ? undefined : "what stands in the module's place is no Wasm binary";
}

type Found = { readonly module: Uint8Array } | { readonly refusal: string };

function moduleOf({ manifest, layers }: OciImage): Found {
  const { mediaType } = JSON.parse(Buffer.from(manifest.bytes).toString("utf8")) as { readonly mediaType?: string };
  if (mediaType === MEDIA_TYPES.dockerManifest) return inLastLayer(layers, MEDIA_TYPES.dockerLayer);
  const standard = inLastLayer(layers, MEDIA_TYPES.ociLayer);
  if ("module" in standard) return standard;
  const artifact = inArtifact(layers);
  if ("module" in artifact) return artifact;
  return { refusal: `neither an image (${standard.refusal}) nor an artifact (${artifact.refusal})` };
}

function inLastLayer(layers: readonly Blob[], wanted: string): Found {
  const layer = layers.at(-1);
  if (layer === undefined) return { refusal: "it has no layer" };
  if (layer.mediaType !== wanted) return { refusal: `its last layer is ${layer.mediaType}, not ${wanted}` };
  try {
    return inArchive(gunzipSync(layer.bytes));
  } catch {
    return { refusal: "its last layer is not in gzip" };
  }
}

function inArtifact(layers: readonly Blob[]): Found {
  if (layers.length !== 2) return { refusal: `it has ${layers.length} layer${layers.length === 1 ? "" : "s"}, not 2` };
  const layer = layers.find(({ mediaType }) => mediaType === MEDIA_TYPES.wasmContent);
  return layer === undefined ? { refusal: `no layer is ${MEDIA_TYPES.wasmContent}` } : { module: layer.bytes };
}

const BLOCK = 512;

function inArchive(archive: Uint8Array): Found {
  const bytes = Buffer.from(archive);
  for (let at = 0; at + BLOCK <= bytes.length && bytes[at] !== 0; ) {
    const name = untilNul(bytes.subarray(at, at + 100));
    const size = Number.parseInt(untilNul(bytes.subarray(at + 124, at + 136)), 8);
    if (Number.isNaN(size)) return { refusal: "its last layer is no tar archive" };
    const start = at + BLOCK;
    if (posix.basename(name) === "plugin.wasm") return { module: bytes.subarray(start, start + size) };
    at = start + Math.ceil(size / BLOCK) * BLOCK;
  }
  return { refusal: "its last layer has no plugin.wasm" };
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("latin1", 0, end === -1 ? bytes.length : end);
}

function isWasm(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 8)).equals(Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
}
