// The collected heap (STATEFUL=1) and the variables of several root contexts.
import fc from "fast-check";
import { expect, test } from "vitest";
import { type Guest, guest } from "./guest.js";

const PROGRAM = `
  import { arenaRelease } from "./runtime/memory/arena";
  import { allocated } from "./runtime/memory/heap";

  @unmanaged class Pair extends lua.Closure { first: Value; second: lua.Box<Value>; name: Str; }

  // The script's module-level variables.
  let count: f64 = 0;
  let flag: bool = false;
  let text: Str | null = null;
  let any: Value = lua.nil;
  let names: lua.Table = changetype<lua.Table>(0);
  let f: lua.Closure = changetype<lua.Closure>(0);
  let boxed: lua.Box<Str> = changetype<lua.Box<Str>>(0);
  let list: lua.Values = changetype<lua.Values>(0);
  function visit(s: lua.State): void {
    count = s.number(count); flag = s.boolean(flag); text = s.optionalString(text); any = s.value(any);
    names = s.table(names); f = s.closure(f); boxed = s.object(boxed); list = s.object(list);
  }
  lua.setVisitor(visit.index);

  export function fill(n: f64, s: Str): void {
    count = n; flag = true; text = lua.retainString(s); any = lua.retain(lua.string(s));
    names = lua.Table.create(0, 0);
    for (let i: f64 = 1; i <= n; i++) names.set(lua.string(lua.concat2(s, lua.numberToString(i))), lua.string(lua.numberToString(i)), 0);
    const pair = lua.closure<Pair>(call.index);
    pair.first = lua.retain(lua.string(lua.concat2(s, s)));
    pair.second = lua.box<Value>(lua.string(lua.concat3(s, s, s)));
    pair.name = lua.retained(lua.concat2(s, Str.of("!")));
    f = pair;
    boxed = lua.box<Str>(lua.concat2(Str.of("boxed "), s));
    list = lua.Values.create(0).add(lua.retain(lua.string(lua.concat2(Str.of("listed "), s))));
  }
  function call(self: Pair, n: i32, a: Value, b: Value, c: Value): Value {
    return lua.return1(lua.string(lua.concat5(lua.toStr(self.first), Str.of(" "), lua.toStr(self.second.value), Str.of(" "), self.name)));
  }
  const NOTHING = Str.of("-");
  /** Everything that the variables hold, in one string. */
  export function dump(): Str {
    let s = lua.concat4(lua.numberToString(count), Str.of(" "), lua.tostring(lua.boolean(flag)), Str.of(" "));
    s = lua.concat5(s, text ? text! : NOTHING, Str.of(" "), lua.tostring(any), Str.of(" "));
    if (changetype<usize>(names)) for (const e = lua.pairsOf(names); e.next(); ) s = lua.concat4(s, lua.toStr(e.key), lua.toStr(e.value), Str.of(" "));
    if (changetype<usize>(f)) s = lua.concat2(s, lua.toStr(lua.call0(lua.fn(f), 1, "")));
    if (changetype<usize>(boxed)) s = lua.concat5(s, Str.of(" "), boxed.value, Str.of(" "), lua.tostring(list.at(1)));
    return s;
  }
  export function switchRoot(context: u32): void { lua.switchRoot(context); }
  export function closeRoot(context: u32): void { lua.closeRoot(context); }
  export function collect(): void { arenaRelease(); lua.collect(); }
  export function endCallback(): void { arenaRelease(); lua.collectWhenDue(); }
  export function pages(): i32 { return memory.size(); }

  // A stack of a suspended stream.
  const stack = memory.data(64, 8);
  function roots(): void { lua.addRootRange(stack, stack + 64); }
  lua.setRoots(roots.index);
  export function push(slot: u32, offset: u32): void {
    const t = lua.Table.create(0, 0); t.setString(Str.of("here"), lua.string(lua.concat2(Str.of("still "), Str.of("here"))));
    store<usize>(stack + (slot << 2), changetype<usize>(t) + offset);
  }
  export function pushed(slot: u32, offset: u32): Value { return changetype<lua.Table>(load<usize>(stack + (slot << 2)) - offset).getString(Str.of("here")); }
  export function drop(slot: u32): void { store<usize>(stack + (slot << 2), 0); }
  /** Words that look like addresses but are none of an object. */
  export function pushAnything(word: u32): void { store<u32>(stack + 60, word); }

  export function garbage(n: u32, size: u32): void {
    for (let i: u32 = 0; i < n; i++) {
      const t = lua.Table.create(size, size);
      t.append(lua.string(lua.concat2(Str.of("x"), lua.numberToString(i))));
      for (let j: u32 = 0; j < size; j++) t.set(lua.number(j * 1.5), lua.table(t), 0);
      lua.box<Value>(lua.table(t)); lua.closure<Pair>(call.index); lua.Values.create(size).add(lua.table(t));
    }
  }

  // A graph of tables that only \`any\` keeps, for comparison with a model.
  export function graph(nodes: u32): void {
    const all = lua.Table.create(0, 0);
    for (let i: f64 = 1; i <= <f64>nodes; i++) all.setNumber(i, lua.table(lua.Table.create(0, 0)));
    any = lua.table(all);
  }
  function node(i: f64): lua.Table { return lua.toTable(lua.toTable(any).getNumber(i)); }
  export function link(from: f64, key: Str, to: f64): void { node(from).setString(key, lua.table(node(to))); }
  export function label(at: f64, key: Str, value: Str): void { node(at).setString(key, lua.string(value)); }
  export function unlink(at: f64, key: Str): void { node(at).setString(key, lua.nil); }
  export function replace(at: f64): void { lua.toTable(any).setNumber(at, lua.table(lua.Table.create(0, 0))); }
  export function follow(from: f64, key: Str): Value { return node(from).getString(key); }
  /** A chain too deep for any stack. */
  export function chain(length: u32): void {
    any = lua.nil;
    for (let i: u32 = 0; i < length; i++) { const t = lua.Table.create(1, 0); t.append(any); any = lua.table(t); }
  }
  export function chainLength(): u32 { let n: u32 = 0; for (let v = any; v != lua.nil; v = lua.toTable(v).at(1)) n++; return n; }
`;

const start = () => guest(PROGRAM, { stateful: true, metatables: true, maximumPages: 2000 });
const fill = (machine: Guest, n: number, s: string) => machine.exports.fill!(n, machine.put(s));
const dump = (machine: Guest) => machine.text("dump");
const filled = (n: number, s: string) =>
  `${n} true ${s} ${s} ${Array.from({ length: n }, (_, i) => `${s}${i + 1}${i + 1} `).join("")}${s}${s} ${s}${s}${s} ${s}! boxed ${s} listed ${s}`;

test("what variables refer to survives, with the stream's arena gone", async () => {
  const machine = await start();
  fill(machine, 40, "some text");
  for (let round = 0; round < 5; round++) {
    machine.call("collect");
    machine.call("garbage", 2000, 6);
    expect(dump(machine)).toBe(filled(40, "some text"));
  }
});

test("memory does not grow with garbage", async () => {
  const machine = await start();
  fill(machine, 10, "kept");
  const round = (size: number) => {
    for (let i = 0; i < 20; i++) {
      machine.call("garbage", size > 100 ? 20 : 300, size);
      machine.call("endCallback");
    }
  };
  for (const size of [0, 3, 40, 700, 5000]) {
    round(size);
    const pages = machine.call("pages");
    for (let i = 0; i < 4; i++) round(size);
    expect(machine.call("pages")).toBeLessThanOrEqual(pages * 1.2);
  }
  expect(dump(machine)).toBe(filled(10, "kept"));
});

test("a word in a suspended stack keeps its object, wherever in the object it points", async () => {
  const machine = await start();
  for (const offset of [0, 4, 8, 36]) {
    machine.call("push", 3, offset);
    for (let round = 0; round < 3; round++) {
      machine.call("collect");
      machine.call("garbage", 500, 4);
    }
    expect(machine.value("pushed", 3, offset)).toBe("still here");
  }
  machine.call("drop", 3);
});

test("any word at all may lie in a suspended stack", async () => {
  const machine = await start();
  fill(machine, 5, "kept");
  machine.call("garbage", 2000, 5);
  const end = machine.call("pages") * 65536;
  const words = [1, 7, 8, 65535, 65536, end - 1, end, end + 65536, 0xffffffff, 0xfffd0000];
  for (let address = 0; address < end; address += 1237) words.push(address);
  for (const word of words) {
    machine.call("pushAnything", word);
    if (word % 16 === 5) machine.call("garbage", 20, 5);
    machine.call("collect");
  }
  expect(dump(machine)).toBe(filled(5, "kept"));
});

test("a chain of a million tables is marked and freed", async () => {
  const machine = await start();
  machine.call("chain", 1_000_000);
  machine.call("collect");
  machine.call("garbage", 1000, 5);
  expect(machine.call("chainLength")).toBe(1_000_000);
  machine.call("chain", 0);
  machine.call("collect");
  const pages = machine.call("pages");
  machine.call("chain", 900_000);
  expect(machine.call("pages")).toBe(pages);
});

test("objects and links between them as in a model, collected at any moment", async () => {
  const machine = await start();
  const NODES = 12;
  const at = fc.integer({ min: 1, max: NODES });
  const key = fc.constantFrom("a", "b", "left", "right", "a longer key than fits a word");
  const step = fc.oneof(
    fc.record({ do: fc.constant("link" as const), at, key, to: at }),
    fc.record({ do: fc.constant("label" as const), at, key, text: fc.string({ maxLength: 40, unit: "binary-ascii" }) }),
    fc.record({ do: fc.constant("unlink" as const), at, key }),
    fc.record({ do: fc.constant("replace" as const), at }),
    fc.record({ do: fc.constant("collect" as const) }),
    fc.record({ do: fc.constant("garbage" as const) }),
  );
  type Node = Map<string, Node | string>;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      machine.call("graph", NODES);
      const model: Node[] = Array.from({ length: NODES + 1 }, () => new Map());
      for (const s of steps) {
        if (s.do === "collect") machine.call("collect");
        else if (s.do === "garbage") machine.call("garbage", 30, 4);
        else if (s.do === "replace") {
          machine.call("replace", s.at);
          model[s.at] = new Map();
        } else if (s.do === "link") {
          machine.call("link", s.at, machine.put(s.key), s.to);
          model[s.at]!.set(s.key, model[s.to]!);
        } else if (s.do === "label") {
          machine.call("label", s.at, machine.put(s.key), machine.put(s.text));
          model[s.at]!.set(s.key, s.text);
        } else {
          machine.call("unlink", s.at, machine.put(s.key));
          model[s.at]!.delete(s.key);
        }
      }
      machine.call("collect");
      for (let i = 1; i <= NODES; i++) {
        for (const k of ["a", "b", "left", "right", "a longer key than fits a word"]) {
          const expected = model[i]!.get(k);
          const actual = machine.value("follow", i, machine.put(k));
          if (typeof expected === "string" || expected === undefined) expect(actual).toBe(expected ?? null);
          else expect(actual).toMatchObject({ type: "table" });
        }
      }
    }),
    { numRuns: 150 },
  );
});

test("each root context has variables of its own", async () => {
  const machine = await start();
  const empty = "0 false - nil ";
  machine.call("switchRoot", 1);
  fill(machine, 3, "one");
  machine.call("switchRoot", 2);
  expect(dump(machine)).toBe(empty);
  fill(machine, 4, "two");
  machine.call("switchRoot", 3);
  for (let round = 0; round < 3; round++) {
    machine.call("collect");
    machine.call("garbage", 2000, 5);
  }
  expect(dump(machine)).toBe(empty);
  machine.call("switchRoot", 1);
  expect(dump(machine)).toBe(filled(3, "one"));
  machine.call("switchRoot", 2);
  expect(dump(machine)).toBe(filled(4, "two"));
  machine.call("closeRoot", 2);
  machine.call("closeRoot", 3);
  machine.call("switchRoot", 4);
  expect(dump(machine)).toBe(empty);
  machine.call("switchRoot", 1);
  machine.call("collect");
  expect(dump(machine)).toBe(filled(3, "one"));
});
