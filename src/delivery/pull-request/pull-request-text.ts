import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { packageRoot } from "../../support/package-root.js";
import { version } from "../../support/version.js";
import { TRAILER } from "../git/commit-changes.js";
import { type Evidence, inert } from "./evidence.js";
import type { FilterPlan, LeftAlone, UpdatePlan } from "./plan-filter.js";

export interface PullRequestText {
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}

/** The same evidence gives the same text. */
export function pullRequestText(
  evidence: readonly Evidence[],
  leftAlone: readonly LeftAlone[],
  kept: boolean,
): PullRequestText {
  const [only] = evidence;
  const what = evidence.length === 1 ? `\`${only!.id}\`` : `${evidence.length} filters`;
  const body = template()({
    what,
    version: version(),
    kept,
    filters: evidence,
    unpublished: evidence.filter(({ isPublished }) => !isPublished).map(({ id }) => id),
    leftAlone: leftAlone.map(({ id, because }) => ({ id, because: inert(because) })),
  });
  return { title: `Run ${evidence.length === 1 ? only!.id : what} as Wasm instead of Lua`, body };
}

function template(): Handlebars.TemplateDelegate {
  const path = join(packageRoot(), "src", "delivery", "pull-request", "templates", "body.md.hbs");
  return Handlebars.compile(readFileSync(path, "utf8"), { noEscape: true });
}

/** Of one filter's commit; the trailer tells our commits from others'. */
export function commitMessage(plan: FilterPlan | UpdatePlan, evidence: Evidence): string {
  const { id } = plan.delivery;
  const plain = (markdown: string): string =>
    markdown.replace(/[`*]/g, "").replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
  const facts = [
    `Before: ${evidence.was}.`,
    `Now: ${evidence.now}.`,
    `Module: ${evidence.module}.`,
    `Verdict: ${evidence.verdict}.`,
    `Same behaviour: ${evidence.equivalence}.`,
    `Measured: ${evidence.measured}`,
  ];
  const subject = plan.kind === "update" ? `Newer module for ${id}` : `Run ${id} as Wasm instead of Lua`;
  return `${subject}\n\n${facts.map(plain).join("\n")}\n\n${TRAILER}: ${id}\n`;
}
