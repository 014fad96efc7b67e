import { readFileSync } from "node:fs";
import { z } from "zod";
import { InputError } from "../src/support/failure.js";
import type { Comparison } from "./comparison.js";

/** As JSON; infinite ends of intervals become null. */
export function comparisonJson(comparison: Comparison): string {
  return `${JSON.stringify(comparison, null, 2)}\n`;
}

const end = (nullMeans: number) =>
  z
    .number()
    .nullable()
    .transform((value) => value ?? nullMeans);
const interval = z.tuple([end(Number.NEGATIVE_INFINITY), end(Number.POSITIVE_INFINITY)]);
const estimate = z.looseObject({ samples: z.array(z.number()) });
const ratio = z.looseObject({ luaOverWasm: end(Number.POSITIVE_INFINITY), ci95: interval });

/** What the gate needs of a baseline; all else is taken as it is. */
const schema = z.looseObject({
  schemaVersion: z.literal(1),
  environment: z.looseObject({ cpu: z.string(), cores: z.number(), envoy: z.string() }),
  workloads: z.array(
    z.looseObject({
      name: z.string(),
      arms: z.record(z.string(), z.looseObject({ costNs: estimate.optional() })),
      ratio: ratio.optional(),
      leftOut: z.array(z.object({ arm: z.string(), reason: z.string() })),
    }),
  ),
  controls: z.looseObject({ conclusive: z.boolean(), aa: z.looseObject({ ci95: interval }).optional() }),
});

/** Reads a file that `moonshift bench` wrote. @throws InputError when it is not one */
export function readComparison(file: string): Comparison {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new InputError(`cannot be read as a baseline: ${(error as Error).message}`, { file });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data as unknown as Comparison;
  const { path, message } = result.error.issues[0]!;
  throw new InputError(`is no result of \`moonshift bench\`: ${path.map(String).join(".")}: ${message}`, { file });
}
