/** A construct that does not compile, with its place and what to do instead. When the compiler is not sure, it refuses. */
export interface Refusal {
  /** Stable id: `coroutines`, `dynamic-code`, `api.setUpstreamOverrideHost`… */
  readonly id: string;
  readonly message: string;
  readonly wayOut: string;
  /** Bytes of the script. */
  readonly range: readonly [start: number, end: number];
}

/** Thrown while lowering; caught per statement, so that every refusal of a script is listed. */
export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.message);
  }
}

export function refuse(id: string, message: string, wayOut: string, node: { readonly range: Refusal["range"] }): never {
  throw new Refused({ id, message, wayOut, range: node.range });
}

/** Id of what is refused only because a declaration before it was: not listed. */
export const FOLLOW_ON = "follow-on";
