/**
 * The decision tree as data: the five questions of the article that moonshift started from (high load or heavy computing, external services, complex
 * data, quick iteration, what the team knows), in its order, between the questions that it leaves out (is there a feature that does the same, can
 * it be compiled, does it pay). `decide.ts` walks it.
 */
import type { Outcome } from "./assessment.js";

export type QuestionId =
  | "has-feature"
  | "compiles"
  | "needs-native-code"
  | "performance"
  | "external-service"
  | "complex-data"
  | "changes-often"
  | "team"
  | "pays"
  | "traffic-extension";

export interface Question {
  readonly id: QuestionId;
  readonly question: string;
  /** One of the five questions of the article. */
  readonly fromArticle?: true;
  readonly yes: QuestionId | Outcome;
  readonly no: QuestionId | Outcome;
}

export const FIRST_QUESTION: QuestionId = "has-feature";

export const DECISION_TREE: Readonly<Record<QuestionId, Question>> = {
  "has-feature": {
    id: "has-feature",
    question: "Does a feature of Istio or Envoy do the same?",
    yes: "native",
    no: "compiles",
  },
  compiles: {
    id: "compiles",
    question: "Can the script be compiled to Wasm?",
    yes: "performance",
    no: "needs-native-code",
  },
  "needs-native-code": {
    id: "needs-native-code",
    question: "Is it held back by C modules, sockets or files, which block the worker in Lua too?",
    yes: "other-language",
    no: "traffic-extension",
  },
  performance: {
    id: "performance",
    question: "Does it need high performance (many requests, heavy computing)?",
    fromArticle: true,
    yes: "pays",
    no: "external-service",
  },
  "external-service": {
    id: "external-service",
    question: "Does it call an external service?",
    fromArticle: true,
    yes: "pays",
    no: "complex-data",
  },
  "complex-data": {
    id: "complex-data",
    question: "Does it process complex data (JSON, cryptography)?",
    fromArticle: true,
    yes: "pays",
    no: "changes-often",
  },
  "changes-often": {
    id: "changes-often",
    question: "Does it change often, or have to change quickly?",
    fromArticle: true,
    yes: "traffic-extension",
    no: "team",
  },
  team: {
    id: "team",
    question: "Does the team know a language that compiles to Wasm?",
    fromArticle: true,
    yes: "pays",
    no: "traffic-extension",
  },
  pays: {
    id: "pays",
    question: "Is Wasm predicted to cost clearly less than Lua?",
    yes: "wasm",
    no: "traffic-extension",
  },
  "traffic-extension": {
    id: "traffic-extension",
    question: "Can a TrafficExtension carry the Lua instead of an EnvoyFilter?",
    yes: "traffic-extension-lua",
    no: "keep-lua",
  },
};

export function isOutcome(next: QuestionId | Outcome): next is Outcome {
  return !(next in DECISION_TREE);
}
