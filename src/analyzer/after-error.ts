import type { Where } from "./tracking/facts.js";

/** What comes of an error at a place, to go on a sentence with. At the top level it is Envoy's *script load error*. */
export function afterError({ phase }: Where): string {
  return phase === "load" ? "and Envoy does not load the script" : "and the rest of the script does not run";
}
