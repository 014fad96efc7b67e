import { expect, test } from "vitest";
import { hash } from "../../src/runtime/toolchain/static-strings.mjs";
import { guest } from "./guest.js";

const strings = await guest(`
  const ABC = Str.of("abc\\xff");
  export function constant(): Str { return ABC; }
  export function constantHash(): u32 { return ABC.hash; }
  export function hashOf(s: Str): u32 { return lua.hashOf(s); }
  export function equal(a: Str | null, b: Str | null): bool { return a == b; }
  export function unequal(a: Str | null, b: Str | null): bool { return a != b; }
  export function less(a: Str, b: Str): bool { return lua.stringLess(a, b); }
  export function lessEqual(a: Str, b: Str): bool { return lua.stringLessEqual(a, b); }
  export function concat2(a: Str, b: Str): Str { return lua.concat2(a, b); }
  export function concat6(a: Str, b: Str): Str { return lua.concat6(a, b, a, b, a, b); }
  export function slice(s: Str, from: u32, count: u32): Str { return s.slice(from, count); }
`);

const samples = [
  "",
  "a",
  "b",
  "abc",
  "abcd",
  "abcdefg",
  "abcdefgh",
  "abcdefghi",
  "abcdefgx",
  "\0",
  "a\0b",
  "\xff",
  "z",
  "x".repeat(300),
  `${"x".repeat(300)}y`,
];

test("a literal is static bytes whose hash is that of the runtime", () => {
  expect(strings.text("constant")).toBe("abc\xff");
  expect(strings.call("constantHash")).toBe(strings.call("hashOf", strings.put("abc\xff")));
});

test("the toolchain's hash is the runtime's", () => {
  for (const text of samples)
    expect(strings.call("hashOf", strings.put(text)) >>> 0).toBe(hash([...Buffer.from(text, "latin1")]));
});

test("equality and order are those of bytes, null equals null only", () => {
  for (const a of samples) {
    for (const b of samples) {
      const [x, y] = [strings.put(a), strings.put(b)];
      const order = Buffer.compare(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"));
      expect(strings.call("equal", x, y)).toBe(Number(order === 0));
      expect(strings.call("unequal", x, y)).toBe(Number(order !== 0));
      expect(strings.call("less", x, y)).toBe(Number(order < 0));
      expect(strings.call("lessEqual", x, y)).toBe(Number(order <= 0));
    }
    expect(strings.call("equal", strings.put(a), 0)).toBe(0);
    expect(strings.call("unequal", 0, strings.put(a))).toBe(1);
  }
  expect(strings.call("equal", 0, 0)).toBe(1);
});

test("concatenation and slices", () => {
  for (const a of samples) {
    for (const b of samples) {
      expect(strings.text("concat2", strings.put(a), strings.put(b))).toBe(a + b);
      expect(strings.text("concat6", strings.put(a), strings.put(b))).toBe((a + b).repeat(3));
    }
  }
  expect(strings.text("slice", strings.put("abcdefghijk"), 3, 5)).toBe("defgh");
});
