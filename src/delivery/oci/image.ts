import { createHash } from "node:crypto";
import { gzip, tar } from "./tar-gzip.js";

export interface Blob {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image as the distribution API takes it: blobs, and the manifest that names them. */
export interface OciImage {
  readonly manifest: Blob;
  readonly config: Blob;
  readonly layers: readonly Blob[];
}

export type Layout = "artifact" | "compat";
export const LAYOUTS: readonly Layout[] = ["artifact", "compat"];

export const MEDIA_TYPES = {
  ociManifest: "application/vnd.oci.image.manifest.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerConfig: "application/vnd.docker.container.image.v1+json",
  dockerLayer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
  ociLayer: "application/vnd.oci.image.layer.v1.tar+gzip",
  empty: "application/vnd.oci.empty.v1+json",
  wasmConfig: "application/vnd.module.wasm.config.v1+json",
  wasmContent: "application/vnd.module.wasm.content.layer.v1+wasm",
} as const;

export interface ModuleToShip {
  readonly bytes: Uint8Array;
  /** Root ids (`pluginName`) that the module knows. */
  readonly rootIds: readonly string[];
  /** Of proxy-wasm, such as `v0.2.1`. */
  readonly abiVersion: string;
}

/** The image of a module. The same module gives the same bytes, on every machine. */
export function moduleImage(module: ModuleToShip, layout: Layout): OciImage {
  return layout === "artifact" ? artifactImage(module) : compatImage(module);
}

/** Solo's Wasm Artifact Image Specification (spec.md), which Istio's agent reads: the runtime's configuration and the module, as they are. */
function artifactImage(module: ModuleToShip): OciImage {
  const config = blob(MEDIA_TYPES.empty, Buffer.from("{}"));
  const layers = [
    titled(blob(MEDIA_TYPES.wasmConfig, runtimeConfig(module)), "runtime-config.json"),
    titled(blob(MEDIA_TYPES.wasmContent, module.bytes), "filter.wasm"),
  ];
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    artifactType: MEDIA_TYPES.wasmConfig,
    config: descriptor(config),
    layers: layers.map(descriptor),
  };
  return { manifest: blob(MEDIA_TYPES.ociManifest, json(manifest)), config, layers };
}

/** The same specification's variant for registries and tools that know only container images (spec-compat.md): one Docker layer. */
function compatImage(module: ModuleToShip): OciImage {
  const archive = tar([
    { name: "plugin.wasm", bytes: module.bytes },
    { name: "runtime-config.json", bytes: runtimeConfig(module) },
  ]);
  const layer = blob(MEDIA_TYPES.dockerLayer, gzip(archive));
  const config = blob(MEDIA_TYPES.dockerConfig, json(containerConfig(archive)));
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.dockerManifest,
    config: descriptor(config),
    layers: [descriptor(layer)],
  };
  return { manifest: blob(MEDIA_TYPES.dockerManifest, json(manifest)), config, layers: [layer] };
}

function runtimeConfig({ rootIds, abiVersion }: ModuleToShip): Uint8Array {
  return json({ type: "envoy_proxy", abiVersions: [abiVersion], config: { root_ids: [...rootIds] } });
}

function containerConfig(archive: Uint8Array): object {
  return {
    architecture: "wasm",
    os: "wasip1",
    config: {},
    rootfs: { type: "layers", diff_ids: [digestOf(archive)] },
  };
}

export function blob(mediaType: string, bytes: Uint8Array): Blob {
  return { mediaType, bytes, digest: digestOf(bytes) };
}

function titled(one: Blob, title: string): Blob {
  return { ...one, annotations: { "org.opencontainers.image.title": title } };
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function descriptor({ mediaType, digest, bytes, annotations }: Blob): object {
  return { mediaType, digest, size: bytes.length, ...(annotations === undefined ? {} : { annotations }) };
}

function json(value: object): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
