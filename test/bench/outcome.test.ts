import { describe, expect, it } from "vitest";
import { differingHeaders, firstDifference, type Outcome } from "../../bench/measure/outcome.js";

const outcome = (headers: readonly (readonly [string, string])[], body = ""): Outcome => ({
  upstream: { headers, body: "" },
  client: { status: 200, headers: [["date", String(Math.random())]], body },
});

describe("outcomes", () => {
  it("are equal whatever the date", () => {
    expect(firstDifference(outcome([["a", "1"]]), outcome([["a", "1"]]))).toBeUndefined();
  });

  it("differ in values, order, number of headers, and bodies", () => {
    const one = outcome([
      ["a", "1"],
      ["b", "2"],
    ]);
    expect(
      firstDifference(
        one,
        outcome([
          ["a", "1"],
          ["b", "3"],
        ]),
      ),
    ).toBe("request header b: 2 became request header b: 3");
    expect(
      firstDifference(
        one,
        outcome([
          ["b", "2"],
          ["a", "1"],
        ]),
      ),
    ).toContain("request header a: 1 became");
    expect(firstDifference(one, outcome([["a", "1"]]))).toContain("request header b: 2 became");
    expect(firstDifference(outcome([], "x"), outcome([], "y"))).toBe("response body: x became response body: y");
  });

  it("differ when no request went on, or no answer came", () => {
    expect(firstDifference(outcome([]), { client: outcome([]).client! })).toContain("no request to the upstream");
    expect(firstDifference(outcome([]), { upstream: outcome([]).upstream! })).toContain("no response");
  });

  it("find the headers that a script sets anew each time, and leave them out", () => {
    const [one, other] = [
      outcome([
        ["x-id", "17"],
        ["b", "2"],
      ]),
      outcome([
        ["x-id", "18"],
        ["b", "2"],
      ]),
    ];
    const varying = differingHeaders(one, other);
    expect(varying).toEqual(["x-id", "date"]);
    expect(firstDifference(one, other, new Set(varying))).toBeUndefined();
    expect(firstDifference(one, outcome([["b", "2"]]), new Set(varying))).toBeDefined();
  });
});
