// A string that grows at its end. It lies in the arena and grows in place as long as nothing else is allocated.
import { alloc, trim } from "./memory/arena";
import { copy, copyWord } from "./memory/copy";
import { EMPTY, Str } from "./str";

const OVERRUN: usize = 8;

// @ts-ignore: decorator
@unmanaged
export class Builder {
  /** Where the next byte goes. */
  end: usize;
  /** As far as it may go. Copies of eight bytes at a time run over, so that the block goes on for `OVERRUN` bytes. */
  private limit: usize;
  private buffer: Str;

  static create(capacity: usize): Builder {
    const builder = changetype<Builder>(alloc(offsetof<Builder>()));
    builder.buffer = Str.alloc(capacity + OVERRUN);
    builder.end = builder.buffer.bytes;
    builder.limit = builder.end + capacity;
    return builder;
  }

  get length(): usize {
    return this.end - this.buffer.bytes;
  }

  /** Room for `count` more bytes (and 8 to run over); the caller writes them at the address returned and moves `end`. */
  // @ts-ignore: decorator
  @inline
  reserve(count: usize): usize {
    if (this.limit - this.end < count) this.grow(count);
    return this.end;
  }

  // @ts-ignore: decorator
  @inline
  addByte(byte: u32): void {
    store<u8>(this.reserve(1), byte);
    this.end++;
  }

  addBytes(from: usize, count: usize): void {
    copyWord(this.reserve(count), from, count);
    this.end += count;
  }

  // @ts-ignore: decorator
  @inline
  add(s: Str): void {
    this.addBytes(s.bytes, s.byteLength);
  }

  addRepeated(byte: u8, count: i32): void {
    if (count <= 0) return;
    memory.fill(this.reserve(count), byte, count);
    this.end += count;
  }

  /** What has been added, as a string; nothing may be added afterwards. */
  finish(): Str {
    const text = this.buffer, length = this.length;
    if (!length) return EMPTY;
    store<u64>(changetype<usize>(text), <u64>length);
    if (alloc(0) == this.blockEnd) trim(this.end);
    return text;
  }

  private get blockEnd(): usize {
    return (this.limit + OVERRUN + 7) & ~7;
  }

  private grow(count: usize): void {
    const length = this.length, needed = length + count, capacity = max(needed, 2 * (this.limit - this.buffer.bytes));
    const blockEnd = this.blockEnd, more = capacity - length;
    if (alloc(0) == blockEnd && alloc(more) == blockEnd) {
      this.limit = blockEnd + more - OVERRUN;
      return;
    }
    const text = Str.alloc(capacity + OVERRUN);
    copy(text.bytes, this.buffer.bytes, length);
    this.buffer = text;
    this.end = text.bytes + length;
    this.limit = text.bytes + capacity;
  }
}
