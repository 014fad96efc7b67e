import fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { type Guest, type GuestValue, guest } from "./guest.js";

const PROGRAM = `
  let t: lua.Table = changetype<lua.Table>(0);
  let cursor: Value = lua.nil;
  export function create(array: u32, nodes: u32): void { t = lua.Table.create(array, nodes); }
  export function get(key: Value): Value { return t.get(key); }
  export function set(key: Value, value: Value): void { t.set(key, value, 7); }
  export function append(value: Value): void { t.append(value); }
  export function length(): f64 { return t.length; }
  export function next(key: Value): Value { return lua.next(t, key); }
  export function nextValue(): Value { return lua.result(2); }
  let walk: lua.Pairs = changetype<lua.Pairs>(0);
  export function pairs(): void { walk = lua.pairsOf(t); }
  export function step(): Value { return walk.next() ? walk.key : lua.nil; }
  export function stepValue(): Value { return walk.value; }

  let key: Value = lua.nil;
  function setKey(argument: usize): void { t.set(key, lua.True, <i32>argument); }
  function nextKey(argument: usize): void { lua.next(t, key); }
  export function errorOfSet(k: Value): Value { key = k; return lua.protect(setKey.index, 7) ? lua.caught : lua.nil; }
  export function errorOfNext(k: Value): Value { key = k; return lua.protect(nextKey.index, 0) ? lua.caught : lua.nil; }
`;

type Key = string | number | boolean;

class LuaTable {
  constructor(readonly guest: Guest) {
    guest.call("create", 0, 0);
  }
  set(key: Key, value: GuestValue): void {
    this.guest.exports.set!(this.guest.box(key), this.guest.box(value as number));
  }
  get(key: Key): GuestValue {
    return this.guest.value("get", this.guest.box(key));
  }
  get length(): number {
    return this.guest.call("length");
  }
  *entries(): Generator<[Key, GuestValue]> {
    for (let key: GuestValue = null; ; ) {
      key = this.guest.value("next", this.guest.box(key as Key | null));
      if (key === null) return;
      yield [key as Key, this.guest.value("nextValue")];
    }
  }
  *pairs(): Generator<[Key, GuestValue]> {
    this.guest.call("pairs");
    for (let key = this.guest.value("step"); key !== null; key = this.guest.value("step"))
      yield [key as Key, this.guest.value("stepValue")];
  }
}

describe.each([{ stateful: false }, { stateful: true }])("tables, $stateful", (options) => {
  let t: LuaTable;
  beforeEach(async () => {
    t = new LuaTable(await guest(PROGRAM, options));
  });

  test("keys are equal by type and value", () => {
    t.set(1, "number");
    t.set("1", "string");
    t.set(true, "boolean");
    t.set(-0, "zero");
    expect([t.get(1), t.get("1"), t.get(true), t.get(0), t.get(false), t.get(2), t.get(Number.NaN)]).toEqual([
      "number",
      "string",
      "boolean",
      "zero",
      null,
      null,
      null,
    ]);
  });

  test("numbers that are no array index", () => {
    const keys = [0, -1, 1.5, 2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 53, -(2 ** 31), 1e300, Infinity, -Infinity];
    for (const key of keys) t.set(key, key);
    for (const key of keys) expect(t.get(key)).toBe(key);
    expect(t.length).toBe(0);
  });

  test("traversal: the array, then the others as they were inserted", () => {
    for (const key of ["z", 2, "a", 1, -5, 3, true]) t.set(key, key);
    const expected = [1, 2, 3, "z", "a", -5, true].map((key) => [key, key]);
    expect([...t.entries()]).toEqual(expected);
    expect([...t.pairs()]).toEqual(expected);
  });

  test("everything can be set to nil during a traversal", () => {
    const keys = ["x", 3, 7, 1, 2, "y", 6, 5, 4, 100];
    for (const walk of ["entries", "pairs"] as const) {
      for (const key of keys) t.set(key, "old");
      for (const key of [3, 7, 2]) t.set(key, null);
      for (const key of [7, 2, 3]) t.set(key, "again");
      const seen: Key[] = [];
      for (const [key] of t[walk]()) {
        seen.push(key);
        t.set(key, null);
      }
      expect(seen.map(String).sort()).toEqual(keys.map(String).sort());
      expect([...t.entries()]).toEqual([]);
      expect(t.length).toBe(0);
    }
  });

  test("pairs ends although keys are added on the way", () => {
    t.set(1, "a");
    t.set("k", "b");
    let steps = 0;
    for (const [key] of t.pairs()) {
      t.set(`${key}x`, 1);
      t.set(t.length + 1, 1);
      if (++steps > 10) break;
    }
    expect(steps).toBeLessThanOrEqual(4);
  });

  test("the length of constructors with holes, as measured in LuaJIT", () => {
    const length = (...values: (number | null)[]) => {
      t.guest.call("create", values.length, 0);
      for (const value of values) t.guest.exports.append!(t.guest.box(value));
      return t.length;
    };
    expect(length(1, 2, null, 4)).toBe(4);
    expect(length(null, null, 3)).toBe(3);
    expect(length(1, 2, 3, null)).toBe(3);
    expect(length(null)).toBe(0);
    expect(length()).toBe(0);
  });

  test("what cannot be a key", () => {
    t.set("there", 1);
    const error = (name: string, key: Key | null) => t.guest.value(name, t.guest.box(key));
    expect(error("errorOfSet", null)).toBe("?:7: table index is nil");
    expect(error("errorOfSet", Number.NaN)).toBe("?:7: table index is NaN");
    expect(error("errorOfNext", "absent")).toBe("invalid key to 'next'");
    expect(error("errorOfNext", 5)).toBe("invalid key to 'next'");
    expect(error("errorOfNext", "there")).toBe(null);
  });

  test("behaves like a map, with a border for length, whatever is done", () => {
    const key = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: -1, max: 20 }) },
      { weight: 2, arbitrary: fc.constantFrom("a", "b", "ab", "", "a-key-that-is-longer") },
      { weight: 1, arbitrary: fc.oneof(fc.boolean(), fc.double({ noNaN: true }), fc.integer()) },
    );
    const step = fc.tuple(key, fc.option(fc.integer({ min: 0, max: 9 }), { nil: null, freq: 3 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        t.guest.call("create", 0, 0);
        const model = new Map<Key, number>();
        for (const [k, value] of steps) {
          t.set(k, value);
          if (value === null) model.delete(k === 0 ? 0 : k);
          else model.set(k === 0 ? 0 : k, value);
          const n = t.length;
          expect(n === 0 || model.has(n)).toBe(true);
          expect(model.has(n + 1)).toBe(false);
        }
        for (const [k, value] of model) expect(t.get(k)).toBe(value);
        const order = (entries: Iterable<[Key, GuestValue]>) =>
          [...entries].map(([k, v]) => `${typeof k}:${k}=${v}`).sort();
        expect(order(t.entries())).toEqual(order(model));
        expect([...t.pairs()]).toEqual([...t.entries()]);
      }),
      { numRuns: 300 },
    );
  });
});
