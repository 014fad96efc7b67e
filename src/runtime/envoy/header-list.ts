// Headers that a script hands over as a table, `{[":path"] = "/", ["x-many"] = {"a", "b"}}`, in the form that host calls take:
//
//     [count] [key size, value size] …  key NUL value NUL  key NUL value NUL …
import { cString } from "../c-string";
import { checkString } from "../check";
import { raiseText } from "../error";
import { canonical } from "../header-map";
import { alloc } from "../memory/arena";
import { copy } from "../memory/copy";
import { Str } from "../str";
import { Table } from "../table";
import { isNumber, isTable, toTable } from "../value";
import { numbered } from "./argument";

// @ts-ignore: decorator
@unmanaged
class Entry {
  key: Str;
  value: Str;
  next: Entry | null;
}

// @ts-ignore: decorator
@unmanaged
export class HeaderList {
  private first: Entry | null;
  private last: Entry | null;
  private count: u32;
  /** Bytes of keys and values, with their NULs. */
  private bytes: u32;

  static create(): HeaderList {
    const self = changetype<HeaderList>(alloc(offsetof<HeaderList>()));
    self.first = self.last = null;
    self.count = self.bytes = 0;
    return self;
  }

  /**
   * All of `table`, names in lower case. What is no string raises as an argument of `name`, numbered by its place on Lua's stack (where the
   * object counts): behind the `passed` arguments lie the key and the value.
   */
  static fromTable(table: Table, passed: i32, name: string, line: i32): HeaderList {
    const self = HeaderList.create();
    for (let place = table.seek(1); place; place = table.seek(place + 1)) {
      const boxed = table.keyAt(place),
        key = canonical(NO_REQUEST, cString(checkString(boxed, numbered(passed + 2, line), name, line)));
      const value = table.valueAt(place);
      if (isTable(value)) self.addAll(key, toTable(value), passed + 5, name, line);
      else self.add(key, cString(checkString(value, numbered(passed + 3, line), name, line)));
      // The binding turns the key into a string in place, from which Lua's traversal cannot go on.
      if (isNumber(boxed)) raiseText("invalid key to 'next'", 0);
    }
    return self;
  }

  private addAll(key: Str, values: Table, n: i32, name: string, line: i32): void {
    for (let place = values.seek(1); place; place = values.seek(place + 1)) {
      this.add(key, cString(checkString(values.valueAt(place), numbered(n, line), name, line)));
    }
  }

  add(key: Str, value: Str): void {
    const entry = changetype<Entry>(alloc(offsetof<Entry>()));
    entry.key = key;
    entry.value = value;
    entry.next = null;
    const last = this.last;
    if (last) last.next = entry;
    else this.first = entry;
    this.last = entry;
    this.count++;
    this.bytes += key.byteLength + value.byteLength + 2;
  }

  /** The last value of `key`; null when there is none. */
  find(key: Str): Str | null {
    let found: Str | null = null,
      entry = this.first;
    while (entry) {
      if (entry.key == key) found = entry.value;
      entry = entry.next;
    }
    return found;
  }

  /** How many values `key` has. */
  valuesOf(key: Str): u32 {
    let count: u32 = 0,
      entry = this.first;
    while (entry) {
      if (entry.key == key) count++;
      entry = entry.next;
    }
    return count;
  }

  /** The list without `key`. */
  without(key: Str): HeaderList {
    const list = HeaderList.create();
    let entry = this.first;
    while (entry) {
      if (entry.key != key) list.add(entry.key, entry.value);
      entry = entry.next;
    }
    return list;
  }

  serialize(): Str {
    const count = this.count,
      s = Str.alloc(4 + (<usize>count << 3) + this.bytes);
    store<u32>(s.bytes, count);
    let sizes = s.bytes + 4,
      at = sizes + (<usize>count << 3);
    let entry = this.first;
    while (entry) {
      store<u32>(sizes, entry.key.byteLength);
      store<u32>(sizes, entry.value.byteLength, 4);
      sizes += 8;
      at = putTerminated(putTerminated(at, entry.key), entry.value);
      entry = entry.next;
    }
    return s;
  }
}

/** For `canonical`: `host` stays what it is. */
const NO_REQUEST: u32 = 2;

function putTerminated(to: usize, s: Str): usize {
  copy(to, s.bytes, s.byteLength);
  store<u8>(to + s.byteLength, 0);
  return to + s.byteLength + 1;
}
