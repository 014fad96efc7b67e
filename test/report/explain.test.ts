import { expect, test } from "vitest";
import { spellMethod } from "../../src/analyzer/verdict.js";
import { envoyApi } from "../../src/envoy/index.js";
import { explain, nearestKnown } from "../../src/report/explain/explain.js";

test("every object that findings name can be explained: its methods are listed", () => {
  for (const method of envoyApi)
    expect(explain(method.object, { colour: false })).toContain(`  ${spellMethod(method)} `);
});

test("a method is explained by its name, with or without its object", () => {
  for (const id of ["Headers:replace", "headers:replace", "replace"])
    expect(explain(id, { colour: false })).toMatch(/^Headers:replace/);
});

test("what is nearly the name of an object is found", () => {
  expect(explain("Heders", { colour: false })).toBeUndefined();
  expect(nearestKnown("Heders")).toBe("Headers");
});
