// Nothing traps: too deep and too large are Lua errors, after which the module goes on working.
import { describe, expect, test } from "vitest";
import { guest } from "./guest.js";

const PROGRAM = `
  type Fn = (self: lua.Closure, count: i32, a: Value, b: Value, c: Value) => Value;
  function make(f: Fn): Value { return lua.fn(lua.Closure.create(f.index)); }
  const X = Str.of("x"), INDEX = Str.of("__index"), CALL = Str.of("__call"), LT = Str.of("__lt"), TOSTRING = Str.of("__tostring");
  let f: Value = lua.nil;
  let reached: i32 = 0;
  function count(): Value { reached++; return lua.nil; }

  const plain: Fn = (self, count_, a, b, c) => { count(); return lua.return1(lua.call1(lua.fn(self), a, 3, "local 'f'") + 1); };
  const many: Fn = (self, count_, a, b, c) => {
    count();
    const list = lua.Values.create(5).add(a).add(a).add(a).add(a).add(a);
    return lua.return1(lua.callMany(lua.fn(self), list, 3, "local 'f'") + 1);
  };
  const guarded: Fn = (self, count_, a, b, c) => { count(); const ok = lua.pcall(lua.fn(self), 1, a); if (!ok) lua.throwError(lua.result(2)); return lua.return0(); };
  const indexing: Fn = (self, count_, a, b, c) => { count(); return lua.return1(lua.index(a, b, 3, "") + 1); };
  const calling: Fn = (self, count_, a, b, c) => { count(); return lua.return1(lua.call0(a, 3, "") + 1); };
  const comparing: Fn = (self, count_, a, b, c) => { count(); return lua.return1(lua.boolean(lua.less(a, b, 3)) + 1); };
  const showing: Fn = (self, count_, a, b, c) => { count(); return lua.return1(lua.tostringValue(a, 3) + 1); };
  function direct(n: f64): f64 { count(); lua.enter(3); return lua.leaving(direct(n + 1) * 2); }

  function object(event: Str, handler: Fn): Value {
    const m = lua.Table.create(0, 1); m.setString(event, make(handler));
    return lua.setmetatable(lua.Table.create(0, 0), lua.table(m), 1);
  }
  function recurse(kind: usize): void {
    switch (<u32>kind) {
      case 0: lua.call1(make(plain), lua.nil, 1, ""); break;
      case 1: lua.call1(make(many), lua.nil, 1, ""); break;
      case 2: lua.call1(make(guarded), lua.nil, 1, ""); break;
      case 3: lua.indexString(object(INDEX, indexing), X, 1, ""); break;
      case 4: lua.call0(object(CALL, calling), 1, ""); break;
      case 5: lua.less(object(LT, comparing), lua.nil, 1); break;
      case 6: lua.tostring(object(TOSTRING, showing), 1); break;
      case 7: direct(1); break;
    }
  }
  export function overflow(kind: u32): Value { reached = 0; return lua.protect(recurse.index, kind) ? lua.caught : lua.nil; }
  export function levels(): i32 { return reached; }
  lua.setChunkName(Str.of("f"));

  let keep: Value = lua.nil;
  function fill(kind: usize): void {
    let s = Str.of("x"), t = lua.Table.create(0, 0);
    switch (<u32>kind) {
      case 0: for (;;) s = lua.concat2(s, s);
      case 1: for (let i: f64 = 1; ; i++) t.setNumber(i, lua.True);
      case 2: for (let i: f64 = 1; ; i++) t.setNumber(i * 1.5, lua.True);
      case 3: for (;;) { const next = lua.Table.create(2, 2); next.append(lua.table(t)); t = next; }
      case 4: for (let l = lua.Values.create(1); ; ) l = l.add(lua.nil);
      case 5: for (let i: f64 = 1; ; i++) t.append(lua.string(lua.numberToString(i)));
      case 6: lua.Table.create(0x7fffffff, 0);
      case 7: lua.Table.create(0, 0x7fffffff);
      case 8: Str.alloc(0xffffffff);
      case 9: Str.alloc(0x7ffffeff);
      case 10: for (;;) make(plain);
    }
  }
  export function exhaust(kind: u32): Value { return lua.protect(fill.index, kind) ? lua.caught : lua.nil; }

  export function works(): f64 {
    const t = lua.Table.create(0, 0);
    for (let i: f64 = 1; i <= 1000; i++) { t.setNumber(i, lua.number(i)); t.set(lua.string(lua.numberToString(i)), lua.number(i), 0); }
    let sum: f64 = 0;
    for (const entry = lua.pairsOf(t); entry.next(); ) sum += lua.toNumber(entry.value);
    return sum;
  }
  import { arenaRelease, arenaSave } from "./runtime/memory/arena";
  /** The callback ends: its arena is freed, and the heap collected when that is due. */
  export function endCallback(): void { arenaRelease(); lua.collectWhenDue(); }
`;

const SUM = 1000 * 1001;

describe.each([
  { stateful: false, yields: false },
  { stateful: true, yields: false },
  { stateful: true, yields: true },
])("stateful $stateful, yields $yields", (options) => {
  test.each([0, 1, 2, 3, 4, 5, 6, 7])("recursion of kind %i is a Lua error", async (kind) => {
    const machine = await guest(PROGRAM, { ...options, metatables: true });
    for (let round = 0; round < 3; round++) {
      expect(machine.value("overflow", kind)).toMatch(/^(f:\d: )?stack overflow$/);
      expect(machine.call("levels")).toBeGreaterThan(600);
      expect(machine.call("works")).toBe(SUM);
    }
  });

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])("exhausting memory, kind %i, is a Lua error", async (kind) => {
    const machine = await guest(PROGRAM, { ...options, metatables: true, maximumPages: 160 });
    for (let round = 0; round < 3; round++) {
      expect(machine.value("exhaust", kind)).toBe("not enough memory");
      machine.call("endCallback");
      expect(machine.call("works")).toBe(SUM);
      machine.call("endCallback");
    }
  });
});
