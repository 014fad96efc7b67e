import { expect, test } from "vitest";
import { soak } from "../../scripts/soak/soak.js";

test("the module's memory stays flat over many requests that count in a table of 1,000 keys", async () => {
  const { sizes, counted, log } = await soak(30_000, 5);
  expect(log).toEqual([]);
  expect(counted).toBe("30");
  // By the second fifth all keys are there, and the collector has been through.
  expect(new Set(sizes.slice(1)).size).toBe(1);
}, 120_000);
