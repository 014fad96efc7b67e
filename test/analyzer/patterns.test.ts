import { describe, expect, test } from "vitest";
import { alwaysMatches, parsePattern } from "../../src/analyzer/patterns/lua-pattern.js";

describe("parsePattern", () => {
  test.each([
    ["[a", "malformed pattern (missing ']')"],
    ["a%", "malformed pattern (ends with '%')"],
    ["(a", "unfinished capture"],
    ["a)", "invalid pattern capture"],
    ["%f", "missing '[' after '%f' in pattern"],
    ["%b(", "unbalanced pattern"],
    ["(a)%2", "invalid capture index"],
  ])("%s raises %s", (pattern, error) => {
    expect(parsePattern(pattern)).toMatchObject({ error });
  });

  test.each([
    ["[]]"],
    ["[^]]"],
    ["[%]]"],
    ["a-b"],
    ["%f[%w]%w+"],
    ["()a()"],
    ["%b()"],
    ["(a)%1"],
    ["^$"],
    ["[a-]"],
    ["%-%.%%"],
  ])("%s is fine", (pattern) => {
    expect(parsePattern(pattern)).toHaveProperty("items");
  });
});

test.each([
  ["^[^?]*", true],
  [".-", true],
  ["(.*)$", true],
  ["^%s*(.-)%s*$", true],
  ["^%s*$", false],
  ["[^,]+", false],
  ["^(https?)://", false],
  ["", true],
])("alwaysMatches(%j) is %j", (pattern, expected) => {
  expect(alwaysMatches(pattern)).toBe(expected);
});
