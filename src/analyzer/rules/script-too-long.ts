import { defineRule, yaml } from "../define-rule.js";

export const scriptTooLong = defineRule({
  id: "script-too-long",
  level: "error",
  group: "attachment",
  summary: "The script is longer than a TrafficExtension takes",
  why: `Istio accepts at most 65 536 bytes in \`lua.inlineCode\` of a TrafficExtension.`,
  wrong: { language: "yaml", text: tooLong() },
  right: yaml`
    apiVersion: extensions.istio.io/v1alpha1
    kind: TrafficExtension
    metadata:
      name: tag
      namespace: shop
    spec:
      selector:
        matchLabels:
          app: cart
      lua:
        inlineCode: |
          function envoy_on_request(handle)
            handle:headers():replace("x-seen", handle:streamInfo():protocol())
          end
  `,
  fix: "Shorten it, or compile it to Wasm.",
  check: {
    site(context) {
      const { source, text } = context.site;
      const bytes = Buffer.byteLength(text);
      if (source.kind === "TrafficExtension" && bytes > MAX_BYTES)
        context.report({
          at: { path: source.path },
          message: `the script has ${bytes} bytes, a TrafficExtension takes ${MAX_BYTES}`,
        });
    },
  },
});
const MAX_BYTES = 65_536;

function tooLong(): string {
  const filler = Array.from(
    { length: 1400 },
    (_, i) => `      -- line ${i} of a script that has outgrown its resource`,
  ).join("\n");
  return `apiVersion: extensions.istio.io/v1alpha1
kind: TrafficExtension
metadata:
  name: tag
  namespace: shop
spec:
  selector:
    matchLabels:
      app: cart
  lua:
    inlineCode: | # <- here
      function envoy_on_request(handle)
        handle:headers():replace("x-seen", handle:streamInfo():protocol())
      end
${filler}
`;
}
