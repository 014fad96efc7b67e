import type { Difference } from "./equivalence.js";
import type { Observation } from "./observation.js";
import { printable } from "./printable.js";
import type { OwnWrite } from "./written-metadata.js";

/** What a deviation that a verdict announces looks like from outside. Most cannot be seen there at all and have no sign. */
interface Sign {
  /** The deviation's construct, e.g. `Handle:httpCall`. */
  readonly construct: RegExp;
  readonly shows: (difference: Difference, writes: readonly OwnWrite[]) => boolean;
}

const SIGNS: readonly Sign[] = [
  {
    // Lua's calls carry Envoy's own address (behind those that the script sends), and say so when an empty body was given; a module's do neither.
    construct: /\bhttpCall$/,
    shows: ({ where, lua, wasm }) =>
      /^calls\[.*\]\.headers\["x-forwarded-for"\]$/.test(where)
        ? wasm === null || (lua ?? "").startsWith(`${wasm},`)
        : /^calls\[.*\]\.headers\["content-length"\]$/.test(where) && lua === "0" && wasm === null,
  },
  {
    // The host does not say which of the two it was; the module looks at the headers first, the script at the cluster.
    construct: /\bhttpCall$/,
    shows: ({ where, lua, wasm }) =>
      where.startsWith("log[") &&
      (lua ?? "").includes("http call cluster invalid") &&
      /http call headers must include|bad argument #\d+ to |invalid key to 'next'/.test(wasm ?? ""),
  },
  {
    // No companion carries a value whose place the script makes up, or that it writes when nothing can take it along any more.
    construct: /\bDynamicMetadata:set\.own$/,
    shows: (difference, writes) => writes.some((write) => isOf(difference, write)),
  },
  {
    // Nor one that is not UTF-8, which the companion would not parse.
    construct: /\bDynamicMetadata:set\b/,
    shows: ({ where, lua, wasm }) => where.startsWith("metadata[") && /\\x[0-9a-f]{2}/.test(lua ?? "") && wasm === null,
  },
  {
    // The empty body that the Lua adds, as it looks in HTTP/1.1.
    construct: /\bbody\.alwaysWrap$/,
    shows: ({ where, lua, wasm }) =>
      /headers\["transfer-encoding"\]$/.test(where)
        ? lua === "chunked" && wasm === null
        : /headers\["content-length"\]$/.test(where) && lua === null && wasm === "0",
  },
  {
    // The text of the error names the host's reason, not the factory that the script asked for.
    construct: /\bFilterState:set$/,
    shows: ({ where, lua, wasm }) =>
      where.startsWith("log[") &&
      /does not have an object factory|failed to create an object/.test(lua ?? "") &&
      (wasm ?? "").startsWith("error: "),
  },
];

function isOf({ where, wasm }: Difference, { namespace, key, isAlsoCarried }: OwnWrite): boolean {
  if (wasm !== null && !isAlsoCarried) return false;
  const [begin, end] = [namespace, key].map((name) => (name === undefined ? '["' : printable(`["${name}"]`)));
  return where.startsWith(`metadata${begin}`) && (key === undefined || where.endsWith(`"]${end}`));
}

/**
 * What a module printed is a log line at level info; the script's own goes to Envoy's standard output and is no line of its log.
 * Takes as many of the module's info lines away as it has more than the script, those first that the script has not logged there.
 */
export function withoutPrints(module: Observation, script: Observation, constructs: readonly string[]): Observation {
  let surplus = module.log.length - script.log.length;
  if (surplus <= 0 || !constructs.some((name) => /\bprint$/.test(name))) return module;
  let next = 0;
  const log = module.log.filter((line) => {
    const expected = script.log[next];
    const isLogged = line.level === expected?.level && line.text === expected.text;
    if (!isLogged && line.level === "info" && surplus > 0) {
      surplus--;
      return false;
    }
    next++;
    return true;
  });
  return { ...module, log };
}

/**
 * Whether a difference is one that the verdict announced.
 * @param constructs of the announced deviations
 * @param writes places in dynamic metadata that only the script sees
 */
export function isAnnounced(
  difference: Difference,
  constructs: readonly string[],
  writes: readonly OwnWrite[] = [],
): boolean {
  return SIGNS.some((sign) => constructs.some((name) => sign.construct.test(name)) && sign.shows(difference, writes));
}

/**
 * The requests, by index (-1: loading), in which the script failed for want of a module that is compiled into the Wasm: nothing that
 * differs there says anything.
 * @param constructs of the announced deviations
 */
export function requestsWithoutModule(
  differences: readonly Difference[],
  constructs: readonly string[],
): ReadonlySet<number> {
  const lacking = differences.filter(({ lua }) => {
    const module = /module '([^'\n]+)' not found/.exec(lua ?? "")?.[1];
    return module !== undefined && constructs.includes(`module.${module}`);
  });
  return new Set(lacking.map(({ request }) => request));
}
