import fc from "fast-check";
import { expect, test } from "vitest";
import { LibraryGuest, type LuaValue } from "./library-guest.js";
import { differences, run, sample } from "./oracle-comparison.js";

const guest = await LibraryGuest.of([
  "string.byte",
  "string.char",
  "string.find",
  "string.gsub",
  "string.len",
  "string.lower",
  "string.match",
  "string.rep",
  "string.reverse",
  "string.sub",
  "string.upper",
]);

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."aabbc12 .%-()[]"), maxLength: 12 }),
  fc.string({ unit: fc.constantFrom("a", "B", "\0", "\xff", "\n", "z", "Z", "@", "[", "`", "{", "0"), maxLength: 30 }),
);
const position = fc.oneof(
  fc.integer({ min: -14, max: 14 }),
  fc.constantFrom(0.5, -1.5, 2.9, 2 ** 31, -(2 ** 31), 2 ** 32 + 1, 1e300, Number.NaN, Number.NEGATIVE_INFINITY),
);

/** Pieces of which patterns are made, whole ones and broken ones. */
const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "a",
      "b",
      "c",
      "1",
      " ",
      ".",
      "%a",
      "%d",
      "%s",
      "%w",
      "%p",
      "%S",
      "%A",
      "[ab]",
      "[^a]",
      "[a-c]",
      "[%d%s]",
      "[^%w]",
      "%.",
      "%%",
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "(",
      ")",
      "()",
      "*",
      "+",
      "-",
      "?",
      "(a*)",
      "(.-)",
      "(%w+)",
      ".*",
      ".-",
      "a*",
      "a+",
      "a-",
      "a?",
      "%a+",
      "[ab]*",
      "%s*",
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "%1",
      "%2",
      "%b()",
      "%bab",
      "%f[a]",
      "%f[%w]",
      "$",
      "^",
      "%",
      "[",
      "[^",
      "[a-",
      "[]",
      "[]]",
      "[^]a]",
      "%b",
      "%f",
      "%f[",
      "\0",
      "[a-%z]",
      "%z",
      "%g",
      "[%a-z]",
      "[a-]",
      "]",
    ),
  },
);
const pattern = fc.array(piece, { maxLength: 7 }).map((pieces) => pieces.join(""));
const anchored = fc
  .tuple(fc.constantFrom("", "", "", "^"), pattern, fc.constantFrom("", "", "", "$"))
  .map((parts) => parts.join(""));
const replacement: fc.Arbitrary<LuaValue> = fc.oneof(
  fc.constantFrom<LuaValue>("", "x", "%0", "<%1>", "%2", "%%", "%", "%x", "[%0%1]", 7, 1.5, true, null),
  fc.constantFrom<LuaValue>(
    { fn: "nothing" },
    { fn: "never" },
    { fn: "echo" },
    { fn: "second" },
    { fn: "always" },
    { fn: "aTable" },
    { fn: "fails" },
    { fn: "nested" },
  ),
  fc.constantFrom<LuaValue>(
    {
      entries: [
        ["a", "A"],
        ["b", false],
        [1, "one"],
        ["ab", 3],
      ],
    },
    { entries: [["a", true]] },
  ),
);

const call = fc.oneof(
  { weight: 3, arbitrary: fc.record({ name: fc.constant("string.find"), args: fc.tuple(text, anchored) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constantFrom("string.find", "string.match"),
      args: fc.tuple(text, anchored, position),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ name: fc.constant("string.find"), args: fc.tuple(text, text, position, fc.boolean()) }),
  },
  { weight: 3, arbitrary: fc.record({ name: fc.constant("string.match"), args: fc.tuple(text, anchored) }) },
  {
    weight: 4,
    arbitrary: fc.record({ name: fc.constant("string.gsub"), args: fc.tuple(text, anchored, replacement) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ name: fc.constant("string.gsub"), args: fc.tuple(text, anchored, replacement, position) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constantFrom("string.byte", "string.sub"),
      args: fc.tuple(text, position, position),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constantFrom("string.len", "string.lower", "string.upper", "string.reverse"),
      args: fc.tuple(text),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant("string.rep"),
      args: fc.tuple(text, fc.integer({ min: -2, max: 9 }), fc.oneof(text, fc.constant(null))),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant("string.char"),
      args: fc.array(fc.oneof(fc.integer({ min: -1, max: 256 }), fc.double({ min: 0, max: 255, noNaN: true })), {
        maxLength: 5,
      }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constantFrom("string.byte", "string.sub", "string.find", "string.match", "string.gsub", "string.rep"),
      args: fc.array(fc.oneof(text, position, fc.constantFrom<LuaValue>(null, true, [])), { maxLength: 4 }),
    }),
  },
);

test(`string functions give what LuaJIT gives (${run})`, async () => {
  expect(await differences(guest, sample(call))).toEqual([]);
});

test("patterns are too complex where LuaJIT's recursion is too deep", async () => {
  const items = ["a?", "a*", "a-", "()", "b?", "b*"]; // none that takes exponential time
  const calls = items.flatMap((item) =>
    [30, 66, 67, 99, 100, 132, 133, 198, 199, 200, 201, 230].flatMap((times) =>
      ["a".repeat(times), "a".repeat(times - 1), ""].flatMap((subject) => [
        { name: "string.match", args: [subject, item.repeat(times)] },
        { name: "string.match", args: [subject, `^${"a?".repeat(40)}${item.repeat(times)}`] },
      ]),
    ),
  );
  expect(await differences(guest, calls)).toEqual([]);
});

test("no subject makes the matcher run out of stack", () => {
  const subject = "a".repeat(1_000_000);
  for (const pattern of ["a*b", "a-b", "(a-)*$", ".-$", "%a-%d"])
    expect(guest.call("string.find", [subject.slice(0, 3000), pattern]).ok).toBe(true);
  expect(guest.call("string.find", [subject, "^.-$"])).toEqual({ ok: true, values: [1, 1_000_000] });
  expect(guest.call("string.find", [subject, "^(.*)a$"]).values.slice(0, 2)).toEqual([1, 1_000_000]);
});
