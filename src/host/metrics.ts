import { Result, type ResultCode } from "./result.js";

const COUNTER = 0;
const GAUGE = 1;
const HISTOGRAM = 2;
/** The type is in the lowest bits of an id. */
const TYPE_BITS = 2;

/** Counters, gauges and histograms that a module defines; values as Envoy shows them. */
export class Metrics {
  readonly #values = new Map<string, bigint>();
  readonly #recorded = new Map<string, bigint[]>();
  readonly #names = new Map<number, string>();
  readonly #last = [0, 0, 0];

  /** Of counters and gauges. */
  get values(): ReadonlyMap<string, bigint> {
    return this.#values;
  }

  /** What was recorded in a histogram. */
  get recorded(): ReadonlyMap<string, readonly bigint[]> {
    return this.#recorded;
  }

  /** Every definition gets an id of its own; those of one name share their value. */
  define(type: number, name: string): number | undefined {
    if (type > HISTOGRAM) return undefined;
    const id = (++this.#last[type]! << TYPE_BITS) | type;
    this.#names.set(id, name);
    if (type === HISTOGRAM) this.#recorded.set(name, this.#recorded.get(name) ?? []);
    else this.#values.set(name, this.#values.get(name) ?? 0n);
    return id;
  }

  increment(id: number, by: bigint): ResultCode {
    const type = typeOf(id);
    if (type === HISTOGRAM || type > HISTOGRAM) return Result.badArgument;
    const name = this.#names.get(id);
    if (name === undefined) return Result.notFound;
    if (type === COUNTER && by <= 0n) return Result.badArgument;
    this.#add(name, by);
    return Result.ok;
  }

  record(id: number, value: bigint): ResultCode {
    const name = this.#names.get(id);
    if (name === undefined) return Result.notFound;
    if (typeOf(id) === COUNTER) this.#add(name, value);
    else if (typeOf(id) === GAUGE) this.#values.set(name, value);
    else this.#recorded.get(name)!.push(value);
    return Result.ok;
  }

  get(id: number): bigint | ResultCode {
    if (typeOf(id) >= HISTOGRAM) return Result.badArgument;
    const name = this.#names.get(id);
    return name === undefined ? Result.notFound : this.#values.get(name)!;
  }

  #add(name: string, by: bigint): void {
    this.#values.set(name, BigInt.asUintN(64, this.#values.get(name)! + by));
  }
}

function typeOf(id: number): number {
  return id & ((1 << TYPE_BITS) - 1);
}
