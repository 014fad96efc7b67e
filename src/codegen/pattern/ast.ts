import type { ByteSet } from "./byte-set.js";

/**
 * How often a single byte of a set comes: `one`; `run`, all there are and never fewer, since nothing that follows could match one
 * of them; `many`, as many as possible and fewer when what follows fails; `few`, the other way round; `maybe`, one if there is one;
 * `option`, one if there is one, none when what follows fails.
 */
export type Repeat = "one" | "run" | "many" | "few" | "maybe" | "option";

/** What the byte at a place must be for the items that follow to have a chance. */
export interface Filter {
  readonly set: ByteSet;
  /** Whether the subject may end there. */
  readonly canEnd: boolean;
}

export type Item =
  /** Captures count from 1. */
  | { readonly kind: "open" | "close" | "position" | "back"; readonly capture: number }
  /** One character a byte. */
  | { readonly kind: "literal"; readonly bytes: string }
  | {
      readonly kind: "single";
      readonly set: ByteSet;
      readonly repeat: Repeat;
      readonly source: string;
      readonly follow: Filter;
    }
  | { readonly kind: "end" }
  | { readonly kind: "balance"; readonly open: number; readonly close: number; readonly source: string }
  | { readonly kind: "frontier"; readonly set: ByteSet; readonly source: string };

/** A pattern that can be compiled to code of its own. */
export interface Pattern {
  /** As in the script, one character a byte. */
  readonly text: string;
  /** Whether it may match at one place only. */
  readonly anchored: boolean;
  readonly items: readonly Item[];
  readonly captures: readonly ("text" | "position")[];
  /** What a match can begin with. */
  readonly first: Filter;
}
