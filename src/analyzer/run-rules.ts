import { createHash } from "node:crypto";
import type { Node } from "../lua/ast.js";
import type { Script } from "../lua/script.js";
import type { LuaSite } from "../manifest/lua-site.js";
import type { Finding, Region } from "./assessment.js";
import type { Place, Problem, Rule, ScriptContext, Settings } from "./define-rule.js";
import type { SitePlaces } from "./site-places.js";
import type { Facts } from "./tracking/facts.js";

export interface RuleRun {
  /** In the order of the file. */
  readonly findings: readonly Finding[];
  readonly secrets: readonly Region[];
}

export interface Subject {
  readonly site: LuaSite;
  readonly places: SitePlaces;
  readonly settings: Settings;
  /** Absent when the script does not parse: then only the rules on how it is attached are run. */
  readonly parsed?: { readonly script: Script; readonly facts: Facts };
}

/** Runs rules over one site. */
export function runRules(rules: readonly Rule[], subject: Subject): RuleRun {
  const collector = new Collector(subject);
  for (const rule of rules) {
    const report = (problem: Problem<Place | Node>): void => collector.add(rule, problem);
    const { site, settings, parsed } = subject;
    if ("site" in rule.check) rule.check.site({ site, settings, report });
    else if (parsed) rule.check.script(scriptContext(subject, parsed, report));
  }
  return collector.result();
}

function scriptContext(
  { site, settings, places }: Subject,
  { script, facts }: { readonly script: Script; readonly facts: Facts },
  report: ScriptContext["report"],
): ScriptContext {
  return {
    site,
    settings,
    script,
    facts,
    report,
    spell: (node, length = 60) => spell(script, node, length),
    lineOf: (node) => places.location(node).startLine,
  };
}

function spell({ bytes }: Script, node: Node, length: number): string {
  const text = Buffer.from(bytes.slice(...node.range), "latin1")
    .toString("utf8")
    .replace(/\s+/g, " ");
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

class Collector {
  private readonly findings: Finding[] = [];
  private readonly secrets: Region[] = [];
  private readonly seen = new Set<string>();

  constructor(private readonly subject: Subject) {}

  add(rule: Rule, problem: Problem<Place | Node>): void {
    const { places, site } = this.subject;
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
  }

  result(): RuleRun {
    const findings = this.findings.toSorted((a, b) => comparePlaces(a.location, b.location));
    return { findings: numbered(findings), secrets: this.secrets };
  }
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
