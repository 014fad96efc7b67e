import type { Script } from "../lua/script.js";
import type { LuaSite } from "../manifest/lua-site.js";
import type { Answers } from "./answers.js";
import type { Location, Outcome, PredictedCost, Recommendation, Step } from "./assessment.js";
import { DECISION_TREE, FIRST_QUESTION, isOutcome, type QuestionId } from "./decision-tree.js";
import type { Settings } from "./define-rule.js";
import { findNativeFeature } from "./native/find-native-feature.js";
import type { Match, Maybe } from "./native/native-rule.js";
import type { Facts, MethodCall } from "./tracking/facts.js";
import type { Obstacles } from "./verdict.js";

export interface DecisionSubject {
  readonly site: LuaSite;
  readonly script: Script;
  readonly facts: Facts;
  readonly obstacles: Obstacles;
  readonly cost: PredictedCost;
  readonly answers: Answers;
  readonly settings: Settings;
  readonly locate: (range: readonly [number, number]) => Location;
}

interface Answer {
  readonly yes: boolean;
  /** As it is shown: "yes", "no", "not answered, taken as no". */
  readonly answer: string;
  readonly because: string;
  readonly evidence?: Location;
}

/** Walks the decision tree and keeps the path. */
export function decide(subject: DecisionSubject): Recommendation {
  if (!subject.facts.hooks.request && !subject.facts.hooks.response) return noFilter(subject);
  const feature = findNativeFeature(subject);
  const native = feature && "resource" in feature ? feature : undefined;
  const path: Step[] = [];
  let next: QuestionId | Outcome = FIRST_QUESTION;
  while (!isOutcome(next)) {
    const { id, question, yes, no }: (typeof DECISION_TREE)[QuestionId] = DECISION_TREE[next];
    const { yes: holds, ...answer } = ANSWER[id](subject, feature);
    path.push({ id, question, ...answer });
    next = holds ? yes : no;
  }
  return {
    outcome: next,
    summary: summarise(next, native, subject),
    path,
    predictedCost: subject.cost,
    ...(next === "native" && native && { native: { feature: native.feature, resource: native.resource } }),
  };
}

/** A module, or a script that does nothing. */
function noFilter({ cost }: DecisionSubject): Recommendation {
  const step = {
    id: "is-filter",
    question: "Does Envoy call anything in it?",
    answer: "no",
    because: "it defines neither `envoy_on_request` nor `envoy_on_response`",
  };
  return {
    outcome: "keep-lua",
    summary: "This is no filter by itself: decide about the script that loads it.",
    path: [step],
    predictedCost: cost,
  };
}

const yes = (because: string, evidence?: Location): Answer => ({
  yes: true,
  answer: "yes",
  because,
  ...(evidence && { evidence }),
});
const no = (because: string, evidence?: Location): Answer => ({
  yes: false,
  answer: "no",
  because,
  ...(evidence && { evidence }),
});
/** The answer to a question that only `--answers` can answer, without them. */
export const UNANSWERED = "not answered, taken as no";

const unanswered = (because: string): Answer => ({ yes: false, answer: UNANSWERED, because });

type Question = (subject: DecisionSubject, feature: Match | Maybe | undefined) => Answer;

const ANSWER: Readonly<Record<QuestionId, Question>> = {
  "has-feature": ({ locate }, feature) => {
    if (!feature) return no("no feature was recognised that does all that the script does");
    const at = feature.range && locate(feature.range);
    if ("may" in feature) return no(`not certainly, but ${feature.may} may: ${feature.because}`, at);
    return yes(`${feature.because}: ${feature.feature}`, at);
  },

  compiles: ({ obstacles, locate }) => {
    const [reason] = obstacles.reasons;
    if (!reason)
      return yes(
        obstacles.deviations.length === 0 ? "exactly" : `with ${count(obstacles.deviations.length, "deviation")}`,
      );
    const more = obstacles.reasons.length - 1;
    return no(
      `${reason.message}${more > 0 ? ` (and ${count(more, "more reason")})` : ""}`,
      place(reason.ranges[0], locate),
    );
  },

  "needs-native-code": ({ obstacles, locate }) => {
    const native = obstacles.reasons.find(({ id }) => NEEDS_NATIVE_CODE.test(id));
    return native ? yes(native.message, place(native.ranges[0], locate)) : no("something else holds it back");
  },

  performance: ({ answers, site, cost }) => {
    const rate = answers.find(site.id, "requestsPerSecond");
    const heavy = cost.lua.likely >= HEAVY_MICROSECONDS;
    if (rate) {
      const cores = (rate.value * cost.lua.likely) / 1e6;
      const text = `${rate.value} requests per second at about ${cost.lua.likely} µs each keep ${(cores * 100).toFixed(1)} % of a core busy`;
      const at = lineOf(rate);
      return rate.value >= MANY_REQUESTS || cores >= 0.05 ? yes(text, at) : no(text, at);
    }
    if (heavy) return yes(`about ${cost.lua.likely} µs of CPU per request in Lua`);
    return unanswered(
      `how many requests it sees is not known, and about ${cost.lua.likely} µs of CPU per request is not much`,
    );
  },

  "external-service": ({ facts, locate }) => {
    const call = facts.methodCalls.find(({ name }) => name === "httpCall");
    return call ? yes(`\`httpCall\` to ${clusterOf(call)}`, locate(call.node.range)) : no("there is no `httpCall`");
  },

  "complex-data": ({ facts, locate }) => {
    const found = complexData(facts);
    return found ? yes(found.what, locate(found.range)) : no("it reads and writes headers and short strings");
  },

  "changes-often": ({ answers, site }) => {
    const answer = answers.find(site.id, "changesOften");
    if (!answer) return unanswered("how often it changes is not known");
    return answer.value ? yes("the answers say so", lineOf(answer)) : no("the answers say so", lineOf(answer));
  },

  team: ({ answers, site }) => {
    const answer = answers.find(site.id, "teamLanguages");
    if (!answer) return unanswered("what the team knows is not known");
    const known = answer.value.filter((language) => COMPILES_TO_WASM.has(language.toLowerCase()));
    return known.length > 0
      ? yes(known.join(", "), lineOf(answer))
      : no(`${answer.value.join(", ") || "nothing"} does not compile to a filter`, lineOf(answer));
  },

  pays: ({ cost }) => {
    const { lua, wasm } = cost;
    const text = `about ${wasm.likely} µs (${wasm.low}–${wasm.high}) in Wasm, ${lua.likely} µs (${lua.low}–${lua.high}) in Lua`;
    return wasm.likely <= lua.likely * WORTH_IT ? yes(text) : no(text);
  },

  "traffic-extension": ({ site, answers, settings }) => {
    const { filter, source } = site;
    if (source.kind === "TrafficExtension") return yes("it is one already");
    if (source.kind !== "EnvoyFilter")
      return no(
        `this is ${source.kind === "LuaFile" ? "a bare script" : source.kind === "EnvoyBootstrap" ? "a configuration of Envoy" : withArticle(source.kind)}, not an EnvoyFilter`,
      );
    const version =
      settings.istioVersion === undefined ? answers.find(site.id, "istioVersion") : { value: settings.istioVersion };
    if (!version) return unanswered("which Istio runs is not known; TrafficExtension came with 1.30");
    if (!atLeast(version.value, [1, 30]))
      return no(`TrafficExtension came with Istio 1.30, this is ${version.value}`, lineOf(version));
    if (
      filter.attachment === "perRoute" ||
      filter.attachment === "sourceCodes" ||
      (filter.routeOverrides?.length ?? 0) > 0
    )
      return no("routes choose the script, which a TrafficExtension cannot express");
    if (Buffer.byteLength(site.text) > 65_536) return no("the script has more than 65 536 bytes");
    return yes("an inline script of an HTTP filter in the main chain", lineOf(version));
  },
};

/** Above this the script itself is what the request waits for in a proxy that adds some 100 µs. */
const HEAVY_MICROSECONDS = 15;
const MANY_REQUESTS = 1000;
/** A smaller gain is within what the prediction cannot tell apart. */
const WORTH_IT = 0.85;
/** What neither a compiler nor a module given with `--module` brings into Wasm. */
const NEEDS_NATIVE_CODE =
  /^(library\.(io\.|os\.(execute|remove|rename|tmpname))|module\.(ffi|socket|ssl|redis|hiredis|luasql|pgmoon|mysql|lsqlite3|lfs|openssl|crypto|maxminddb|lpeg))/;
const COMPILES_TO_WASM = new Set([
  "typescript",
  "javascript",
  "assemblyscript",
  "rust",
  "go",
  "tinygo",
  "c++",
  "cpp",
  "c",
  "zig",
]);

function complexData(facts: Facts): { readonly what: string; readonly range: readonly [number, number] } | undefined {
  for (const { name, arguments: args, node } of facts.libraryCalls) {
    const first = args[0]?.value.constant;
    if (
      name === "require" &&
      typeof first === "string" &&
      /json|sha|md5|crypto|hmac|jwt|openssl|base64|xml|lpeg/i.test(first)
    ) {
      return { what: `it loads \`${first}\``, range: node.range };
    }
    const pattern = args[1]?.value.constant;
    if (/^string\.(g?match|gsub|find)$/.test(name) && typeof pattern === "string" && /"[\w-]+"%s\*:/.test(pattern)) {
      return { what: "it picks JSON apart with patterns", range: node.range };
    }
  }
  const crypto = facts.methodCalls.find(({ name }) => name === "verifySignature" || name === "importPublicKey");
  if (crypto) return { what: "it verifies signatures", range: crypto.node.range };
  const body = facts.methodCalls.find(({ name }) => name === "getBytes" || name === "setBytes");
  return body ? { what: "it reads or writes bodies", range: body.node.range } : undefined;
}

function clusterOf(call: MethodCall): string {
  const fixed = call.arguments[0]?.value.constant;
  return fixed === undefined ? "a cluster named at run time" : `\`${fixed}\``;
}

function atLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [have = 0, haveMinor = 0] = version.split(".").map(Number);
  return have > major || (have === major && haveMinor >= minor);
}

/** Of the answers file; a version given on the command line has none. */
function lineOf({
  file,
  line,
}: {
  readonly value: unknown;
  readonly file?: string;
  readonly line?: number;
}): Location | undefined {
  if (file === undefined || line === undefined) return undefined;
  return { file, startLine: line, startColumn: 1, endLine: line, endColumn: 1 };
}

function place(range: readonly [number, number] | undefined, locate: DecisionSubject["locate"]): Location | undefined {
  return range && locate(range);
}

function withArticle(noun: string): string {
  return `${/^[AEIOU]/.test(noun) ? "an" : "a"} ${noun}`;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}

function summarise(outcome: Outcome, native: Match | undefined, { cost, obstacles, facts }: DecisionSubject): string {
  const perRequest = facts.methodCalls.some(({ name }) => name === "httpCall")
    ? "per request besides its side calls"
    : "per request";
  switch (outcome) {
    case "native":
      return `Use ${native?.feature ?? "a native feature"} instead of a script.`;
    case "wasm":
      return `Move it to Wasm: about ${cost.wasm.likely} µs ${perRequest} instead of ${cost.lua.likely}.`;
    case "traffic-extension-lua":
      return "Keep the Lua, in a TrafficExtension.";
    case "other-language":
      return "Write it anew in a language with libraries for what it does, or move that work to a service.";
    case "keep-lua":
      return obstacles.reasons.length > 0
        ? "Keep the Lua: it cannot be compiled as it is."
        : `Keep the Lua: Wasm (about ${cost.wasm.likely} µs ${perRequest}) ${cost.wasm.likely < cost.lua.likely ? "would gain little over" : "would not be cheaper than"} Lua (${cost.lua.likely} µs).`;
  }
}
