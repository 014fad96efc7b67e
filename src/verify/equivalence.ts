/** What `verify` found out about one filter; written as `equivalence.json`. */
export interface Equivalence {
  readonly schemaVersion: 1;
  readonly id: string;
  /** Which Envoy it was. */
  readonly envoy: string;
  /** How many requests every arm got. */
  readonly requests: number;
  /**
   * `equal`: nothing differed, or only what the verdict announced. `different`: something did. `undecided`: nothing differed, but not
   * everything could be compared (see `nondeterministic` and `stopped`; or this Envoy lacks a module that the script requires). A time
   * that a script notes in dynamic metadata for itself leaves the rest comparable: it is named, and decides nothing.
   */
  readonly result: "equal" | "different" | "undecided";
  readonly differences: readonly Difference[];
  /** Differences that the verdict had announced as deviations. */
  readonly announced: readonly Difference[];
  /** What the script itself does differently from one Lua VM to the next (clock, random numbers, order of `pairs`): not comparable. */
  readonly nondeterministic: readonly Difference[];
  readonly coverage: Coverage;
  /** How many times the script failed, by arm. */
  readonly scriptErrors: { readonly lua: number; readonly wasm: number };
  /** Why not all requests were sent. */
  readonly stopped?: Stop;
  /** Seed of the generated requests, when there are any. */
  readonly seed?: number;
}

export interface Difference {
  /** 0-based index of the request; -1 when the filter could not even be loaded. */
  readonly request: number;
  /** Name of the request. */
  readonly name: string;
  /** What was compared, e.g. `upstream.headers["x-tenant"]`, `response.status`, `log[2]`. */
  readonly where: string;
  /** Null when there was nothing. Bytes that are not UTF-8 are written as `\xff`. */
  readonly lua: string | null;
  readonly wasm: string | null;
}

/** Branches (function, loop and conditional bodies, and the missing `else`) of the script, and how many of them ran. */
export interface Coverage {
  readonly branches: number;
  readonly reached: number;
  /** 1-based lines of the script whose branch never ran. */
  readonly missed: readonly number[];
}

export interface Stop {
  /** As in `Difference`. */
  readonly request: number;
  readonly name: string;
  readonly arm: string;
  readonly reason: string;
}
