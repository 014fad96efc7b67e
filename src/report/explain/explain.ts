import type { Outcome, Verdict } from "../../analyzer/assessment.js";
import type { Rule } from "../../analyzer/define-rule.js";
import { rules } from "../../analyzer/rules/index.js";
import { closest } from "../../analyzer/spelling.js";
import { spellMethod } from "../../analyzer/verdict.js";
import { envoyApi, type Method } from "../../envoy/index.js";
import { painter } from "../audit/paint.js";

export interface ExplainOptions {
  readonly colour: boolean;
}

/** What is known under a name, for a terminal. Undefined when nothing is. */
export function explain(id: string, { colour }: ExplainOptions): string | undefined {
  const paint = painter(colour);
  const title = (text: string): string => paint("bold", text);
  if (id === "rules") return listRules(title);
  if (id === "methods") return `${envoyApi.map(spellMethod).toSorted().join("\n")}\n`;
  const rule = rules.find((one) => one.id === id);
  if (rule) return explainRule(rule, title);
  const own = envoyApi.filter(({ object }) => object === id);
  if (own.length > 0) return listMethods(id, own, title);
  const methods = findMethods(id);
  if (methods.length > 0) return methods.map((method) => explainMethod(method, title)).join("\n");
  const word = WORDS[id];
  return word === undefined ? undefined : `${title(id)}\n${word}\n`;
}

/** What may have been meant by a name that nothing is known as. */
export function nearestKnown(id: string): string | undefined {
  const objects = new Set(envoyApi.map(({ object }) => object));
  return closest(id, [...objects, ...rules.map((one) => one.id), ...Object.keys(WORDS), ...envoyApi.map(spellMethod)]);
}

const VERDICTS_AND_OUTCOMES: Readonly<Record<Verdict | Outcome, string>> = {
  exact: "The Wasm filter does what the script does, in everything that a client, an upstream or a log can see.",
  approximate: "The Wasm filter differs in what the verdict lists, each with its place; everything else is the same.",
  refused:
    "The script uses something that Wasm in Envoy cannot do, or that the compiler does not know. Each reason is listed with its place and a way out.",
  wasm: "Compile it: `moonshift migrate`. It is predicted to cost less than Lua, or it is needed for other reasons in the path.",
  "keep-lua": "Leave it as it is. Mend what the audit found.",
  "traffic-extension-lua":
    "Keep the Lua, but attach it with Istio's TrafficExtension (1.30) instead of an EnvoyFilter, which is bound to Envoy's internals.",
  native: "A feature of Istio or Envoy does the same; it is maintained by somebody else and needs no script.",
  "other-language":
    "What the script needs (C modules, sockets, files) exists neither in Wasm nor without blocking in Lua: write it anew, or move it to a service.",
};
const WORDS: Readonly<Record<string, string>> = VERDICTS_AND_OUTCOMES;

function listRules(title: (text: string) => string): string {
  const groups = [...new Set(rules.map(({ group }) => group))];
  const width = Math.max(...rules.map(({ id }) => id.length));
  return groups
    .map((group) => {
      const rows = rules
        .filter((rule) => rule.group === group)
        .map(({ id, level, summary }) => `  ${id.padEnd(width)}  ${level.padEnd(7)}  ${summary}`);
      return `${title(group)}\n${rows.join("\n")}\n`;
    })
    .join("\n");
}

function explainRule(rule: Rule, title: (text: string) => string): string {
  const indent = (text: string): string => text.trimEnd().replace(/^(?=.)/gm, "    ");
  return [
    `${title(rule.id)} (${rule.level}, ${rule.group})`,
    rule.summary,
    "",
    rule.why.replace(/\n/g, " "),
    "",
    title("Wrong"),
    indent(rule.wrong.text),
    "",
    title("Right"),
    indent(rule.right.text),
    "",
    `${title("Fix")} ${rule.fix}`,
    `${title("Ignore")} -- moonshift: ignore ${rule.id} REASON`,
    "",
  ].join("\n");
}

function listMethods(object: string, methods: readonly Method[], title: (text: string) => string): string {
  const width = Math.max(...methods.map((method) => spellMethod(method).length));
  const rows = methods
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(
      (method) =>
        `  ${spellMethod(method).padEnd(width)}  since Envoy ${method.since}, in Wasm: ${method.fidelity.verdict}`,
    );
  return `${title(object)}\n${rows.join("\n")}\n`;
}

/** `Headers:add`, `headers:add`, `handle:headers`, or `add` alone. */
function findMethods(id: string): readonly Method[] {
  const wanted = id
    .toLowerCase()
    .replace(/\(.*$/, "")
    .replace(".", ":")
    .replace(/^(request_|response_)/, "");
  return envoyApi.filter(
    (method) => spellMethod(method).toLowerCase() === wanted || method.name.toLowerCase() === wanted,
  );
}

function explainMethod(method: Method, title: (text: string) => string): string {
  const { parameters, results, since, fidelity, yields, direction, elsewhere, exceptions, minimumEnvoy } = method;
  const signature = parameters.map(({ name, type, optional }) => `${name}${optional ? "?" : ""}: ${type}`).join(", ");
  const gives =
    results.map(({ type, absent }) => (absent === undefined ? type : `${type} or nothing`)).join(", ") || "nothing";
  const lines = [`${title(spellMethod(method))}(${signature}) gives ${gives}`, `Lua filter: since Envoy ${since}`];
  if (yields !== "never")
    lines.push(
      yields === "forever"
        ? "Never returns."
        : `Suspends the script until ${yields} is there; objects handed out before are dead then.`,
    );
  if (direction !== "both")
    lines.push(`Only on the ${direction} path${elsewhere === undefined ? "" : ` (elsewhere: ${elsewhere})`}.`);
  switch (fidelity.verdict) {
    case "exact":
      lines.push(`In Wasm: exact, from Envoy ${minimumEnvoy}`);
      break;
    case "approximate":
      lines.push(`In Wasm: approximate, from Envoy ${minimumEnvoy}: ${fidelity.deviation}`);
      break;
    case "impossible":
      lines.push(`In Wasm: impossible: ${fidelity.reason}`, `Way out: ${fidelity.wayOut}`);
      break;
  }
  for (const { deviation, verdict } of exceptions) lines.push(`  ${verdict}: ${deviation}`);
  return `${lines.join("\n")}\n`;
}
