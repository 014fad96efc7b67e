import { LuaSyntaxError } from "../lua/parse.js";
import type { LuaSite } from "../manifest/lua-site.js";
import { offsetOfLine } from "../manifest/position-map.js";
import { templateMarkerInLua } from "../manifest/template-markers.js";
import { type Answers, NO_ANSWERS } from "./answers.js";
import type { Assessment, Finding, Judgement, Recommendation } from "./assessment.js";
import { decide } from "./decide.js";
import type { Rule, Settings } from "./define-rule.js";
import { predictCost } from "./predict-cost.js";
import { PRICE_LIST, type PriceList } from "./price-list.js";
import { rules as allRules } from "./rules/index.js";
import { type RuleRun, runRules, runRulesOnBroken, runRulesOnIgnores, type Subject } from "./run-rules.js";
import { profileScript } from "./script-profile.js";
import { type PathLocator, SitePlaces } from "./site-places.js";
import { type Study, type StudyCache, studyScript } from "./study-script.js";
import { type Ignore, ignoresInAnnotation, ignoresInComments, suppress } from "./suppressions.js";
import { countApi, findObstacles, type JudgeLanguage, judge } from "./verdict.js";

export interface AssessOptions {
  /** What the compiler says of the language; without it only the Envoy API and the library are judged. */
  readonly judgeLanguage?: JudgeLanguage;
  /** Names of the Lua modules that are compiled in for `require`. */
  readonly modules?: readonly string[];
  readonly settings?: Settings;
  readonly answers?: Answers;
  readonly prices?: PriceList;
  /** Finds the places that findings on the manifest itself point to. */
  readonly locatePath?: PathLocator;
  /** Value of the annotation `moonshift.dev/ignore` on the resource. */
  readonly ignoreAnnotation?: string;
  readonly rules?: readonly Rule[];
  /** Remembers what was found out about a text: the same script often stands in many manifests. */
  readonly studies?: StudyCache;
}

/** All that can be said of one Lua site without running it. */
export function assess(site: LuaSite, options: AssessOptions = {}): Assessment {
  const places = new SitePlaces(site, options.locatePath);
  const settings = options.settings ?? {};
  try {
    const study = options.studies?.of(site.text) ?? studyScript(site.text);
    return assessScript(site, study, places, settings, options);
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    return assessBroken(site, error, places, settings, options);
  }
}

function assessScript(
  site: LuaSite,
  study: Study,
  places: SitePlaces,
  settings: Settings,
  options: AssessOptions,
): Assessment {
  const { script, facts } = study;
  const { judgeLanguage, answers = NO_ANSWERS, prices = PRICE_LIST, rules = allRules } = options;
  const language = (judgeLanguage && study.language(judgeLanguage)) ?? { reasons: [], deviations: [] };
  const obstacles = findObstacles(site, facts, language, options.modules);
  const locate = (range: readonly [number, number]) => places.location({ bytes: range });
  const subject: Subject = { site, places, settings };
  const run = runRules(rules, subject, { script, facts, obstacles });
  const ignores = [
    ...ignoresInComments(script.chunk, script.bytes),
    ...ignoresInAnnotation(options.ignoreAnnotation ?? ""),
  ];
  const sideCalls = facts.methodCalls.some(({ name }) => name === "httpCall");
  const cost = predictCost(profileScript(script, facts), prices, { sideCalls });
  return {
    site,
    judgement: judge(obstacles, locate),
    findings: applyIgnores(run, ignores, subject, rules),
    api: countApi(facts),
    recommendation: decide({ site, script, facts, obstacles, cost, answers, settings, locate }),
    secrets: run.secrets,
  };
}

/** Marks what is ignored; the ignores themselves are looked at by the rules on ignores. */
function applyIgnores(
  run: RuleRun,
  ignores: readonly Ignore[],
  subject: Subject,
  rules: readonly Rule[],
): readonly Finding[] {
  if (ignores.length === 0) return run.findings;
  const { site, places } = subject;
  const lineInFile = (line: number): number => {
    const offset = offsetOfLine(site.text, line, 0);
    return places.between(offset, offset).startLine;
  };
  const { findings, unused } = suppress(run.findings, ignores, lineInFile);
  const about = runRulesOnIgnores(rules, subject, { all: ignores, unused }).findings;
  return [...findings, ...about].toSorted(
    (a, b) => a.location.startLine - b.location.startLine || a.location.startColumn - b.location.startColumn,
  );
}

const UNKNOWN_COST = { low: 0, likely: 0, high: 0 };

function assessBroken(
  site: LuaSite,
  error: LuaSyntaxError,
  places: SitePlaces,
  settings: Settings,
  options: AssessOptions,
): Assessment {
  const { rules = allRules } = options;
  const offset = offsetOfLine(site.text, error.at?.line ?? 1, (error.at?.column ?? 1) - 1);
  const location = places.between(offset, Math.min(offset + 1, site.text.length));
  const byte = Buffer.byteLength(site.text.slice(0, offset));
  const isTemplate = templateMarkerInLua(site.text.split("\n")[(error.at?.line ?? 1) - 1] ?? "") !== undefined;
  const isPart = site.source.kind === "EmbeddedScript" && /near '<eof>'|^unfinished /.test(error.message);
  const run = runRulesOnBroken(
    rules,
    { site, places, settings },
    { message: error.message, isTemplate, isPart, at: { bytes: [byte, byte + 1] } },
  );
  const reason = { construct: "syntax", message: error.message, locations: [location] };
  const judgement: Judgement = { verdict: "refused", deviations: [], reasons: [reason] };
  const recommendation: Recommendation = {
    outcome: "keep-lua",
    summary: isTemplate
      ? "Render the template first: as it stands it is not Lua."
      : isPart
        ? "Audit the script as the program puts it together: this may be a part of it."
        : "Correct the script first: Envoy does not load it.",
    path: [{ id: "parses", question: "Is it Lua?", answer: "no", because: error.message, evidence: location }],
    predictedCost: { lua: UNKNOWN_COST, wasm: UNKNOWN_COST, basis: "the script does not parse" },
  };
  return { site, judgement, findings: run.findings, api: [], recommendation, secrets: run.secrets };
}
