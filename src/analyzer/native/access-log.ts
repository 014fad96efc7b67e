import { effects, isSelfContained, metadataOf, type NativeRule } from "./native-rule.js";

/** Headers are logged, and that is all. */
export const accessLog: NativeRule = (subject) => {
  const { facts, site } = subject;
  const log = facts.methodCalls.find(({ name }) => name.startsWith("log"));
  const reads = facts.methodCalls.some(
    ({ object, name }) => object.name === "Headers" && (name === "get" || name === "__pairs"),
  );
  if (!log || !reads || effects(subject).length > 0 || !isSelfContained(subject)) return undefined;
  return {
    feature: "access logging (Telemetry)",
    because: "all it does is log headers, which the access log does with `%REQ(NAME)%` and `%RESP(NAME)%`",
    range: log.node.range,
    resource: [
      "# In the mesh configuration: a provider with the format you want, such as",
      "# extensionProviders:",
      "# - name: header-log",
      "#   envoyFileAccessLog: {path: /dev/stdout, logFormat: {labels: {path: '%REQ(:PATH)%', status: '%RESPONSE_CODE%'}}}",
      "apiVersion: telemetry.istio.io/v1",
      "kind: Telemetry",
      metadataOf(site),
      "spec:",
      "  accessLogging:",
      "  - providers:",
      "    - name: header-log",
      "",
    ].join("\n"),
  };
};
