import type { AssessFileOptions, FileToJudge, JudgedFile } from "../analyzer/assess-file.js";
import { type JudgeFiles, judgeHere } from "../analyzer/audit-inputs.js";
import { shareOut, startWorkers } from "../support/share-out.js";

/** What the workers are told once: plain data. */
export interface AssessRequest extends Pick<AssessFileOptions, "settings" | "prices" | "embedded"> {
  readonly answers?: { readonly file: string; readonly text: string };
}

/** Characters of files with Lua; fewer are judged before a worker has loaded and warmed up. */
const WORTH_WORKERS = 2_000_000;
/** Of memory for what scripts leave behind: more is not faster, and each worker would keep it. */
const YOUNG_MEGABYTES = 16;
/** Enough that workers do not wait for the next message, few enough that they end together. */
const FILES_AT_ONCE = 8;

/**
 * Judges files side by side while others are read, one worker a core. A few, and those of sources that run uncompiled (tests), are judged right here.
 * @param request the options as data
 */
export function judgeInWorkers(request: AssessRequest): JudgeFiles {
  return async (files, options, onDone) => {
    const queue = files[Symbol.asyncIterator]();
    const first = await take(queue, WORTH_WORKERS);
    if (first.isAll || import.meta.url.endsWith(".ts")) return judgeHere(chain(first.files, queue), options, onDone);
    const results: (readonly JudgedFile[])[] = [];
    const workers = startWorkers(new URL("./assess-worker.js", import.meta.url), {
      workerData: request,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    });
    await shareOut(batches(chain(first.files, queue)), workers, (judged: readonly JudgedFile[], index) => {
      results[index] = judged;
      onDone(judged.reduce((sum, { assessments }) => sum + assessments.length, 0));
    });
    return results.flat();
  };
}

/** The next files, until they have so many characters. */
async function take(
  queue: AsyncIterator<FileToJudge>,
  characters: number,
): Promise<{ readonly files: readonly FileToJudge[]; readonly isAll: boolean }> {
  const files: FileToJudge[] = [];
  for (let left = characters; left > 0; ) {
    const next = await queue.next();
    if (next.done === true) return { files, isAll: true };
    files.push(next.value);
    left -= next.value.text.length;
  }
  return { files, isAll: false };
}

async function* chain(
  first: readonly FileToJudge[],
  rest: AsyncIterator<FileToJudge>,
): AsyncGenerator<FileToJudge, void, void> {
  yield* first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* batches(files: AsyncIterable<FileToJudge>): AsyncGenerator<readonly FileToJudge[]> {
  let batch: FileToJudge[] = [];
  for await (const file of files) {
    batch.push(file);
    if (batch.length < FILES_AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
