import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { applyBaseline } from "../../src/analyzer/baseline.js";
import { rules } from "../../src/analyzer/rules/index.js";
import { auditDocument } from "../../src/report/audit/audit-document.js";
import type { AuditReport } from "../../src/report/audit/audit-report.js";
import { type AuditFormat, renderAudit } from "../../src/report/audit/render-audit.js";
import { packageRoot } from "../../src/support/package-root.js";
import { auditTexts } from "../analyzer/audit-text.js";

const SECRET = "9f8Zq2LmX7vT4bRw1KdYp3Ns";
const MANIFEST = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: tag
  namespace: shop
spec:
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: GATEWAY}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          inlineCode: |
            local api_key = "${SECRET}"
            function envoy_on_request(handle)
              -- ключ: 鍵
              local user = handle:headers():get("x-user")
              handle:headers():replace("x-greeting", "привет <b>" .. user)
              handle:headers():replace("x-key", api_key) -- moonshift: ignore nil-index no such finding
            end
`;

async function reportOf(files: Readonly<Record<string, string>> = { "shop/tag.yaml": MANIFEST }): Promise<AuditReport> {
  const audit = await auditTexts(files);
  const baseline = {
    file: "b.json",
    entries: [{ fingerprint: "gone", ruleId: "nil-index", file: "old.yaml", message: "it was here" }],
  };
  const { audit: marked, gone } = applyBaseline(audit, baseline);
  return { tool: { name: "moonshift", version: "1.2.3" }, ...marked, rules, gone };
}

const render = async (format: AuditFormat, colour = false): Promise<string> =>
  renderAudit(await reportOf(), format, { colour, notes: true, width: 100 });

test.each(["text", "json", "sarif", "markdown", "html"] as const)("%s never shows a secret", async (format) => {
  const text = await render(format);
  expect(text).not.toContain(SECRET);
  expect(text).toContain("secret-in-script");
});

describe("text", () => {
  test("shows the manifest's own line with marks under the place", async () => {
    const lines = (await render("text")).split("\n");
    const at = lines.findIndex((line) => line.includes("21 │ ") && line.includes("x-greeting"));
    expect(lines[at]).toContain("> 21 │");
    const marks = lines[at + 1] ?? "";
    expect((lines[at] ?? "").slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe("user");
  });

  test.each([
    ["local user = handle", 60],
    [`local user = "${"long ".repeat(20)}" .. handle`, 80],
  ])(
    "cuts lines that are wider than the terminal, and what is marked stays above its marks: %s",
    async (start, columns) => {
      const script = `function envoy_on_request(handle)\n  ${start}:headers():get("x-user") .. "${" and more".repeat(20)}"\nend\n`;
      const shown = renderAudit(await reportOf({ "a.lua": script }), "text", {
        colour: false,
        notes: false,
        width: columns,
        columns,
      });
      const lines = shown.split("\n");
      const at = lines.findIndex((line) => line.includes("> 2 │"));
      const marks = lines[at + 1] ?? "";
      expect((lines[at] ?? "").slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe(
        'handle:headers():get("x-user")',
      );
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
    },
  );

  test("has colours only when asked", async () => {
    expect(await render("text")).not.toContain("\u001b[");
    expect(await render("text", true)).toContain("\u001b[31m");
  });
});

describe("json", () => {
  test("is what its schema says", async () => {
    const document = JSON.parse(await render("json"));
    expect(() => auditDocument.parse(document)).not.toThrow();
    const schema = JSON.parse(readFileSync(join(packageRoot(), "docs/schema/audit.json"), "utf8"));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  });

  test("counts positions as an editor does, behind letters of several bytes too", async () => {
    const { sites } = JSON.parse(await render("json"));
    const finding = sites[0].findings.find(({ ruleId }: { ruleId: string }) => ruleId === "nil-concatenation");
    const line = MANIFEST.split("\n")[finding.location.startLine - 1] ?? "";
    expect(line.slice(finding.location.startColumn - 1, finding.location.endColumn - 1)).toBe("user");
  });
});

describe("sarif", () => {
  test("is valid by the official schema", async () => {
    const file = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
    const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(file, "utf8"));
    const validate = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(schema);
    const sarif = JSON.parse(await render("sarif"));
    expect(validate(sarif), JSON.stringify(validate.errors?.slice(0, 3))).toBe(true);
  });

  test("marks what is known, new and gone, and never leaves results out", async () => {
    const { runs } = JSON.parse(await render("sarif"));
    const states = new Set(runs[0].results.map(({ baselineState }: { baselineState: string }) => baselineState));
    expect([...states].toSorted()).toEqual(["absent", "new"]);
    const empty = JSON.parse(
      renderAudit({ ...(await reportOf({ "a.yaml": "a: 1\n" })), gone: [] }, "sarif", {
        colour: false,
        notes: false,
        width: 80,
      }),
    );
    expect(empty.runs[0].results).toEqual([]);
  });
});

describe("html", () => {
  test("escapes what comes from the manifest, and loads nothing", async () => {
    const html = await render("html");
    expect(html).toContain("привет &lt;b&gt;");
    expect(html).not.toMatch(/<(link|img|iframe)|src=|@import|https?:\/\/(?!schemas)/);
  });

  const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((path) =>
    existsSync(path),
  );

  test.runIf(chromium)("works in a browser: counts, sorts, and is drawn in light and dark", async () => {
    const folder = mkdtempSync(join(tmpdir(), "moonshift-html-"));
    try {
      const page = join(folder, "report.html");
      writeFileSync(page, await render("html"));
      const run = (...flags: string[]): string =>
        execFileSync(
          chromium ?? "",
          [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            `--user-data-dir=${join(folder, "profile")}`,
            "--window-size=1200,1600",
            ...flags,
            `file://${page}`,
          ],
          { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 60_000 },
        );
      expect(run("--dump-dom")).toContain("1 of 1 shown");
      const shots = ["1", "0"].map((scheme) => {
        const shot = join(folder, `${scheme}.png`);
        run(`--screenshot=${shot}`, `--blink-settings=preferredColorScheme=${scheme}`);
        expect(statSync(shot).size).toBeGreaterThan(20_000);
        return readFileSync(shot);
      });
      expect(shots[0]?.equals(shots[1] ?? Buffer.alloc(0))).toBe(false);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

test.each(["text", "markdown", "html"] as const)(
  "%s says once why a script is refused, without a Wasm price",
  async (format) => {
    const refused = 'function envoy_on_request(handle) handle:setUpstreamOverrideHost("10.0.0.7:80") end\n';
    const options = { colour: false, notes: true, width: 100 };
    const shown = renderAudit(await reportOf({ "a.lua": refused }), format, options);
    expect(shown.match(/not in Wasm:/gi)).toHaveLength(1);
    expect(shown).not.toMatch(/µs( \([^)]*\))? in Wasm[ ,.]|[\d.]+ \/ [\d.]+ \||Wasm \(about/);
    const compiled = renderAudit(
      await reportOf({ "a.lua": "function envoy_on_request(h) h:body() end\n" }),
      format,
      options,
    );
    expect(compiled).toMatch(/µs( \([^)]*\))? in Wasm|[\d.]+ \/ [\d.]+ \||Wasm \(about/);
  },
);

describe.each(["text", "markdown"] as const)("%s says things once", (format) => {
  const options = { colour: false, notes: true, width: 200 };
  const logs = (path: string): string =>
    `function envoy_on_request(handle)\n  handle:logInfo("${path} " .. handle:headers():get("x-a"))\nend\n`;

  test("what is not the same in Wasm, for all scripts that have it", async () => {
    const shown = renderAudit(await reportOf({ "a.lua": logs("a"), "b.lua": logs("b") }), format, options);
    expect(shown.match(/log functions`: same level/g)).toHaveLength(1);
    expect(shown).toContain("2 scripts, first at");
    expect(shown.match(/approximate: log functions/g)).toHaveLength(2);
  });

  test("what is wrong with a script, for the places that it was copied to", async () => {
    const manifest = MANIFEST.replace(
      /inlineCode: \|\n[\s\S]*/,
      `inlineCode: |\n${logs("a").replace(/^/gm, "            ")}\n`,
    );
    const shown = renderAudit(await reportOf({ "a.lua": logs("a"), "b.yaml": manifest }), format, options);
    expect(shown.match(/`\.\.` then raises an error/g)).toHaveLength(1);
    expect(shown).toContain("the same script as a.lua:1, whose 1 error and 1 note hold here, too");
    expect(shown).toContain("no-sub-filter");
    expect(shown).toContain("2 scripts (1 different) in 2 files: 2 errors");
  });
});
