import { Result, type ResultCode } from "./result.js";

interface Entry {
  readonly value: Uint8Array;
  readonly cas: number;
}

/** Values that the plugins of a VM share. Each write has a number; a writer that gives one is refused when another came in between. */
export class SharedData {
  readonly #entries = new Map<string, Entry>();
  #lastCas = 0;

  get(key: string): Entry | undefined {
    return this.#entries.get(key);
  }

  /** @param cas 0: whatever is there */
  set(key: string, value: Uint8Array, cas: number): ResultCode {
    const existing = this.#entries.get(key);
    if (existing !== undefined && cas !== 0 && cas !== existing.cas) return Result.casMismatch;
    this.#entries.set(key, { value, cas: ++this.#lastCas });
    return Result.ok;
  }
}
