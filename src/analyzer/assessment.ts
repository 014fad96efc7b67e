/** What the analyzer says of one Lua site. Plain data, serialisable; `Finding` speaks SARIF's words. */
import type { LuaSite } from "../manifest/lua-site.js";

export type Level = "error" | "warning" | "note";

/** 1-based lines and columns (UTF-16 units) of the user's own file; the end is exclusive. */
export interface Region {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface Location extends Region {
  readonly file: string;
}

export interface Finding {
  readonly ruleId: string;
  readonly level: Level;
  readonly message: string;
  readonly location: Location;
  /** What to do about it, one sentence. */
  readonly help: string;
  /** Other places that make the finding understandable (where the value came from, where the script suspends). */
  readonly related: readonly RelatedPlace[];
  /** Says "the same finding" in another version of the file: does not change when lines move. */
  readonly fingerprint: string;
  readonly suppression?: Suppression;
  /** Set when a baseline was given. */
  readonly baselineState?: "new" | "unchanged";
}

export interface RelatedPlace {
  readonly message: string;
  readonly location: Location;
}

export interface Suppression {
  readonly by: "comment" | "annotation";
  readonly reason: string;
}

export type Verdict = "exact" | "approximate" | "refused";

/** What makes a script differ in Wasm (`deviations`) or impossible there (`reasons`), with its places. */
export interface LocatedObstacle {
  /** What it is about: `handle:connectionStreamInfo`, `loadstring`, `goto`. */
  readonly construct: string;
  readonly message: string;
  readonly wayOut?: string;
  readonly locations: readonly Location[];
}

export interface Judgement {
  readonly verdict: Verdict;
  readonly deviations: readonly LocatedObstacle[];
  readonly reasons: readonly LocatedObstacle[];
}

export interface ApiUse {
  /** `Headers:get`, `Handle:body`. */
  readonly method: string;
  /** Call sites in the script. */
  readonly count: number;
  readonly fidelity: "exact" | "approximate" | "impossible";
}

export type Outcome = "wasm" | "keep-lua" | "traffic-extension-lua" | "native" | "other-language";

/** One question of the decision tree as it was answered. */
export interface Step {
  readonly id: string;
  readonly question: string;
  readonly answer: string;
  readonly because: string;
  /** Where the answer was read: a place in the script or in the answers file. */
  readonly evidence?: Location;
}

export interface Recommendation {
  readonly outcome: Outcome;
  /** The outcome in one sentence. */
  readonly summary: string;
  readonly path: readonly Step[];
  readonly predictedCost: PredictedCost;
  /** `native` only: which feature, and the resource that does the same. */
  readonly native?: NativeFeature;
}

export interface NativeFeature {
  readonly feature: string;
  /** YAML, ready to be looked at. */
  readonly resource: string;
}

/** Microseconds of worker CPU per request, over no filter at all. */
export interface PredictedCost {
  readonly lua: Interval;
  readonly wasm: Interval;
  /** What the prediction rests on. */
  readonly basis: string;
}

export interface Interval {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

export interface Assessment {
  readonly site: LuaSite;
  readonly judgement: Judgement;
  readonly findings: readonly Finding[];
  readonly api: readonly ApiUse[];
  readonly recommendation: Recommendation;
  /** Places in the file that hold secrets: no report prints them. */
  readonly secrets: readonly Region[];
}
