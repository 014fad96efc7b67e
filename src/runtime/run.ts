// A run is one call of `envoy_on_request` or `envoy_on_response`, from its callback to its end; the one in progress is `run`.
// It corresponds to Envoy's StreamHandleWrapper, whose fields these are.
import { forgetSnapshots } from "./header-map";

/** Directions; also the number of a direction's body buffer, and half the number of its header map. */
export const REQUEST: u32 = 0;
export const RESPONSE: u32 = 1;

/** What a run is doing. */
export const RUNNING: u32 = 0;
export const WAITS_FOR_BODY: u32 = 1;
export const WAITS_FOR_CHUNK: u32 = 2;
export const WAITS_FOR_TRAILERS: u32 = 3;
export const WAITS_FOR_CALL: u32 = 4;
export const RESPONDED: u32 = 5;

// @ts-ignore: decorator
@unmanaged
export class Run {
  /** The stream. */
  context: u32;
  direction: u32;
  state: u32;
  /** Tells this run from others; what the handle is alive by. */
  id: u32;
  /** Changes whenever the run is suspended; what all other objects are alive by. */
  epoch: u32;
  /** Table index of the function that runs the script's. */
  script: u32;

  endOfStream: bool;
  /** Some of the body has been seen, be it empty. */
  sawBody: bool;
  /** `body()` was called before the body came. */
  bufferedBody: bool;
  /** What is waited for is `body(true)`, which gives a buffer without bytes where there is no body. */
  wrapsBody: bool;
  headersContinued: bool;
  hasTrailers: bool;
  /** The chunk's own statements run: no function of a stream's. */
  configures: bool;
  /** The function has returned, though what it started to wait for (in a coroutine) has not come. */
  returned: bool;
  /** The side call asked for all values of a header. */
  wantsAllValues: bool;

  /** Headers as they were when they went on, for a run that goes on after that; see `header-map.ts`. */
  lastHeaders: usize;

  /** What `coroutine.running()` gives outside of the script's own coroutines, see `coroutine.ts`. */
  thread: usize;

  /** The public keys that were imported, see `envoy/public-key.ts`. */
  keys: usize;

  /** The side call waited for, and how long its reply is. */
  token: u32;
  replyHeaders: u32;
  replySize: u32;

  // While suspended:

  /** Where the suspended run lies (in its own arena), to be used again by the next suspension. */
  parked: usize;
  /** Its arena, as `arenaSave` keeps it: 12 bytes. */
  chunks: usize;
  private arenaTop: usize;
  private arenaEnd: usize;
  /** What Asyncify saved of the Wasm stack. */
  stack: usize;
  stackSize: u32;
  stackCapacity: u32;
  depth: i32;
  /** Next in the bucket of streams, and of side calls. */
  next: Run | null;
  nextCall: Run | null;

  /** Address for `arenaSave` and `arenaLoad`. */
  get arena(): usize {
    return changetype<usize>(this) + offsetof<Run>("chunks");
  }
}

/** The run in progress. */
export const run = changetype<Run>(memory.data(offsetof<Run>(), 8));

let epochs: u32 = 0;
const LAST_EPOCH: u32 = 0xffffff;

/** 1 to 2^24 - 1, which is what a reference to an object can hold. */
export function nextEpoch(): u32 {
  if (epochs == LAST_EPOCH) {
    epochs = 0;
    forgetSnapshots();
  }
  return ++epochs;
}

/** Makes `run` a new one. */
export function begin(context: u32, direction: u32, endOfStream: bool, script: u32): void {
  memory.fill(changetype<usize>(run), 0, offsetof<Run>());
  run.context = context;
  run.direction = direction;
  run.endOfStream = endOfStream;
  run.script = script;
  run.id = run.epoch = nextEpoch();
}
