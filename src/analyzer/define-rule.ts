import type { Node } from "../lua/ast.js";
import type { Script } from "../lua/script.js";
import type { LuaSite } from "../manifest/lua-site.js";
import type { Level } from "./assessment.js";
import type { Ignore } from "./suppressions.js";
import type { Facts } from "./tracking/facts.js";
import type { Obstacles } from "./verdict.js";

type RuleGroup = "run time" | "races and state" | "security" | "cost" | "attachment" | "portability" | "ignores";

/**
 * One rule: its text, its examples and its check. `docs/rules/<id>.md`, `explain <id>`, the SARIF rule list and the rule's test
 * are all made from this.
 */
export interface Rule {
  /** Kebab case; names the fault, so that "ignore <id>" reads right. Stable: users write it into their manifests. */
  readonly id: string;
  /** Of most of its findings; a single finding may be less sure and say so. */
  readonly level: Level;
  readonly group: RuleGroup;
  /** One line. */
  readonly summary: string;
  /** What happens in Envoy and why, a few sentences of plain Markdown. */
  readonly why: string;
  /** Trips this rule, and no other at its level or above, on the lines that end in `<- here`. */
  readonly wrong: Example;
  /** The same, right: trips nothing of this rule. */
  readonly right: Example;
  /** What to do, one sentence; printed with every finding. */
  readonly fix: string;
  readonly check: Check;
}

export interface Example {
  readonly language: "lua" | "yaml";
  readonly text: string;
}

export type Check =
  /** Looks at a script that parses. */
  | { readonly script: (context: ScriptContext) => void }
  /** Looks at how the script is attached, whatever is in it. */
  | { readonly site: (context: SiteContext) => void }
  /** Is told why a script does not parse. */
  | { readonly syntaxError: (context: SiteContext, error: SyntaxFault) => void }
  /** Looks at the ignores of a script after they were applied. */
  | { readonly ignores: (context: SiteContext, ignores: Ignores) => void };

export interface SyntaxFault {
  readonly message: string;
  /** The line holds a template's marker: what is not rendered yet need not be Lua. */
  readonly isTemplate: boolean;
  /** It stands in a program or a page and breaks off: the rest may be added to it. */
  readonly isPart: boolean;
  readonly at: Place;
}

export interface Ignores {
  readonly all: readonly Ignore[];
  /** Those that no finding needed. */
  readonly unused: readonly Ignore[];
}

export interface SiteContext {
  readonly site: LuaSite;
  readonly settings: Settings;
  report(problem: Problem<Place>): void;
}

export interface ScriptContext extends SiteContext {
  readonly script: Script;
  readonly facts: Facts;
  readonly obstacles: Obstacles;
  report(problem: Problem<Place | Node>): void;
  /** The script's text of a node, on one line, cut to `length` characters. */
  spell(node: Node, length?: number): string;
  /** 1-based line of a node in the user's own file. */
  lineOf(node: Node): number;
}

export interface Settings {
  /** `1.34`: methods that came later are findings. */
  readonly envoyVersion?: string;
  /** `1.30`: decides whether a TrafficExtension can be advised. */
  readonly istioVersion?: string;
}

export interface Problem<At> {
  readonly at: At;
  readonly message: string;
  readonly level?: Level;
  readonly help?: string;
  readonly related?: readonly { readonly at: At; readonly message: string }[];
  /** The place is (part of) a secret: no report may print it. */
  readonly secret?: boolean;
}

export type Place =
  /** Bytes of the script. */
  | { readonly bytes: readonly [start: number, end: number] }
  /** A path inside the manifest's document; where it is not known, the script's first line stands for it. */
  | { readonly path: string };

export function defineRule(rule: Rule): Rule {
  return rule;
}

/** Lua for an example. */
export function lua(parts: TemplateStringsArray): Example {
  return { language: "lua", text: dedent(parts.raw[0] ?? "") };
}

/** A manifest for an example. */
export function yaml(parts: TemplateStringsArray): Example {
  return { language: "yaml", text: dedent(parts.raw[0] ?? "") };
}

function dedent(text: string): string {
  const lines = text.replace(/^\n/, "").trimEnd().split("\n");
  const indents = lines.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return `${lines.map((line) => line.slice(indent)).join("\n")}\n`;
}

/** The lines (1-based) that an example marks with `<- here`, or with `^ here` on the line below. */
export function markedLines({ text }: Example): readonly number[] {
  return text.split("\n").flatMap((line, i) => {
    if (line.trimEnd().endsWith("<- here")) return [i + 1];
    return line.trimEnd().endsWith("^ here") ? [i] : [];
  });
}
