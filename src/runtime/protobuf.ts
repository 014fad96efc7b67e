// Protocol buffers as they go over the wire: a cursor over the fields of a message, and a writer.
import { Builder } from "./builder";
import { alloc } from "./memory/arena";
import { equal } from "./memory/copy";
import { EMPTY, Str } from "./str";

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const BYTES: u32 = 2;
const FIXED32: u32 = 5;

/** Whether a message read since it was last set to false was malformed. */
export let malformed: bool = false;

export function setMalformed(is: bool): void {
  malformed = is;
}

/** The fields of a message, one after the other. What is malformed ends it. */
// @ts-ignore: decorator
@unmanaged
export class Fields {
  private at: usize;
  private end: usize;
  /** Number of the current field. */
  number: u32;
  /** Its value when it is a number of any kind, raw. */
  raw: u64;
  /** Its bytes when it is a string, bytes or a message. */
  bytes: usize;
  size: u32;

  static of(bytes: usize, size: u32): Fields {
    const self = changetype<Fields>(alloc(offsetof<Fields>()));
    self.at = bytes;
    self.end = bytes + size;
    return self;
  }

  next(): bool {
    if (this.at >= this.end) return false;
    const tag = this.varint();
    if (!(tag >> 3)) return this.fail();
    this.number = <u32>(tag >> 3);
    this.bytes = 0;
    this.size = 0;
    switch (<u32>tag & 7) {
      case VARINT:
        this.raw = this.varint();
        return this.at < this.end || !malformed;
      case FIXED64:
        return this.fixed(8);
      case FIXED32:
        return this.fixed(4);
      case BYTES:
        const size = this.varint();
        if (size > <u64>(this.end - this.at)) break;
        this.bytes = this.at;
        this.size = <u32>size;
        this.at += <usize>size;
        return true;
    }
    return this.fail();
  }

  private fail(): bool {
    this.at = this.end;
    malformed = true;
    return false;
  }

  private fixed(size: u32): bool {
    if (this.end - this.at < size) return this.fail();
    this.raw = size == 8 ? load<u64>(this.at) : <u64>load<u32>(this.at);
    this.at += size;
    return true;
  }

  private varint(): u64 {
    let value: u64 = 0,
      shift: u64 = 0;
    for (; this.at < this.end && shift < 70; shift += 7) {
      const byte = load<u8>(this.at++);
      value |= <u64>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    this.fail();
    return value;
  }

  /** The current field as a string. */
  get text(): Str {
    return this.size ? Str.copyOf(this.bytes, this.size) : EMPTY;
  }

  /** The current field as a message. */
  get message(): Fields {
    return Fields.of(this.bytes, this.size);
  }
}

/** The key and the value of an entry of a map whose values are messages. */
// @ts-ignore: decorator
@unmanaged
export class MapEntry {
  private keyBytes: usize;
  private keySize: u32;
  bytes: usize;
  size: u32;

  static of(field: Fields): MapEntry {
    const self = changetype<MapEntry>(alloc(offsetof<MapEntry>()));
    self.keyBytes = self.bytes = 0;
    self.keySize = self.size = 0;
    for (const part = field.message; part.next(); ) {
      if (part.number == 1) {
        self.keyBytes = part.bytes;
        self.keySize = part.size;
      } else if (part.number == 2) {
        self.bytes = part.bytes;
        self.size = part.size;
      }
    }
    return self;
  }

  get key(): Str {
    return this.keySize ? Str.copyOf(this.keyBytes, this.keySize) : EMPTY;
  }

  isNamed(key: Str): bool {
    return this.keySize == key.byteLength && equal(this.keyBytes, key.bytes, this.keySize);
  }
}

/** The entry `key` of the map in field `number` of `message`; the last one counts. */
export function findEntry(message: Fields, number: u32, key: Str): MapEntry | null {
  let found: MapEntry | null = null;
  while (message.next()) {
    if (message.number != number) continue;
    const entry = MapEntry.of(message);
    if (entry.isNamed(key)) found = entry;
  }
  return found;
}

// ------------------------------------------------------------------------------------------------ writing

function addVarint(to: Builder, value: u64): void {
  for (; value > 0x7f; value >>= 7) to.addByte((<u32>value & 0x7f) | 0x80);
  to.addByte(<u32>value);
}

export function addNumber(to: Builder, field: u32, value: u64): void {
  addVarint(to, <u64>(field << 3) | VARINT);
  addVarint(to, value);
}

export function addDouble(to: Builder, field: u32, value: f64): void {
  addVarint(to, <u64>(field << 3) | FIXED64);
  store<f64>(to.reserve(8), value);
  to.end += 8;
}

export function addText(to: Builder, field: u32, text: Str): void {
  addVarint(to, <u64>(field << 3) | BYTES);
  addVarint(to, text.byteLength);
  to.add(text);
}
