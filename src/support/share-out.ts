import { availableParallelism } from "node:os";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** The file of a worker, and what it is started with. */
export interface WorkerFile {
  readonly url: URL;
  readonly options?: WorkerOptions;
}

/**
 * Hands tasks to workers, one worker a core: each gets its next task when it has replied to the last, with one message to one message.
 * @param finish gets each reply as it comes, with the place of its task
 * @throws what a worker throws; the others are ended
 */
export async function shareOut<Task, Reply>(
  tasks: readonly Task[],
  { url, options }: WorkerFile,
  finish: (reply: Reply, index: number) => void,
): Promise<void> {
  const queue = tasks.entries();
  const work = async (): Promise<void> => {
    const worker = new Worker(url, options);
    try {
      for (const [index, task] of queue) finish(await ask<Task, Reply>(worker, task), index);
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), tasks.length) }, work));
}

function ask<Task, Reply>(worker: Worker, task: Task): Promise<Reply> {
  return new Promise((resolve, reject) => {
    worker.once("message", (reply: Reply) => {
      worker.off("error", reject);
      resolve(reply);
    });
    worker.once("error", reject);
    worker.postMessage(task);
  });
}
