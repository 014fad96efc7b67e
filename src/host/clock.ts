interface Task {
  readonly at: number;
  readonly run: () => void;
}

/** Time that passes only when nothing else is left to do: what waits 30 seconds in Envoy takes none here, and always happens in the same order. */
export class Clock {
  #now: number;
  readonly #tasks: Task[] = [];

  /** @param start milliseconds since 1970 */
  constructor(start = Date.now()) {
    this.#now = start;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Runs `task` when `ms` milliseconds have passed, behind whatever is due at the same time. @returns what cancels it */
  after(ms: number, run: () => void): () => void {
    const task = { at: this.#now + ms, run };
    const place = this.#tasks.findLastIndex(({ at }) => at <= task.at) + 1;
    this.#tasks.splice(place, 0, task);
    return () => {
      const index = this.#tasks.indexOf(task);
      if (index >= 0) this.#tasks.splice(index, 1);
    };
  }

  /** Runs what is due until `ms` milliseconds from now, which is then the time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    while (this.#tasks.length > 0 && this.#tasks[0]!.at <= end) this.#runNext();
    this.#now = end;
  }

  /** Runs tasks, letting time pass, until `isDone` says so, none are left, or `limitMs` have passed. */
  runUntil(isDone: () => boolean, limitMs: number): void {
    const end = this.#now + limitMs;
    while (!isDone() && this.#tasks.length > 0 && this.#tasks[0]!.at <= end) this.#runNext();
  }

  #runNext(): void {
    const task = this.#tasks.shift()!;
    this.#now = Math.max(this.#now, task.at);
    task.run();
  }
}
