import { describe, expect, test } from "vitest";
import { assessLua, auditTexts, only, serious } from "./audit-text.js";

const FAULT = 'handle:headers():replace("x-b", "b" .. handle:headers():get("x-a"))';
const script = (body: string): string => `function envoy_on_request(handle)\n${body}\nend\n`;

describe("-- moonshift: ignore", () => {
  test.each([
    ["behind the line", `${FAULT} -- moonshift: ignore nil-concatenation always there`],
    ["above the line", `-- moonshift: ignore nil-concatenation always there\n${FAULT}`],
    [
      "above it, with another comment between",
      `-- moonshift: ignore nil-concatenation always there\n-- see the wiki\n${FAULT}`,
    ],
  ])("%s", (_, body) => {
    const { findings } = assessLua(script(body));
    expect(only(findings, "nil-concatenation").suppression).toEqual({ by: "comment", reason: "always there" });
    expect(serious({ findings })).toEqual([]);
  });

  test("of another rule ignores nothing, and says so", () => {
    expect(serious(assessLua(script(`${FAULT} -- moonshift: ignore nil-index why not`)))).toEqual([
      "nil-concatenation",
      "unused-ignore",
    ]);
  });

  test("on another line ignores nothing", () => {
    expect(serious(assessLua(script(`-- moonshift: ignore nil-concatenation x\nlocal a = 1\n${FAULT}`)))).toEqual([
      "unused-ignore",
      "nil-concatenation",
    ]);
  });
});

test("the annotation moonshift.dev/ignore speaks for every script of the resource", async () => {
  const manifest = `apiVersion: extensions.istio.io/v1alpha1
kind: TrafficExtension
metadata:
  name: tag
  annotations:
    moonshift.dev/ignore: "nil-concatenation our gateway sets it; unknown-method no such thing"
spec:
  selector: {matchLabels: {app: cart}}
  lua:
    inlineCode: |
      function envoy_on_request(handle)
        ${FAULT}
      end
`;
  const { assessments } = await auditTexts({ "tag.yaml": manifest });
  const findings = assessments.flatMap((assessment) => assessment.findings);
  expect(only(findings, "nil-concatenation").suppression).toEqual({ by: "annotation", reason: "our gateway sets it" });
  expect(only(findings, "unused-ignore").location.startLine).toBe(5);
});
