import { defineRule, lua } from "../define-rule.js";
import { namedStrings } from "../secrets/named-strings.js";
import { secretKind } from "../secrets/secret-kind.js";

export const secretInScript = defineRule({
  id: "secret-in-script",
  level: "error",
  group: "security",
  summary: "A password, token or key stands in the script",
  why: `Manifests are read by everybody who may read the repository, the cluster's EnvoyFilters or Envoy's \`/config_dump\`. A secret in a script is known to all of them, and stays in the history of the repository. Reports of
this tool print dots in its place.`,
  wrong: lua`
    function envoy_on_request(handle)
      local api_key = "9f8Zq2LmX7vT4bRw1KdY" -- <- here
      handle:headers():replace("x-api-key", api_key)
    end
  `,
  right: lua`
    local api_key = os.getenv("AUDIT_API_KEY") or ""
    function envoy_on_request(handle)
      handle:headers():replace("x-api-key", api_key)
    end
  `,
  fix: "Revoke it, and give the new one to the proxy from a Kubernetes Secret (environment, SDS, or Envoy's credential injector).",
  check: {
    script(context) {
      for (const { literal, name } of namedStrings(context.script.chunk)) {
        const kind = secretKind(literal.value, name);
        if (!kind) continue;
        context.report({
          at: literal,
          level: kind.certain ? "error" : "warning",
          message: `${kind.what} stands in the script, for everybody to read who may read the manifest`,
          secret: true,
        });
      }
    },
  },
});
