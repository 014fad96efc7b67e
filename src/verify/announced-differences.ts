import type { Difference } from "./equivalence.js";

/** What a deviation that a verdict announces looks like from outside. Most cannot be seen there at all and have no sign. */
interface Sign {
  /** The deviation's construct, e.g. `Handle:httpCall`. */
  readonly construct: RegExp;
  readonly shows: (difference: Difference) => boolean;
}

const SIGNS: readonly Sign[] = [
  {
    // Lua's calls carry Envoy's own address, and say so when an empty body was given; a module's do neither.
    construct: /\bhttpCall$/,
    shows: ({ where, lua, wasm }) =>
      /^calls\[.*\]\.headers\["x-forwarded-for"\]$/.test(where)
        ? wasm === null
        : /^calls\[.*\]\.headers\["content-length"\]$/.test(where) && lua === "0" && wasm === null,
  },
];

/** Whether a difference is one that the verdict announced. @param constructs of the announced deviations */
export function isAnnounced(difference: Difference, constructs: readonly string[]): boolean {
  return SIGNS.some((sign) => constructs.some((name) => sign.construct.test(name)) && sign.shows(difference));
}
