import { expect, test } from "vitest";
import { breakLongLines } from "../../src/codegen/break-lines.js";

const LONG = "a".repeat(50);

test("a chain is broken at its calls", () => {
  expect(
    breakLongLines(`  const t = Table.create(0, 2).field(A, lua.string(${LONG})).field(B, lua.string(${LONG}));`),
  ).toBe(`  const t = Table.create(0, 2)\n    .field(A, lua.string(${LONG}))\n    .field(B, lua.string(${LONG}));`);
});

test("a call is broken at its arguments, a condition at its operators", () => {
  expect(breakLongLines(`  f(${LONG}, g(1, 2), "a, (b", ${LONG}, 12);`)).toBe(
    `  f(\n    ${LONG},\n    g(1, 2),\n    "a, (b",\n    ${LONG},\n    12\n  );`,
  );
  expect(breakLongLines(`  } else if (f(${LONG}) || g(x, y) && h(${LONG})) {`)).toBe(
    `  } else if (\n    f(${LONG}) ||\n    g(x, y) &&\n    h(${LONG})\n  ) {`,
  );
});

test("a long list of items is filled", () => {
  const lines = breakLongLines(`  K = Table.create(64, 0)${".append(lua.number(1116352408))".repeat(20)};`).split("\n");
  expect(lines).toHaveLength(8);
  expect(lines[1]).toBe(`    ${".append(lua.number(1116352408))".repeat(3)}`);
});

test("comments, strings and what fits stay as they are", () => {
  for (const line of [
    `// f(${LONG}, ${LONG}, ${LONG})`,
    `const X = Str.of("${LONG}, ${LONG}, ${LONG}");`,
    `f(${LONG}, 1); // what f(a, b) does with ${LONG}, and why it does`,
  ])
    expect(breakLongLines(line)).toBe(line);
});
