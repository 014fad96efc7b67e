import { constantArgument, effects, isSelfContained, type NativeRule } from "./native-rule.js";
import { metadata, printResource, selector } from "./print-resource.js";

const FEATURE = "access logging (Telemetry)";

/** Headers are logged, and that is all. */
export const accessLog: NativeRule = (subject) => {
  const { facts, site } = subject;
  const logs = facts.methodCalls.filter(({ name }) => name.startsWith("log"));
  const reads = facts.methodCalls.filter(
    ({ object, name }) => object.name === "Headers" && (name === "get" || name === "__pairs"),
  );
  const [log] = logs;
  if (!log || reads.length === 0 || effects(subject).length > 0 || !isSelfContained(subject)) return undefined;
  const { range } = log.node;
  const isPlain = logs.every(({ where }) => !where.guarded && where.loops === 0) && facts.complete;
  const labels = reads.map(
    (read) => [read.object.direction, read.name === "get" && constantArgument(read, 0)] as const,
  );
  if (!isPlain || labels.some(([direction, name]) => direction === undefined || !name || !/^[\w:-]+$/.test(name)))
    return {
      may: FEATURE,
      because: "all it does is log what is in headers, for some messages or all of a message's",
      range,
    };
  const headers = labels.map(([direction, name]) => ({ direction, name: String(name).toLowerCase() }));
  const format = Object.fromEntries(
    headers.map(({ direction, name }) => {
      const label = name.replace(/^:/, "");
      const ofBoth = headers.some((other) => other.name === name && other.direction !== direction);
      return [
        ofBoth ? `${direction}-${label}` : label,
        `%${direction === "request" ? "REQ" : "RESP"}(${name.toUpperCase()})%`,
      ];
    }),
  );
  const provider = {
    extensionProviders: [
      { name: "header-log", envoyFileAccessLog: { path: "/dev/stdout", logFormat: { labels: format } } },
    ],
  };
  const telemetry = {
    apiVersion: "telemetry.istio.io/v1",
    kind: "Telemetry",
    metadata: metadata(site),
    spec: { ...selector(site), accessLogging: [{ providers: [{ name: "header-log" }] }] },
  };
  const inMesh = printResource(provider).trimEnd().split("\n");
  return {
    feature: FEATURE,
    because: "all it does is log headers, which the access log does with `%REQ(NAME)%` and `%RESP(NAME)%`",
    range,
    resource: printResource(telemetry, ["In the mesh configuration:", ...inMesh]),
  };
};
