import { COMMON_HEADERS, getRequest, postRequest, type Workload } from "./workload.js";

/** How cost grows with the size of what a filter works on; each point is a workload of its own. */
export function growthWorkloads(): readonly Workload[] {
  return [
    ...[0, 1_024, 10_240, 102_400].map(
      (bytes): Workload => ({
        ...point("body-size", "bytes of body", bytes),
        about: `reading a body of ${bytes} bytes and its length`,
        lua: `function envoy_on_request(handle)
  local body = handle:body()
  handle:headers():replace("x-result", tostring(body and body:length() or 0))
end
`,
        request: postRequest("x".repeat(bytes)),
      }),
    ),
    ...[15, 30, 60, 90].map(
      (count): Workload => ({
        ...point("headers", "request headers", count),
        about: `reading one of ${count} headers and setting another`,
        lua: COPY,
        request: getRequest(extraHeaders(count - COMMON_HEADERS.length - 4)),
      }),
    ),
    ...[1, 2, 5, 10].map(
      (count): Workload => ({
        ...point("chain", "filters in the chain", count),
        about: `${count} filters in a row that each read one header and set another`,
        lua: COPY,
        copies: count,
      }),
    ),
  ];
}

const COPY = `function envoy_on_request(handle)
  local headers = handle:headers()
  headers:replace("x-user-copy", headers:get("x-user-id"))
end
`;

function point(series: string, unit: string, x: number): Omit<Workload, "about" | "lua"> {
  return {
    name: `growth-${series}-${x}`,
    kind: "growth",
    group: `growth with ${unit}`,
    request: getRequest(),
    measure: { form: "over no filter" },
    series: { name: series, unit, x },
  };
}

function extraHeaders(count: number): (readonly [string, string])[] {
  return Array.from({ length: count }, (_, at) => [`x-extra-${at}`, `value of extra header ${at}`] as const);
}
