import { expect, test } from "vitest";
import { staleDocs } from "../../scripts/generate-docs.js";

test("the generated docs are what the code says", () => {
  expect(staleDocs()).toEqual([]);
});
