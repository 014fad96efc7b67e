import { isAbsolute, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { Finding, Location } from "../../analyzer/assessment.js";
import type { Rule } from "../../analyzer/define-rule.js";
import type { AuditReport, BaselineEntry } from "./audit-report.js";

const DOCUMENTATION = "https://github.com/moonshift/moonshift/blob/main/docs/rules";

/** SARIF 2.1.0: what GitHub's code scanning and the SARIF viewers read. Baselined and ignored results are marked, not left out. */
export function renderSarif(report: AuditReport): string {
  const { tool, rules, assessments, problems, gone } = report;
  const findings = assessments.flatMap((assessment) => assessment.findings);
  const run = {
    tool: {
      driver: {
        name: tool.name,
        semanticVersion: tool.version,
        informationUri: "https://github.com/moonshift/moonshift",
        rules: rules.map(ruleOf),
      },
    },
    columnKind: "utf16CodeUnits",
    originalUriBaseIds: { SRCROOT: { description: { text: "The folder in which the audit ran" } } },
    invocations: [
      { executionSuccessful: problems.length === 0, toolExecutionNotifications: problems.map(notificationOf) },
    ],
    results: [
      ...findings.map((finding) => resultOf(finding, rules)),
      ...(gone ?? []).map((entry) => absentOf(entry, rules)),
    ],
  };
  return `${JSON.stringify({ $schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }, undefined, 2)}\n`;
}

function ruleOf(rule: Rule) {
  return {
    id: rule.id,
    name: rule.id.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.why.replace(/\s+/g, " ") },
    help: { text: rule.fix, markdown: `${rule.why}\n\n**Fix:** ${rule.fix}` },
    helpUri: `${DOCUMENTATION}/${rule.id}.md`,
    defaultConfiguration: { level: rule.level },
    properties: {
      tags: [rule.group],
      precision: "high",
      ...(rule.group === "security" && { "security-severity": rule.level === "error" ? "8.0" : "5.0" }),
    },
  };
}

function resultOf(finding: Finding, rules: readonly Rule[]) {
  const { suppression, baselineState } = finding;
  return {
    ruleId: finding.ruleId,
    ruleIndex: rules.findIndex(({ id }) => id === finding.ruleId),
    level: finding.level,
    message: { text: `${finding.message}. ${finding.help}` },
    locations: [locationOf(finding.location)],
    ...(finding.related.length > 0 && {
      relatedLocations: finding.related.map(({ location, message }, id) => ({
        id: id + 1,
        ...locationOf(location),
        message: { text: message },
      })),
    }),
    partialFingerprints: { "moonshift/v1": finding.fingerprint },
    ...(suppression && {
      suppressions: [
        {
          kind: suppression.by === "comment" ? "inSource" : "external",
          ...(suppression.reason !== "" && { justification: suppression.reason }),
        },
      ],
    }),
    ...(baselineState && { baselineState }),
  };
}

/** A finding of the baseline that is gone. */
function absentOf({ ruleId, message, file, fingerprint }: BaselineEntry, rules: readonly Rule[]) {
  const ruleIndex = rules.findIndex(({ id }) => id === ruleId);
  return {
    ruleId,
    ...(ruleIndex !== -1 && { ruleIndex }),
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(file) } }],
    partialFingerprints: { "moonshift/v1": fingerprint },
    baselineState: "absent",
  };
}

function locationOf({ file, startLine, startColumn, endLine, endColumn }: Location) {
  return {
    physicalLocation: { artifactLocation: artifactOf(file), region: { startLine, startColumn, endLine, endColumn } },
  };
}

/** Relative to the folder of the run, as GitHub wants it; names outside of it are given whole. */
function artifactOf(file: string) {
  const path = isAbsolute(file) ? relative(process.cwd(), file) : file;
  if (path.startsWith("..")) return { uri: pathToFileURL(file).href };
  return { uri: path.split(/[\\/]/).map(encodeURIComponent).join("/"), uriBaseId: "SRCROOT" };
}

function notificationOf({ file, line, column, message }: AuditReport["problems"][number]) {
  const region =
    line === undefined ? {} : { region: { startLine: line, ...(column !== undefined && { startColumn: column }) } };
  return {
    level: "error",
    message: { text: message },
    locations: [{ physicalLocation: { artifactLocation: artifactOf(file), ...region } }],
  };
}
