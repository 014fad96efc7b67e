import type { Binding } from "../../lua/script.js";
import { type Facts, isPerRequest } from "./facts.js";

/** Some request reads what an earlier one left: a counter, a cache. */
export function isKept({ reads, writes }: Facts, binding: Binding): boolean {
  if (writes.some((write) => write.binding === binding && write.increments)) return true;
  return reads.some((read) => read.binding === binding && read.written === undefined && isPerRequest(read.where));
}
