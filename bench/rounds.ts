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

/** The turns that a cell had in one round, together. */
export interface RoundSlice extends Slice {
  /** CPU time per request in each turn; turns of the same place in a round lie next to each other in time, whichever cell they are of. */
  readonly turnsNs: readonly number[];
}

export interface RoundsOptions {
  readonly rounds: number;
  /** How long a slice should take by the clock. */
  readonly sliceNs: number;
  readonly random: Random;
}

/** The slices of each cell, one per round, by the cell's id; warm-up left out. */
export type Slices = ReadonlyMap<string, readonly RoundSlice[]>;

const BURST = 100;
const FIRST_REQUESTS = 2 * BURST;
const MOST_REQUESTS = 100_000;

/**
 * Measures cells in rounds. In a round the cells take turns, each as short as a burst of requests allows, in an order drawn anew for every turn, until each
 * has had a slice's time: a machine that speeds up or slows down for a few milliseconds then does so for all of them. One slice of each cell comes before
 * and is thrown away.
 */
export async function runRounds(executor: Executor, cells: readonly Cell[], options: RoundsOptions): Promise<Slices> {
  const { rounds, sliceNs, random } = options;
  const requests = new Map<string, number>();
  for (const cell of shuffled(cells, random)) requests.set(cell.id, await warmUp(executor, cell, sliceNs));
  const turns = turnsOf([...requests.values()]);
  const slices = new Map<string, RoundSlice[]>(cells.map((cell) => [cell.id, []]));
  for (let round = 0; round < rounds; round++) {
    const parts = new Map<string, Slice[]>(cells.map((cell) => [cell.id, []]));
    for (let turn = 0; turn < turns; turn++) {
      for (const cell of shuffled(cells, random))
        parts.get(cell.id)!.push(await executor.run(cell, inWholeBursts(requests.get(cell.id)! / turns)));
    }
    for (const [id, ofCell] of parts) slices.get(id)!.push(together(ofCell));
  }
  return slices;
}

/** Lets just-in-time compilers and caches settle; returns how many requests make a slice. */
async function warmUp(executor: Executor, cell: Cell, sliceNs: number): Promise<number> {
  await executor.run(cell, FIRST_REQUESTS);
  const paced = await executor.run(cell, FIRST_REQUESTS);
  const fitting = sliceNs / (paced.wallNs / paced.requests);
  const requests = Math.min(MOST_REQUESTS, inWholeBursts(fitting));
  await executor.run(cell, requests);
  return requests;
}

/** As many as the dearest cell has bursts in a slice. */
function turnsOf(requests: readonly number[]): number {
  return Math.max(1, Math.floor(Math.min(...requests) / BURST));
}

/** Rounded to what fills every burst of the load, where there are several. */
function inWholeBursts(requests: number): number {
  return requests < BURST ? Math.max(1, Math.round(requests)) : Math.round(requests / BURST) * BURST;
}

function together(turns: readonly Slice[]): RoundSlice {
  const sum = (figure: (turn: Slice) => number): number => turns.reduce((total, turn) => total + figure(turn), 0);
  return {
    requests: sum(({ requests }) => requests),
    failures: sum(({ failures }) => failures),
    cpuNs: sum(({ cpuNs }) => cpuNs),
    wallNs: sum(({ wallNs }) => wallNs),
    waitNs: sum(({ waitNs }) => waitNs),
    stealShare: sum(({ stealShare }) => stealShare) / turns.length,
    turnsNs: turns.map(({ cpuNs, requests }) => cpuNs / requests),
  };
}
