import type { ConformanceCase } from "./case-file.js";

/** What became of a case. */
export type Outcome =
  | { readonly kind: "equal" }
  /** Only what the verdict announced differs, e.g. `calls["c"][0].headers["x-forwarded-for"]`. */
  | { readonly kind: "announced"; readonly what: readonly string[] }
  | { readonly kind: "refused"; readonly what: readonly string[] }
  | { readonly kind: "different"; readonly what: readonly string[] }
  /** Never counted as passed: the test drives C++ objects, or its set-up cannot be had in a running Envoy. */
  | { readonly kind: "not runnable"; readonly what: readonly string[] };

export type OutcomeKind = Outcome["kind"];

const WORDS: Readonly<Record<OutcomeKind, string>> = {
  equal: "equal",
  announced: "equal but for what the verdict announced",
  refused: "refused",
  different: "different",
  "not runnable": "not runnable",
};

/** `LuaHttpFilterTest.HttpCall [filter, approximate]: equal but for what the verdict announced: …` */
export function outcomeLine({ id, kind, wasm }: ConformanceCase, outcome: Outcome): string {
  const detail = "what" in outcome ? `: ${[...new Set(outcome.what)].join("; ").replaceAll("\n", " ")}` : "";
  return `${id} [${kind}, ${wasm}]: ${WORDS[outcome.kind]}${detail}`;
}

export function summaryLine(outcomes: readonly Outcome[]): string {
  const counts = (Object.keys(WORDS) as OutcomeKind[]).map(
    (kind) => `${outcomes.filter((outcome) => outcome.kind === kind).length} ${WORDS[kind]}`,
  );
  return `${outcomes.length} cases: ${counts.join(", ")}`;
}

const WORST_FIRST: readonly OutcomeKind[] = ["different", "refused", "not runnable", "announced", "equal"];

/** Of a case with several scripts. */
export function worst(outcomes: readonly Outcome[]): Outcome {
  const kind = WORST_FIRST.find((candidate) => outcomes.some((outcome) => outcome.kind === candidate)) ?? "equal";
  const found = outcomes.filter((outcome) => outcome.kind === kind);
  return kind === "equal"
    ? { kind }
    : { kind, what: found.flatMap((outcome) => ("what" in outcome ? outcome.what : [])) };
}
