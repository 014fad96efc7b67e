import { z } from "zod";
import type { Assessment } from "../../analyzer/assessment.js";
import { type AuditReport, summarise } from "./audit-report.js";

/** The audit's JSON. Additions keep the version, anything else raises it. */
const SCHEMA_VERSION = 1;

const line = z.int().positive().describe("1-based line in the user's file");
const column = z.int().positive().describe("1-based column in UTF-16 units");
const location = z
  .object({
    file: z.string(),
    startLine: line,
    startColumn: column,
    endLine: line,
    endColumn: column.describe("1-based, exclusive"),
  })
  .describe("A place in the file as the user sees it");

const finding = z.object({
  ruleId: z.string(),
  level: z.enum(["error", "warning", "note"]),
  message: z.string(),
  location,
  help: z.string().describe("What to do about it"),
  related: z.array(z.object({ message: z.string(), location })),
  fingerprint: z.string().describe("The same for the same finding in another version of the file"),
  suppression: z.object({ by: z.enum(["comment", "annotation"]), reason: z.string() }).optional(),
  baselineState: z.enum(["new", "unchanged"]).optional(),
});

const obstacle = z.object({
  construct: z.string(),
  message: z.string(),
  wayOut: z.string().optional(),
  locations: z.array(location),
});
const interval = z.object({ low: z.number(), likely: z.number(), high: z.number() });

const recommendation = z.object({
  outcome: z.enum(["wasm", "keep-lua", "traffic-extension-lua", "native", "other-language"]),
  summary: z.string(),
  path: z.array(
    z.object({
      id: z.string(),
      question: z.string(),
      answer: z.string(),
      because: z.string(),
      evidence: location.optional(),
    }),
  ),
  predictedCost: z
    .object({ lua: interval, wasm: interval, basis: z.string() })
    .describe("Microseconds of worker CPU per request over no filter"),
  native: z.object({ feature: z.string(), resource: z.string().describe("YAML") }).optional(),
});

const site = z.object({
  id: z.string(),
  source: z.object({
    file: z.string(),
    document: z.int().nonnegative(),
    kind: z.string(),
    resourceKind: z.string().optional(),
    apiVersion: z.string().optional(),
    namespace: z.string().optional(),
    name: z.string().optional(),
    path: z.string(),
    line,
    column,
  }),
  filter: z.record(z.string(), z.unknown()).describe("How the script is attached, as far as the manifest says"),
  verdict: z.enum(["exact", "approximate", "refused"]),
  deviations: z.array(obstacle),
  reasons: z.array(obstacle),
  findings: z.array(finding),
  api: z.array(
    z.object({
      method: z.string(),
      count: z.int().positive(),
      fidelity: z.enum(["exact", "approximate", "impossible"]),
    }),
  ),
  recommendation,
});

const message = z.object({
  file: z.string(),
  line: line.optional(),
  column: column.optional(),
  message: z.string(),
  code: z.string().optional(),
});
const count = z.int().nonnegative();

export const auditDocument = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    tool: z.object({ name: z.string(), version: z.string() }),
    sites: z.array(site),
    problems: z.array(message).describe("Inputs that could not be read"),
    notes: z
      .array(message)
      .describe("What is nobody's mistake but worth knowing, such as templates that were not rendered"),
    summary: z.object({
      files: count,
      scripts: count,
      distinctScripts: count.describe("Scripts that differ from each other; the others are copies"),
      findings: z.object({ error: count, warning: count, note: count }).describe("Neither ignored nor in the baseline"),
      suppressed: count,
      baseline: z.object({ unchanged: count, new: count, gone: count }).optional(),
      verdicts: z.object({ exact: count, approximate: count, refused: count }),
      outcomes: z.record(z.string(), count),
    }),
  })
  .describe("What `moonshift audit --format json` prints");

type AuditDocument = z.infer<typeof auditDocument>;

/** @throws when the report is not what the schema says: a fault of ours */
function toAuditDocument(report: AuditReport): AuditDocument {
  return auditDocument.parse({
    schemaVersion: SCHEMA_VERSION,
    tool: report.tool,
    sites: report.assessments.map(siteOf),
    problems: report.problems,
    notes: report.notes,
    summary: summarise(report),
  });
}

export function renderJson(report: AuditReport): string {
  return `${JSON.stringify(toAuditDocument(report), undefined, 2)}\n`;
}

function siteOf({ site: { id, source, filter }, judgement, findings, api, recommendation: advice }: Assessment) {
  const { verdict, deviations, reasons } = judgement;
  return { id, source, filter, verdict, deviations, reasons, findings, api, recommendation: advice };
}
