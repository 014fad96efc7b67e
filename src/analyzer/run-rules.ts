import { createHash } from "node:crypto";
import type { Node } from "../lua/ast.js";
import type { Script } from "../lua/script.js";
import type { LuaSite } from "../manifest/lua-site.js";
import type { Finding, Region } from "./assessment.js";
import type {
  Check,
  Ignores,
  Place,
  Problem,
  Rule,
  ScriptContext,
  Settings,
  SiteContext,
  SyntaxFault,
} from "./define-rule.js";
import type { SitePlaces } from "./site-places.js";
import type { Facts } from "./tracking/facts.js";
import type { Obstacles } from "./verdict.js";

export interface RuleRun {
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  readonly secrets: readonly Region[];
}

export interface Subject {
  readonly site: LuaSite;
  readonly places: SitePlaces;
  readonly settings: Settings;
}

interface ParsedScript {
  readonly script: Script;
  readonly facts: Facts;
  readonly obstacles: Obstacles;
}

/** Runs the rules on the script, and those on how it is attached. */
export function runRules(rules: readonly Rule[], subject: Subject, parsed: ParsedScript): RuleRun {
  const collector = new Collector(subject);
  const onSite = siteContext(subject, collector.report);
  const onScript = scriptContext(subject, parsed, collector.report);
  return collector.run(rules, (check) => {
    if ("script" in check) check.script(onScript);
    else if ("site" in check) check.site(onSite);
  });
}

/** For a script that does not parse: what is wrong with it, and the rules on how it is attached. */
export function runRulesOnBroken(rules: readonly Rule[], subject: Subject, fault: SyntaxFault): RuleRun {
  const collector = new Collector(subject);
  const context = siteContext(subject, collector.report);
  return collector.run(rules, (check) => {
    if ("syntaxError" in check) check.syntaxError(context, fault);
    else if ("site" in check) check.site(context);
  });
}

/** The rules on ignores, which come last. */
export function runRulesOnIgnores(rules: readonly Rule[], subject: Subject, ignores: Ignores): RuleRun {
  const collector = new Collector(subject);
  const context = siteContext(subject, collector.report);
  return collector.run(rules, (check) => {
    if ("ignores" in check) check.ignores(context, ignores);
  });
}

type Report = (problem: Problem<Place | Node>) => void;

function siteContext({ site, settings }: Subject, report: Report): SiteContext {
  return { site, settings, report };
}

function scriptContext(subject: Subject, { script, facts, obstacles }: ParsedScript, report: Report): ScriptContext {
  return {
    ...siteContext(subject, report),
    script,
    facts,
    obstacles,
    report,
    spell: (node, length = 60) => spell(script, node, length),
    lineOf: (node) => subject.places.location(node).startLine,
  };
}

function spell({ bytes }: Script, node: Node, length: number): string {
  const text = Buffer.from(bytes.slice(...node.range), "latin1")
    .toString("utf8")
    .replace(/\s+/g, " ");
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** Gathers what the rules report, one rule after the other. */
class Collector {
  private readonly findings: Finding[] = [];
  private readonly secrets: Region[] = [];
  private readonly seen = new Set<string>();
  private rule: Rule | undefined;

  constructor(private readonly subject: Subject) {}

  run(rules: readonly Rule[], check: (check: Check) => void): RuleRun {
    for (const rule of rules) {
      this.rule = rule;
      check(rule.check);
    }
    const findings = this.findings.toSorted((a, b) => comparePlaces(a.location, b.location));
    return { findings: numbered(findings), secrets: this.secrets };
  }

  readonly report: Report = (problem) => {
    const { places, site } = this.subject;
    const { rule } = this;
    if (!rule) return;
    const location = places.location(problem.at);
    const key = [rule.id, location.startLine, location.startColumn, problem.message].join("\n");
    if (this.seen.has(key)) return;
    this.seen.add(key);
    if (problem.secret) this.secrets.push(location);
    this.findings.push({
      ruleId: rule.id,
      level: problem.level ?? rule.level,
      message: problem.message,
      location,
      help: problem.help ?? rule.fix,
      related: (problem.related ?? []).map(({ at, message }) => ({ message, location: places.location(at) })),
      fingerprint: fingerprint(rule, site, problem),
    });
  };
}

function comparePlaces(a: Region, b: Region): number {
  return a.startLine - b.startLine || a.startColumn - b.startColumn;
}

/**
 * Made of the rule, the resource and the text at the place, not of line numbers. The message is left out too, so that
 * its wording can get better without every baseline losing its grip.
 */
function fingerprint(rule: Rule, site: LuaSite, { at }: Problem<Place | Node>): string {
  const text = "path" in at ? at.path : textAt(site, "bytes" in at ? at.bytes : at.range);
  const { kind, namespace, name, path } = site.source;
  const owner = name === undefined ? site.source.file : [kind, namespace ?? "", name].join("/");
  return createHash("sha256")
    .update([rule.id, owner, path, text.replace(/\s+/g, " ")].join("\n"))
    .digest("hex")
    .slice(0, 32);
}

function textAt(site: LuaSite, range: readonly [number, number]): string {
  return Buffer.from(site.text, "utf8")
    .subarray(...range)
    .toString("utf8");
}

/** Two findings with the same fingerprint are told apart by their order. */
function numbered(findings: readonly Finding[]): readonly Finding[] {
  const counts = new Map<string, number>();
  return findings.map((finding) => {
    const count = (counts.get(finding.fingerprint) ?? 0) + 1;
    counts.set(finding.fingerprint, count);
    return count === 1 ? finding : { ...finding, fingerprint: `${finding.fingerprint}-${count}` };
  });
}
