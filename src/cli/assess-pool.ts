import type { AssessFileOptions, FileWithLua } from "../analyzer/assess-file.js";
import type { Assessment } from "../analyzer/assessment.js";
import { type AssessFiles, assessHere } from "../analyzer/audit-inputs.js";
import { shareOut } from "../support/share-out.js";

/** What the workers are told once: plain data. */
export interface AssessRequest extends Pick<AssessFileOptions, "settings" | "prices" | "embedded"> {
  readonly answers?: { readonly file: string; readonly text: string };
}

type Found = readonly (readonly Omit<Assessment, "site">[])[];

/** Characters of different scripts; fewer are judged before a worker has loaded and warmed up. */
const WORTH_WORKERS = 1_000_000;
/** Of memory for what a script leaves behind: more is not faster, and each worker would keep it. */
const YOUNG_MEGABYTES = 6;
/** Enough that workers do not wait for the next message, few enough that they end together. */
const FILES_AT_ONCE = 8;

/**
 * Judges scripts side by side, one worker a core. A few scripts, and those of sources that run uncompiled (tests), are judged right here.
 * @param request the options as data
 */
export function assessInWorkers(request: AssessRequest): AssessFiles {
  return async (files, options, onDone) => {
    const scripts = new Set(files.flatMap(({ sites }) => sites.map(({ text }) => text)));
    const characters = [...scripts].reduce((sum, { length }) => sum + length, 0);
    if (characters < WORTH_WORKERS || import.meta.url.endsWith(".ts")) return assessHere(files, options, onDone);
    const batches = Array.from({ length: Math.ceil(files.length / FILES_AT_ONCE) }, (_, i) =>
      files.slice(i * FILES_AT_ONCE, (i + 1) * FILES_AT_ONCE),
    );
    const results: (readonly Assessment[])[][] = [];
    const worker = {
      url: new URL("./assess-worker.js", import.meta.url),
      options: { workerData: request, resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES } },
    };
    await shareOut(batches, worker, (found: Found, index) => {
      const batch = batches[index] ?? [];
      results[index] = batch.map((file, i) => withSites(file, found[i] ?? []));
      onDone(batch.reduce((sum, { sites }) => sum + sites.length, 0));
    });
    return results.flat();
  };
}

function withSites({ sites }: FileWithLua, found: Found[number]): readonly Assessment[] {
  return found.flatMap((one, i) => {
    const site = sites[i];
    return site ? [{ ...one, site }] : [];
  });
}
