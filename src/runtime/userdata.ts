/**
 * What the Envoy API, the coroutine library and `newproxy` hand to a script. An Envoy object takes no memory: all it needs to know is in the reference
 * itself, whose lowest bit is set, which that of an object in memory never is (those are coroutines and proxies):
 *
 *     [epoch 24 bits][kind 7 bits][1]
 *
 * `epoch` tells when it was handed out (see `envoy/object.ts`); two references are the same object when they are the same number.
 */
// @ts-ignore: decorator
@unmanaged
export class Userdata {
  /** A reference to an Envoy object. `kind`: 1 to 126, without `PROXY_KIND`. */
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
    return this.inMemory && !this.isProxy;
  }

  get isProxy(): bool {
    return this.inMemory && load<u32>(changetype<usize>(this)) == PROXY_MARK;
  }

  // @ts-ignore: decorator
  @inline
  get kind(): u32 {
    return this.inMemory ? (this.isProxy ? PROXY_KIND : THREAD_KIND) : (changetype<u32>(this) >> 1) & 0x7f;
  }

  // @ts-ignore: decorator
  @inline
  get epoch(): u32 {
    return changetype<u32>(this) >> 8;
  }
}

/** The first word of a proxy; that of a coroutine is small. */
export const PROXY_MARK: u32 = 0xfffffffd;

/** The kind of what `newproxy` makes: userdata with a metatable of the script's. */
export const PROXY_KIND: u32 = 125;

/** The kind of what is nothing but itself, a light userdata without methods: `cjson.null`. */
export const LIGHT_KIND: u32 = 126;

/** The kind of a coroutine, whose type is `thread`, not `userdata`. */
export const THREAD_KIND: u32 = 127;
