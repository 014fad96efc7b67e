import type { Response } from "undici";
import type { Blob } from "./image.js";
import type { Registry } from "./registry.js";
import { isTransient, Unreachable } from "./transport.js";

/** Bytes a request carries at most. */
const CHUNK_BYTES = 8 * 1024 * 1024;

/**
 * Uploads a blob: all but the last chunk with PATCH, the last with the PUT that closes the upload. After a cut, what the registry has of it is
 * asked for and the rest is sent.
 * @throws Unreachable, InputError, MissingError
 */
export async function uploadBlob(registry: Registry, blob: Blob, chunkBytes = CHUNK_BYTES): Promise<void> {
  let upload = await begin(registry, chunkBytes);
  for (let attempt = 1; ; ) {
    const outcome = await sendChunk(registry, blob, upload);
    if (outcome === "done") return;
    if (!("interrupted" in outcome)) {
      upload = outcome;
      continue;
    }
    if (attempt >= registry.transport.attempts) throw outcome.interrupted;
    await registry.transport.backOff(attempt++);
    const resumed = await resume(registry, blob, upload);
    if (resumed === "done") return;
    upload = resumed;
  }
}

interface Upload {
  readonly location: URL;
  /** Bytes that the registry has. */
  readonly offset: number;
  readonly chunkBytes: number;
}

async function begin(registry: Registry, wanted: number): Promise<Upload> {
  const response = await registry.send({ method: "POST", url: "blobs/uploads/", headers: { "content-length": "0" } });
  await response.body?.cancel();
  if (response.status !== 202) throw await registry.unexpected(response, "does not begin an upload");
  const minimum = Number(response.headers.get("oci-chunk-min-length") ?? 0);
  return { location: await registry.locationOf(response), offset: 0, chunkBytes: Math.max(wanted, minimum) };
}

type Outcome = Upload | "done" | { readonly interrupted: Error };

async function sendChunk(registry: Registry, blob: Blob, upload: Upload): Promise<Outcome> {
  const { location, offset, chunkBytes } = upload;
  const chunk = blob.bytes.subarray(offset, offset + chunkBytes);
  const end = offset + chunk.length;
  const isLast = end === blob.bytes.length;
  const url = new URL(location);
  if (isLast) url.searchParams.set("digest", blob.digest);
  const range = isLast && offset === 0 ? {} : { "content-range": `${offset}-${end - 1}` };
  let response: Response;
  try {
    response = await registry.send({
      method: isLast ? "PUT" : "PATCH",
      url,
      headers: { "content-type": "application/octet-stream", ...(chunk.length === 0 ? {} : range) },
      body: chunk,
      once: true,
    });
  } catch (error) {
    if (error instanceof Unreachable) return { interrupted: error };
    throw error;
  }
  if (isTransient(response)) return { interrupted: await registry.unexpected(response, "breaks off the upload") };
  if (response.status === 416)
    return { interrupted: await registry.unexpected(response, "has lost count of the upload") };
  await response.body?.cancel();
  if (isLast && response.status === 201) return "done";
  if (!isLast && response.status === 202)
    return { location: await registry.locationOf(response), offset: end, chunkBytes };
  throw await registry.unexpected(response, "refuses the upload");
}

/** How far the upload has come: perhaps to its end, or the registry knows nothing of it any more and it begins anew. */
async function resume(registry: Registry, blob: Blob, upload: Upload): Promise<Upload | "done"> {
  const response = await registry.send({ method: "GET", url: upload.location });
  await response.body?.cancel();
  const range = /^(?:bytes=)?0-(\d+)$/.exec(response.headers.get("range") ?? "");
  if (response.status !== 204 || range === null)
    return (await hasBlob(registry, blob)) ? "done" : begin(registry, upload.chunkBytes);
  const last = Number(range[1]);
  const location = response.headers.has("location") ? await registry.locationOf(response) : upload.location;
  // "0-0" is also what registries say that have nothing yet.
  return { ...upload, location, offset: last === 0 ? 0 : last + 1 };
}

export async function hasBlob(registry: Registry, { digest }: Blob): Promise<boolean> {
  const response = await registry.send({ method: "HEAD", url: `blobs/${digest}` });
  if (response.status !== 200 && response.status !== 404)
    throw await registry.unexpected(response, "cannot say what it has");
  return response.status === 200;
}
