import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InputError } from "../../support/failure.js";

/** `published.json` in a filter's folder: where `publish` has put the module. */
const published = z.object({
  schemaVersion: z.literal(1),
  id: z.string(),
  /** `oci://registry/repository:tag`, `https://…`, or `file:///…` for a ConfigMap's file. */
  url: z.string(),
  /** Of the image, or of the module where there is none: `sha256:…`. */
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
  /** Of the image; `plain`: the module as it is. */
  layout: z.enum(["artifact", "compat", "plain"]),
  /** Of the module's bytes, 64 hexadecimal digits. */
  moduleSha256: z.string(),
});

export type PublishedFile = z.infer<typeof published>;

export const PUBLISHED_FILE = "published.json";

/** Undefined where the filter was never published. @throws InputError for a malformed file */
export function readPublished(folder: string): PublishedFile | undefined {
  const file = join(folder, PUBLISHED_FILE);
  if (!existsSync(file)) return undefined;
  try {
    return published.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    throw new InputError("not what `moonshift publish` wrote; publish again", { file });
  }
}
