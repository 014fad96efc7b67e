import { once } from "node:events";
import { availableParallelism } from "node:os";
import { Worker, type WorkerOptions } from "node:worker_threads";

/** One worker a core, but no more than there are tasks. They load what they need while the tasks are made. */
export function startWorkers(url: URL, options: WorkerOptions, tasks = Number.POSITIVE_INFINITY): readonly Worker[] {
  return Array.from({ length: Math.min(availableParallelism(), tasks) }, () => new Worker(url, options));
}

/**
 * Hands tasks to workers: each gets its next task when it has replied to the last, with one message to one message. Tasks that are made on the way
 * are made one ahead of each worker. The workers are ended afterwards.
 * @param finish gets each reply as it comes, with the place of its task
 * @throws what a worker throws
 */
export async function shareOut<Task, Reply>(
  tasks: readonly Task[] | AsyncIterable<Task>,
  workers: readonly Worker[],
  finish: (reply: Reply, index: number) => void,
): Promise<void> {
  const queue = numbered(tasks);
  const work = async (worker: Worker): Promise<void> => {
    let next = await queue.next();
    while (next.done !== true) {
      const [index, task] = next.value;
      const reply = ask<Task, Reply>(worker, task);
      const following = queue.next();
      finish(await reply, index);
      next = await following;
    }
  };
  try {
    await Promise.all(workers.map(work));
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function* numbered<Task>(
  tasks: readonly Task[] | AsyncIterable<Task>,
): AsyncGenerator<[index: number, task: Task], void, void> {
  let index = 0;
  for await (const task of tasks) yield [index++, task];
}

async function ask<Task, Reply>(worker: Worker, task: Task): Promise<Reply> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(worker, "exit", { signal }).then(() => {
    throw new Error("a worker ended before it replied");
  });
  try {
    worker.postMessage(task);
    const [reply] = await Promise.race([once(worker, "message", { signal }), ended]);
    return reply;
  } finally {
    answered.abort();
  }
}
