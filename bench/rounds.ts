import type { Cell } from "./cells.js";
import { type Random, shuffled } from "./statistics/random.js";

/** An arm broke down under load: no answer, or the connection gone. */
export class ArmFailed extends Error {
  override readonly name = "ArmFailed";
  constructor(
    readonly arm: string,
    message: string,
  ) {
    super(message);
  }
}

/** Sends load and tells what it cost; the tests have one that yields set times. */
export interface Executor {
  /**
   * Sends that many requests to the cell's listener and waits for all answers.
   * @throws ArmFailed
   */
  run(cell: Cell, requests: number): Promise<Slice>;
}

/** Some requests to one cell in a row. */
export interface Slice {
  readonly requests: number;
  /** Requests that did not get the status they should have got. */
  readonly failures: number;
  readonly cpuNs: number;
  readonly wallNs: number;
  /** Time that the worker was ready to run and its core was taken. */
  readonly waitNs: number;
  /** Share of the machine's time taken by the hypervisor, 0 to 1. */
  readonly stealShare: number;
}

export interface RoundsOptions {
  readonly rounds: number;
  /** How long a slice should take by the clock. */
  readonly sliceNs: number;
  readonly random: Random;
}

/** The slices of each cell, one per round, by the cell's id; warm-up left out. */
export type Slices = ReadonlyMap<string, readonly Slice[]>;

const BURST = 100;
const FIRST_REQUESTS = 2 * BURST;
const MOST_REQUESTS = 100_000;

/**
 * Measures cells in rounds: each round runs every cell once, in an order drawn anew, so that a machine that speeds up or slows
 * down does so for all of them. One slice of each cell comes before and is thrown away.
 */
export async function runRounds(executor: Executor, cells: readonly Cell[], options: RoundsOptions): Promise<Slices> {
  const { rounds, sliceNs, random } = options;
  const requests = new Map<string, number>();
  for (const cell of shuffled(cells, random)) requests.set(cell.id, await warmUp(executor, cell, sliceNs));
  const slices = new Map<string, Slice[]>(cells.map((cell) => [cell.id, []]));
  for (let round = 0; round < rounds; round++) {
    for (const cell of shuffled(cells, random))
      slices.get(cell.id)!.push(await executor.run(cell, requests.get(cell.id)!));
  }
  return slices;
}

/** Lets just-in-time compilers and caches settle; returns how many requests make a slice. */
async function warmUp(executor: Executor, cell: Cell, sliceNs: number): Promise<number> {
  await executor.run(cell, FIRST_REQUESTS);
  const paced = await executor.run(cell, FIRST_REQUESTS);
  const fitting = sliceNs / (paced.wallNs / paced.requests);
  const requests = Math.min(MOST_REQUESTS, wholeBursts(fitting));
  await executor.run(cell, requests);
  return requests;
}

/** Rounded to what fills every burst of the load, where there are several. */
function wholeBursts(requests: number): number {
  return requests < BURST ? Math.max(1, Math.round(requests)) : Math.round(requests / BURST) * BURST;
}
