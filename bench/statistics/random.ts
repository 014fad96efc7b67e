import { Random as Generator } from "../../src/verify/random.js";

/** Numbers from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** A generator that gives the same numbers for the same seed on every machine. */
export function randomFrom(seed: number): Random {
  const generator = new Generator(seed);
  return () => generator.next();
}

/** A random permutation (Fisher and Yates); the argument is left as it is. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other]!, result[last]!];
  }
  return result;
}
