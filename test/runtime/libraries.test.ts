import fc from "fast-check";
import { expect, test } from "vitest";
import { LibraryGuest, type LuaValue } from "./library-guest.js";
import { type Call, differences, run, sample } from "./oracle-comparison.js";

const guest = await LibraryGuest.of([
  ...["abs", "ceil", "floor", "sqrt", "deg", "rad", "fmod", "ldexp", "frexp", "modf", "max", "min", "random"].map(
    (name) => `math.${name}`,
  ),
  ...["tobit", "bnot", "bswap", "lshift", "rshift", "arshift", "rol", "ror", "band", "bor", "bxor", "tohex"].map(
    (name) => `bit.${name}`,
  ),
  ...["date", "time", "difftime"].map((name) => `os.${name}`),
  ...["concat", "insert", "remove", "sort", "maxn", "unpack", "pack", "move", "getn", "foreach", "foreachi"].map(
    (name) => `table.${name}`,
  ),
]);

const call = (name: fc.Arbitrary<string>, ...args: fc.Arbitrary<LuaValue>[]): fc.Arbitrary<Call> =>
  fc.record({ name, args: fc.tuple(...args) });
const some = (library: string, names: string) =>
  fc.constantFrom(...names.split(" ").map((name) => `${library}.${name}`));

const small = fc.integer({ min: -6, max: 9 });
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.double({ min: -100, max: 100 }),
  fc.constantFrom(
    0,
    -0,
    0.5,
    -0.5,
    1.5,
    2.5,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    -(2 ** 31),
    1e300,
    5e-324,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ),
);
const numeric = fc.oneof({ weight: 12, arbitrary: number }, fc.constantFrom<LuaValue>("10", " 0x10 ", "x", null, true));

const mathCall = fc.oneof(
  call(some("math", "abs ceil floor sqrt deg rad frexp modf"), number),
  call(some("math", "abs ceil floor sqrt frexp modf"), numeric),
  call(some("math", "fmod ldexp max min"), number, number),
  call(some("math", "ldexp"), number, fc.integer({ min: -2200, max: 2200 })),
  call(some("math", "max min"), numeric, numeric, numeric),
);

const bits = fc.oneof(
  fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
  fc.integer(),
  fc.double({ min: -1e10, max: 1e10 }),
  number,
  small,
);
const bitCall = fc.oneof(
  call(some("bit", "tobit bnot bswap tohex"), bits),
  call(some("bit", "lshift rshift arshift rol ror band bor bxor"), bits, fc.oneof(small, bits)),
  call(some("bit", "band bor bxor"), numeric, numeric, bits),
  call(some("bit", "tohex"), bits, fc.integer({ min: -20, max: 20 })),
);

const seconds = fc.oneof(
  fc.integer({ min: -(2 ** 33), max: 2 ** 35 }),
  fc.integer({ min: 0, max: 2 ** 31 }),
  fc.double({ min: -1e12, max: 1e12, noNaN: true }),
  fc.constantFrom(0, 1e18, 951782400, 1709164800),
);
const dateFormat = fc.oneof(
  fc.constantFrom("*t", "!*t", "!%c", "%Y-%m-%dT%H:%M:%SZ", "!%a, %d %b %Y %H:%M:%S GMT", "", "%", "%%"),
  fc
    .array(
      fc.constantFrom(
        ..."%a %A %b %B %c %C %d %D %e %F %g %G %h %H %I %j %k %l %m %M %n %p %P %r %R %s %S %t %T %u %U %V %w %W %x %X %y %Y %z %Z %% %-d %_H %05Y %^a %Ey %Od %Q %i x".split(
          " ",
        ),
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => `!${parts.join("")}|`),
);
const field = fc.oneof(fc.integer({ min: -5, max: 70 }), fc.constantFrom<LuaValue>("12", 1.9, null));
const dateTable = fc
  .record({ year: fc.integer({ min: 1890, max: 2110 }), month: field, day: field, hour: field, min: field, sec: field })
  .map((fields): LuaValue => ({ entries: Object.entries(fields).filter(([, value]) => value !== null) }));
const osCall = fc.oneof(
  { weight: 4, arbitrary: call(some("os", "date"), dateFormat, seconds) },
  { weight: 2, arbitrary: call(some("os", "time"), dateTable) },
  { weight: 1, arbitrary: call(some("os", "difftime"), seconds, seconds) },
);

const element: fc.Arbitrary<LuaValue> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
  fc.constantFrom<LuaValue>("a", "b", "10", 1.5, "", true),
);
const list = fc.array(element, { maxLength: 12 });
const numbers = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 1 })), { maxLength: 30 });
const strings = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "\0", "\xff"), maxLength: 3 }), { maxLength: 30 });
const mixed = fc
  .array(fc.tuple(fc.oneof(small, fc.constantFrom<LuaValue>("a", "n", 1.5, true)), element), { maxLength: 8 })
  .map((entries): LuaValue => ({ entries: [...new Map(entries.map(([key, value]) => [key, value])).entries()] }));
const comparator = fc.constantFrom<LuaValue>(
  null,
  { fn: "less" },
  { fn: "lessEqual" },
  { fn: "always" },
  { fn: "never" },
  { fn: "nothing" },
  { fn: "second" },
  { fn: "fails" },
);
const tableCall = fc.oneof(
  call(some("table", "concat"), list, fc.constantFrom<LuaValue>(", ", "", null, 7, "\0")),
  call(some("table", "concat"), fc.oneof(list, mixed), fc.constant(";"), small, small),
  call(some("table", "unpack"), fc.oneof(list, mixed), small, small),
  call(some("table", "remove"), list),
  call(some("table", "remove"), list, fc.oneof(small, fc.constantFrom<LuaValue>("2", 1.9, "x", null))),
  call(some("table", "maxn getn"), fc.oneof(list, fc.constantFrom<LuaValue>([], "x", null))),
  call(some("table", "maxn"), mixed),
  call(some("table", "pack"), element, element, fc.constant(null)),
  call(
    some("table", "foreach foreachi"),
    list,
    fc.constantFrom<LuaValue>({ fn: "second" }, { fn: "nothing" }, { fn: "echo" }, { fn: "fails" }, null),
  ),
  call(some("table", "insert move"), list, element, element, element),
);

const SORTED =
  "sort(lua.toTable(args.at(1)), args.at(2), 1); const first = unpack(args.at(1), 1, lua.ABSENT, 1); return Values.create(4).addResults(first);";
const sortCall = fc.oneof(
  call(some("sorted", "by"), numbers, comparator),
  call(some("sorted", "by"), strings, comparator),
  call(some("sorted", "by"), list, comparator),
);

test(`table.sort gives LuaJIT's order and errors, whatever the comparator (${run})`, async () => {
  const sorted = await LibraryGuest.of(
    [],
    { "sorted.by": SORTED },
    'import { sort } from "./runtime/table-library"; import { unpack } from "./runtime/base";',
  );
  const prelude = "local sorted = {} function sorted.by(t, f) table.sort(t, f) return table.unpack(t) end";
  expect(await differences(sorted, sample(sortCall), prelude)).toEqual([]);
});

const SEEDED =
  "m.randomseed(lua.toNumber(args.at(1))); const a = m.random(), b = m.randomTo(1000), c = m.randomBetween(-5, 5.5); return Values.create(3).add(lua.number(a)).add(lua.number(b)).add(lua.number(c));";

test("math.random follows a seed as LuaJIT does", async () => {
  const seeded = await LibraryGuest.of([], { "seeded.values": SEEDED }, 'import * as m from "./runtime/math";');
  const prelude =
    "local seeded = {} function seeded.values(n) math.randomseed(n) return math.random(), math.random(1000), math.random(-5, 5.5) end";
  const calls = [0, 1, 42, -1, 0.5, 1e300, 1732341234].map((n) => ({ name: "seeded.values", args: [n] }));
  expect(await differences(seeded, calls, prelude)).toEqual([]);
});

for (const [what, calls] of Object.entries({ math: mathCall, bit: bitCall, os: osCall, table: tableCall })) {
  test(`the ${what} library gives what LuaJIT gives (${run})`, async () => {
    expect(await differences(guest, sample(calls))).toEqual([]);
  });
}
