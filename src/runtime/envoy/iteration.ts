// Whether a map is being iterated: from `pairs(map)` to the end of the loop; a `break` leaves it open until the run is suspended.
import { run } from "../run";

/** For each kind of object the epoch in which an iteration was begun and not completed. */
// @ts-ignore: decorator
@lazy const open: usize = memory.data(32 * 4, 4);

export function isIterating(kind: u32): bool {
  return load<u32>(open + (kind << 2)) == run.epoch;
}

export function beginIteration(kind: u32): void {
  store<u32>(open + (kind << 2), run.epoch);
}

export function endIteration(kind: u32): void {
  store<u32>(open + (kind << 2), 0);
}
