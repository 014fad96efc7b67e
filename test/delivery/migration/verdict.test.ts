import { expect, test } from "vitest";
import { limitsOf, verdict } from "../../../src/delivery/migration/folder-files.js";
import { manifestFiles } from "../../../src/delivery/migration/manifest-files.js";
import { judgeSite } from "../../../src/delivery/migration/migrate-sites.js";
import type { MigratedSite } from "../../../src/delivery/migration/migrated-filter.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";

/** As if compiled: what is told of the module's bytes is not looked at here. */
function migrate(text: string): MigratedSite {
  const subFilter = { name: "envoy.filters.http.router" };
  const hcm = { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager", subFilter } } };
  const patch = {
    applyTo: "HTTP_FILTER",
    match: { context: "SIDECAR_INBOUND", listener: hcm },
    patch: { operation: "INSERT_BEFORE", value: { name: "my.filter", typed_config: { inlineCode: text } } },
  };
  const resource = { kind: "EnvoyFilter", metadata: { name: "f", namespace: "n" }, spec: { configPatches: [patch] } };
  const module = { bytes: new Uint8Array(), sha256: "", sizeBytes: 0, exports: [], files: new Map() };
  return { ...judgeSite(findLuaSites("f.json", JSON.stringify(resource)).sites[0]!), module };
}

function told(text: string) {
  const migrated = migrate(text);
  return verdict(migrated, manifestFiles(migrated, "auto"));
}

const request = (body: string): string => `function envoy_on_request(handle) ${body} end`;

test("a filter that holds headers while the body comes cannot be a WasmPlugin: requests would hang", () => {
  const { resources, needs } = told(request(`local n = handle:body():length() handle:headers():add("n", tostring(n))`));
  expect(needs.allowOnHeadersStopIteration).toBe(true);
  expect(resources).toMatchObject({
    wasmplugin: { carries: false, because: expect.stringContaining("hang") },
    trafficextension: { carries: false },
    envoyfilter: { carries: true },
  });
});

test("headers alone can be carried by all three", () => {
  const { resources, verdict: word } = told(request(`handle:headers():add("a", "b")`));
  expect(word).toBe("exact");
  expect(resources).toMatchObject({
    wasmplugin: { carries: true },
    trafficextension: { carries: true },
    envoyfilter: { carries: true },
  });
});

test("replies that never reach a Wasm filter are told where the script looks at responses", () => {
  expect(limitsOf(migrate(request("")))).toEqual([]);
  const onResponse = `function envoy_on_response(handle) handle:headers():add("a", "b") end`;
  expect(told(onResponse).limits).toEqual([expect.stringContaining("ext_authz")]);
});

test("os.time() is exact, a time put together is local time", () => {
  expect(told(request("handle:logInfo(os.time())")).deviations.map(({ construct }) => construct)).toEqual(["api.log"]);
  const local = told(request("handle:headers():add('t', os.time({ year = 2026, month = 1, day = 1 }))"));
  expect(local.deviations.map(({ construct }) => construct)).toEqual(["library.os.time"]);
});

test("an impossible method is refused once", () => {
  const { reasons } = judgeSite(migrate(request(`handle:setUpstreamOverrideHost("10.0.0.1")`)).site).assessment
    .judgement;
  expect(reasons.map(({ construct }) => construct)).toEqual(["api.Handle:setUpstreamOverrideHost"]);
});
