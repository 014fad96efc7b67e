import { getRequest, postRequest, type Workload } from "../workload.js";
import { repeated } from "./repeated.js";

const KILOBYTE = "x".repeat(1024);

const REPEATED = repeated("Envoy API", [
  {
    name: "log-off",
    about: "logging a constant below the log level",
    each: `handle:logDebug("request seen")
sum = sum + 1`,
  },
  {
    name: "clear-route-cache",
    about: "clearing the route cache",
    each: `handle:clearRouteCache()
sum = sum + 1`,
  },
  {
    name: "protocol",
    about: "asking for the protocol of the request",
    each: `sum = sum + #handle:streamInfo():protocol()`,
  },
  {
    name: "route-metadata",
    about: "reading the route's metadata",
    each: `sum = sum + #handle:metadata():get("tenant")`,
    repeats: 65,
  },
  {
    name: "dynamic-metadata",
    about: "writing dynamic metadata and reading it back",
    each: `local dynamic = handle:streamInfo():dynamicMetadata()
dynamic:set("bench", "count", i)
sum = sum + dynamic:get("bench").count`,
    repeats: 65,
  },
  {
    name: "base64-escape",
    about: "base64 of 20 bytes with handle:base64Escape",
    before: `local texts = {"user-4711:secret-one", "user-4712:secret-two", "user-4713:secret-3rd", "user-4714:secret-4th"}`,
    each: `sum = sum + #handle:base64Escape(texts[i % 4 + 1])`,
  },
  {
    name: "timestamp",
    about: "asking for the time in milliseconds",
    each: `if handle:timestamp() > 0 then sum = sum + 1 end`,
  },
]);

const ONCE: readonly Workload[] = [
  {
    ...once("log-on", "writing one log line", `handle:logInfo("request seen")`),
    logLevel: "info",
  },
  {
    ...once(
      "body-read-1kb",
      "reading a body of 1 KB and writing its length to a header",
      `local length = handle:body():length()
  handle:headers():replace("x-result", tostring(length))`,
    ),
    request: postRequest(KILOBYTE),
  },
  {
    ...once("body-write-1kb", "replacing a body of 1 KB by one of 5 bytes", `handle:body():setBytes("short")`),
    request: postRequest(KILOBYTE),
  },
  {
    ...once(
      "respond",
      "answering from the filter in place of the upstream",
      `handle:respond({[":status"] = "403"}, "no")`,
    ),
    request: { ...getRequest(), expectStatus: 403 },
  },
  {
    ...once(
      "http-call",
      "one call to another service, waiting for its answer",
      `local answer = handle:httpCall("callout", {[":method"] = "GET", [":path"] = "/", [":authority"] = "callout"}, "", 5000)
  handle:headers():replace("x-result", answer[":status"])`,
    ),
    measure: { form: "over no filter" },
  },
];

export const ENVOY_WORKLOADS: readonly Workload[] = [...REPEATED, ...ONCE];

function once(name: string, about: string, statements: string): Workload {
  return {
    name,
    kind: "micro",
    group: "Envoy API",
    about,
    lua: `function envoy_on_request(handle)\n  ${statements}\nend\n`,
    request: getRequest(),
    measure: { form: "over no-op" },
  };
}
