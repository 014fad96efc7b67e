import { availableParallelism } from "node:os";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** The file of a worker, and what it is started with. */
export interface WorkerFile {
  readonly url: URL;
  readonly options?: WorkerOptions;
}

/**
 * Hands tasks to workers, one worker a core: each gets its next task when it has replied to the last, with one message to one message. Tasks that are
 * made on the way are made one ahead of each worker.
 * @param finish gets each reply as it comes, with the place of its task
 * @throws what a worker throws; the others are ended
 */
export async function shareOut<Task, Reply>(
  tasks: readonly Task[] | AsyncIterable<Task>,
  { url, options }: WorkerFile,
  finish: (reply: Reply, index: number) => void,
): Promise<void> {
  const queue = numbered(tasks);
  const work = async (): Promise<void> => {
    const worker = new Worker(url, options);
    try {
      let next = await queue.next();
      while (next.done !== true) {
        const [index, task] = next.value;
        const reply = ask<Task, Reply>(worker, task);
        const following = queue.next();
        finish(await reply, index);
        next = await following;
      }
    } finally {
      await worker.terminate();
    }
  };
  const workers = Math.min(availableParallelism(), "length" in tasks ? tasks.length : Number.POSITIVE_INFINITY);
  await Promise.all(Array.from({ length: workers }, work));
}

async function* numbered<Task>(
  tasks: readonly Task[] | AsyncIterable<Task>,
): AsyncGenerator<[index: number, task: Task], void, void> {
  let index = 0;
  for await (const task of tasks) yield [index++, task];
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
