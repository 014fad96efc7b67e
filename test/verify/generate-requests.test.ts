import { describe, expect, test } from "vitest";
import { encodeRequest } from "../../src/harness/traffic.js";
import { generateRequests } from "../../src/verify/generate-requests.js";
import { readVocabulary } from "../../src/verify/script-vocabulary.js";

const script = `
  local CLUSTER = "outbound|443||auth.example.com"
  function envoy_on_request(handle)
    local tenant = handle:headers():get("X-Tenant")
    if handle:headers():get(":method") == "PURGE" or tenant == "acme" then return end
    if handle:headers():get(":path") == "/admin" then handle:body() end
    handle:httpCall(CLUSTER, {[":method"] = "GET"}, nil, 1000)
    handle:httpCall("audit", {}, nil, 1000)
  end
  function envoy_on_response(handle)
    if handle:headers():get(":status") == "418" then handle:headers():remove("x-teapot") end
  end`;

test("the vocabulary of a script", () => {
  expect(readVocabulary(script)).toMatchObject({
    headers: ["x-tenant", "x-teapot"],
    paths: ["/admin"],
    clusters: ["outbound|443||auth.example.com", "audit"],
    readsBody: true,
    readsTrailers: false,
    hasResponse: true,
    statuses: [418],
  });
});

describe("generated requests", () => {
  const requests = generateRequests(script, 300, 7);

  test("are the same for the same seed, and others for another", () => {
    expect(generateRequests(script, 300, 7)).toEqual(requests);
    expect(generateRequests(script, 300, 8)).not.toEqual(requests);
  });

  test("use the script's own words", () => {
    const headers = requests.flatMap((request) =>
      request.headers.map(([name, value]) => `${name.toLowerCase()}: ${value}`),
    );
    expect(headers).toContain("x-tenant: acme");
    expect(requests.some((request) => request.path.startsWith("/admin"))).toBe(true);
    expect(requests.some((request) => request.upstream.status === 418)).toBe(true);
    expect(Object.keys(requests[5]!.calls)).toEqual(["outbound|443||auth.example.com", "audit"]);
  });

  test("have headers absent, empty, repeated and not UTF-8", () => {
    const tenants = requests.map((request) => request.headers.filter(([name]) => name.toLowerCase() === "x-tenant"));
    expect(tenants.some((found) => found.length === 0)).toBe(true);
    expect(tenants.some((found) => found.length > 1)).toBe(true);
    expect(tenants.flat().some(([, value]) => value === "")).toBe(true);
    expect(tenants.flat().some(([, value]) => value.includes("\xff"))).toBe(true);
  });

  test("have bodies of every kind", () => {
    const bodies = requests.map((request) => request.body);
    expect(bodies).toContain(undefined);
    expect(bodies).toContain("");
    expect(bodies.some((body) => Array.isArray(body))).toBe(true);
    expect(bodies.some((body) => typeof body === "string" && body.startsWith("{"))).toBe(true);
  });

  test("are HTTP: no header or request line holds a line break or NUL", () => {
    for (const request of requests) {
      const head = encodeRequest({ ...request, body: "" }).toString("latin1");
      expect(head.split("\r\n").length).toBe(1 + request.headers.length + 1 + 2);
      expect(head).not.toMatch(/[\0]|[^\r]\n/);
      expect(request.path).toMatch(/^\/[!-~]*$/);
    }
  });
});
