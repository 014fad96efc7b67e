import type { Filter, Item } from "./ast.js";
import { ALL, byteOf, disjoint, EMPTY } from "./byte-set.js";
import type { ReadItem } from "./parse-pattern.js";

/** What can follow a place in a pattern; `accepts`: whatever it is, the rest matches. */
interface Following extends Filter {
  readonly accepts: boolean;
}

const ANYTHING: Following = { set: ALL, canEnd: true, accepts: false };

/**
 * Finds the repetitions that can never be taken back (`run`, `maybe`) and what must follow the others, from the last item to the
 * first. There is no alternation, so what follows an item is the same wherever it is reached.
 */
export function narrow(items: readonly ReadItem[]): { readonly items: readonly Item[]; readonly first: Filter } {
  const narrowed: Item[] = [];
  let following: Following = { ...ANYTHING, accepts: true };
  for (const item of items.toReversed()) {
    const narrowedItem: Item = item.kind === "single" ? narrowSingle(item, following) : item;
    narrowed.unshift(narrowedItem);
    following = before(item, following);
  }
  return { items: narrowed, first: { set: following.set, canEnd: following.canEnd } };
}

function narrowSingle(item: ReadItem & { readonly kind: "single" }, following: Following): Item {
  const follow: Filter = { set: following.set, canEnd: following.canEnd };
  const certain = disjoint(item.set, following.set) || (following.accepts && item.repeat !== "few");
  if (!certain || item.repeat === "one") return { ...item, follow };
  return { ...item, follow, repeat: item.repeat === "option" ? "maybe" : "run" };
}

function before(item: ReadItem, following: Following): Following {
  switch (item.kind) {
    case "open":
    case "close":
    case "position":
      return following;
    case "end":
      return { set: EMPTY, canEnd: true, accepts: false };
    case "literal":
      return { set: byteOf(item.bytes.charCodeAt(0)), canEnd: false, accepts: false };
    case "balance":
      return { set: byteOf(item.open), canEnd: false, accepts: false };
    case "single":
      return item.repeat === "one"
        ? { set: item.set, canEnd: false, accepts: false }
        : { ...following, set: following.set | item.set };
    default:
      return ANYTHING;
  }
}
