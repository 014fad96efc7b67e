import { InputError } from "../../support/failure.js";
import { type Blob, digestOf, type OciImage } from "./image.js";
import type { ImageReference } from "./image-reference.js";
import { refusalByIstio } from "./istio-acceptance.js";
import { Registry, type RegistryOptions } from "./registry.js";
import { hasBlob, uploadBlob } from "./upload-blob.js";

export interface PushOptions extends RegistryOptions {
  /** Bytes of an upload request; default 8 MiB. */
  readonly chunkBytes?: number;
}

export interface PushResult {
  /** Of the manifest, `sha256:…`: what Istio compares with `sha256`. */
  readonly digest: string;
  /** Bytes sent; 0 when the registry had everything. */
  readonly sentBytes: number;
  /** What the tag named before, when that was another image. */
  readonly replaced?: string;
}

/**
 * Pushes an image, sending only what the registry has not. The tag comes last, so that a push that is broken off changes nothing.
 * @throws InputError for an image that Istio would refuse; MissingError where the registry cannot be reached or does not let us
 */
export async function pushImage(
  image: OciImage,
  reference: ImageReference & { readonly tag: string },
  options: PushOptions,
): Promise<PushResult> {
  const refusal = refusalByIstio(image);
  if (refusal !== undefined) throw new InputError(`Istio would refuse the image: ${refusal}`);
  const registry = new Registry(reference, options);
  try {
    const before = await taggedDigest(registry, reference.tag, image.manifest.mediaType);
    const { digest } = image.manifest;
    if (before === digest) return { digest, sentBytes: 0 };
    let sentBytes = 0;
    for (const blob of distinct([image.config, ...image.layers]))
      sentBytes += await pushBlob(registry, blob, options.chunkBytes);
    await putManifest(registry, reference.tag, image.manifest);
    sentBytes += image.manifest.bytes.length;
    return { digest, sentBytes, ...(before === undefined ? {} : { replaced: before }) };
  } finally {
    await registry.close();
  }
}

function distinct(blobs: readonly Blob[]): readonly Blob[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

/** The digest that a tag names. */
async function taggedDigest(registry: Registry, tag: string, mediaType: string): Promise<string | undefined> {
  const response = await registry.send({
    method: "GET",
    url: `manifests/${tag}`,
    headers: { accept: `${mediaType}, */*` },
  });
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  if (response.status !== 200) throw await registry.unexpected(response, `cannot say what the tag ${tag} is`);
  return digestOf(new Uint8Array(await response.arrayBuffer()));
}

async function pushBlob(registry: Registry, blob: Blob, chunkBytes: number | undefined): Promise<number> {
  if (await hasBlob(registry, blob)) return 0;
  await uploadBlob(registry, blob, chunkBytes);
  return blob.bytes.length;
}

async function putManifest(registry: Registry, tag: string, manifest: Blob): Promise<void> {
  const response = await registry.send({
    method: "PUT",
    url: `manifests/${tag}`,
    headers: { "content-type": manifest.mediaType },
    body: manifest.bytes,
  });
  if (response.status !== 201) throw await registry.unexpected(response, "refuses the manifest");
  await response.body?.cancel();
  const digest = response.headers.get("docker-content-digest");
  if (digest !== null && digest !== manifest.digest)
    throw new InputError(`the registry names the image ${digest}, which is not the ${manifest.digest} that was sent`);
}
