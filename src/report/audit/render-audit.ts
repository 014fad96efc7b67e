import { renderJson } from "./audit-document.js";
import type { AuditReport } from "./audit-report.js";
import { renderHtml } from "./html.js";
import { renderMarkdown } from "./markdown.js";
import { renderSarif } from "./sarif.js";
import { renderTerminal, type TerminalOptions } from "./terminal.js";

export type AuditFormat = "text" | "json" | "sarif" | "markdown" | "html";

export function renderAudit(report: AuditReport, format: AuditFormat, options: TerminalOptions): string {
  switch (format) {
    case "text":
      return renderTerminal(report, options);
    case "json":
      return renderJson(report);
    case "sarif":
      return renderSarif(report);
    case "markdown":
      return renderMarkdown(report);
    case "html":
      return renderHtml(report);
  }
}
