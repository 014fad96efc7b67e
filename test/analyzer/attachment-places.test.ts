import { describe, expect, it } from "vitest";
import { auditInputs } from "../../src/analyzer/audit-inputs.js";

const MANIFEST = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: tag
  namespace: shop
spec:
  workloadSelector:
    labels: {app: cart}
  configPatches:
  - applyTo: HTTP_FILTER
    patch:
      operation: INSERT_FIRST
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.config.filter.http.lua.v2.Lua
          inlineCode: |
            function envoy_on_request(handle)
              handle:headers():add("x-tag", "1")
            end
`;
const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: cart
`;

/** Where the finding on the old type points, and what stands there. */
async function placeOfType(file: string, text: string) {
  const { assessments } = await auditInputs([{ type: "file", file, text, named: true }], { embedded: true });
  const finding = assessments[0]?.findings.find(({ ruleId }) => ruleId === "v2-type");
  if (!finding) throw new Error("no finding");
  const { startLine, startColumn } = finding.location;
  return { line: startLine, text: text.split("\n")[startLine - 1]?.slice(startColumn - 1, startColumn + 6) };
}

describe("a finding on how a script is attached points at the manifest's own line", () => {
  it("in a Markdown fence", async () => {
    const text = `# Tags\n\n\`\`\`yaml\n${MANIFEST}\`\`\`\n`;
    expect(await placeOfType("README.md", text)).toEqual({ line: 19, text: '"@type"' });
  });

  it("in a fence of a list, which is indented", async () => {
    const indented = `\`\`\`yaml\n${MANIFEST}\`\`\`\n`.replaceAll(/^(?=.)/gm, "   ");
    expect(await placeOfType("README.md", `1. Apply:\n\n${indented}`)).toEqual({ line: 19, text: '"@type"' });
  });

  it("in the second document of a fence", async () => {
    const text = `\`\`\`yaml\n${SERVICE}---\n${MANIFEST}\`\`\`\n`;
    expect(await placeOfType("README.md", text)).toEqual({ line: 22, text: '"@type"' });
  });

  it("in a program's string", async () => {
    const text = `package main\n\nconst manifest = \`\n${MANIFEST}\`\n`;
    expect(await placeOfType("main.go", text)).toEqual({ line: 19, text: '"@type"' });
  });

  it("in an excerpt that begins in the middle of a manifest", async () => {
    const from = MANIFEST.indexOf("    patch:");
    const text = `${MANIFEST.slice(from)}  - applyTo: CLUSTER\n`;
    expect(await placeOfType("excerpt.yaml", text)).toEqual({ line: 6, text: '"@type"' });
  });
});
