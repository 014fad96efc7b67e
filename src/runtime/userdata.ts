/**
 * What the Envoy API and the coroutine library hand to a script. An Envoy object takes no memory: all it needs to know is in the reference
 * itself, whose lowest bit is set, which that of an object in memory never is (those are coroutines):
 *
 *     [epoch 24 bits][kind 7 bits][1]
 *
 * `epoch` tells when it was handed out (see `envoy/object.ts`); two references are the same object when they are the same number.
 */
// @ts-ignore: decorator
@unmanaged
export class Userdata {
  /** A reference to an Envoy object. `kind`: 1 to 126. */
  // @ts-ignore: decorator
  @inline
  static of<T extends Userdata>(kind: u32, epoch: u32): T {
    return changetype<T>(<usize>((epoch << 8) | (kind << 1) | 1));
  }

  /** Whether it lies in memory, to be kept and marked by the heap. */
  // @ts-ignore: decorator
  @inline
  get inMemory(): bool {
    return !(changetype<usize>(this) & 1);
  }

  get isThread(): bool {
    return this.inMemory;
  }

  // @ts-ignore: decorator
  @inline
  get kind(): u32 {
    return this.inMemory ? THREAD_KIND : (changetype<u32>(this) >> 1) & 0x7f;
  }

  // @ts-ignore: decorator
  @inline
  get epoch(): u32 {
    return changetype<u32>(this) >> 8;
  }
}

/** The kind of what is nothing but itself, a light userdata without methods: `cjson.null`. */
export const LIGHT_KIND: u32 = 126;

/** The kind of a coroutine, whose type is `thread`, not `userdata`. */
export const THREAD_KIND: u32 = 127;
