import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { migrateSites } from "../../../src/delivery/migration/migrate-sites.js";
import { withModuleAddress } from "../../../src/delivery/publish/module-address.js";
import { chooseLocalEnvoy } from "../../../src/harness/choose-envoy.js";
import { startUpstream } from "../../../src/harness/recording-upstream.js";
import { sendHttp1 } from "../../../src/harness/traffic.js";
import { collectSites } from "../../../src/manifest/collect-sites.js";
import { packageRoot } from "../../../src/support/package-root.js";
import { readMigratedFolder } from "../../../src/verify/migrated-folder.js";
import { verifyFolder } from "../../../src/verify/verify-folder.js";
import type { VerifyRequest } from "../../../src/verify/verify-request.js";
import { readMetadataLine } from "../../../src/verify/written-metadata.js";

/** In the order of the chain. Two write the same key; the second reads the first's; the third only keeps a count. */
const SCRIPTS = {
  auth: `
function envoy_on_request(handle)
  local metadata = handle:streamInfo():dynamicMetadata()
  metadata:set("com.example", "role", handle:headers():get("x-role") or "none")
  metadata:set("com.example", "shared", "auth")
end`,
  audit: `
function envoy_on_request(handle)
  local metadata = handle:streamInfo():dynamicMetadata()
  local before = metadata:get("com.example") or {}
  metadata:set("com.example", "shared", tostring(before.shared) .. "+audit")
  metadata:set("com.example", "vip", before.role == "admin")
  if before.role == "denied" then handle:respond({ [":status"] = "403" }, "no") end
end
function envoy_on_response(handle)
  handle:streamInfo():dynamicMetadata():set("com.example.answer", "status", handle:headers():get(":status"))
end`,
  counter: `
count = 0
function envoy_on_request(handle)
  count = count + 1
  local metadata = handle:streamInfo():dynamicMetadata():get("com.example") or {}
  handle:headers():add("x-count", count .. " " .. tostring(metadata.shared) .. " " .. tostring(metadata.vip))
end`,
};
const NAMES = Object.keys(SCRIPTS) as (keyof typeof SCRIPTS)[];
const NAMESPACES = ["com.example", "com.example.answer"];
const REQUESTS = [[["x-role", "admin"]], [["x-role", "denied"]], [], [["x-role", "user"]]] as const;

mkdirSync(join(packageRoot(), ".cache"), { recursive: true });
const folder = mkdtempSync(join(packageRoot(), ".cache", "bundle-metadata-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const type = (name: string): string => `type.googleapis.com/envoy.extensions.${name}`;
const luaFilter = (name: string, text: string): HttpFilter => ({
  name,
  typed_config: { "@type": type("filters.http.lua.v3.Lua"), default_source_code: { inline_string: text } },
});

interface HttpFilter {
  readonly name: string;
  readonly typed_config: object;
}

test("a bundle's filters hand their dynamic metadata on, each through its own companions, in one VM", async () => {
  const input = join(folder, "filters.yaml");
  writeFileSync(input, NAMES.map((name) => stringify(resource(name))).join("---\n"));
  const { sites } = await collectSites([input]);
  const out = join(folder, "out");
  const results = await migrateSites(sites, out, { target: "auto", bundle: true, say: () => {} });
  expect(results.map(({ verdict }) => verdict)).toEqual(["approximate", "approximate", "exact"]);

  await using upstream = await startUpstream({ answer: () => ({ status: 200 }) });
  const launcher = await chooseLocalEnvoy();
  const chains = {
    lua: NAMES.map((name) => luaFilter(name, SCRIPTS[name])),
    wasm: NAMES.flatMap((name) => chainOf(out, name)),
  };
  await using envoy = await launcher.start(bootstrap(chains, upstream.port), {
    files: { "filter.wasm": readFileSync(join(out, "bundle", "filter.wasm")) },
    logLevels: { lua: "error", wasm: "error" },
  });
  const runs = { lua: [] as unknown[], wasm: [] as unknown[] };
  for (const arm of ["lua", "wasm"] as const) {
    for (const headers of REQUESTS) {
      const from = envoy.logs.length;
      const sent = { method: "GET", path: "/", headers: [["host", "h"] as const, ...headers] };
      const outcome = await sendHttp1(envoy.port(arm), sent);
      const line = await envoy.waitForLog(({ message }) => readMetadataLine(message)?.arm === arm, 5_000, from);
      const forwarded = upstream.take().map((request) => request.headers.filter(([name]) => name.startsWith("x-")));
      const metadata = readMetadataLine(line.message)!.metadata;
      runs[arm].push({
        status: outcome.kind === "response" && outcome.response.status,
        forwarded: forwarded.map(withoutIds),
        metadata,
      });
    }
  }
  expect(runs.wasm).toEqual(runs.lua);
  expect(runs.wasm).toMatchObject([
    {
      status: 200,
      forwarded: [
        [
          ["x-role", "admin"],
          ["x-count", "1 auth+audit true"],
        ],
      ],
      metadata: {
        "com.example": { role: "admin", shared: "auth+audit", vip: true },
        "com.example.answer": { status: "200" },
      },
    },
    { status: 403, forwarded: [], metadata: { "com.example.answer": { status: "403" } } },
    { forwarded: [[["x-count", "2 auth+audit false"]]], metadata: { "com.example": { role: "none" } } },
    { status: 200 },
  ]);
  // One for the module, one on the main thread, one on the worker: three times as many without the bundle.
  expect(await envoy.stats("^wasm.wasm_vm_count$")).toEqual({ "wasm.wasm_vm_count": 3 });
  expect(envoy.logs.filter(({ logger }) => logger === "wasm" || logger === "lua")).toEqual([]);

  // And each alone, as `verify` runs them.
  const requests = REQUESTS.map((headers, index): VerifyRequest => ({ ...BARE, name: String(index), headers }));
  const options = { launcher, requests, generate: 0, seed: 1, timeoutMs: 60_000, parallel: 1, onDone: () => {} };
  const verified = await verifyFolder(readMigratedFolder(out), options);
  expect(verified.map(({ result, differences }) => [result, differences])).toEqual(NAMES.map(() => ["equal", []]));
}, 240_000);

const BARE: VerifyRequest = { name: "", method: "GET", path: "/", headers: [], upstream: { status: 200 }, calls: {} };

/** Envoy's own are different each time. */
function withoutIds(headers: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return headers.filter(([name]) => !/^x-(request-id|forwarded|envoy)/.test(name));
}

function resource(name: keyof typeof SCRIPTS): object {
  const subFilter = { name: "envoy.filters.http.router" };
  const listener = { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager", subFilter } } };
  const patch = {
    applyTo: "HTTP_FILTER",
    match: { context: "SIDECAR_INBOUND", listener },
    patch: { operation: "INSERT_BEFORE", value: luaFilter(`filter.${name}`, SCRIPTS[name]) },
  };
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name, namespace: "shop" },
    spec: { configPatches: [patch] },
  };
}

interface Patch {
  readonly applyTo: string;
  readonly patch: { readonly operation: string; readonly value: HttpFilter & { readonly config_discovery?: object } };
}

/** The HTTP filters of the manifest as Istio puts them before the router, the module taken from a file. */
function chainOf(out: string, name: string): readonly HttpFilter[] {
  const manifest = readFileSync(join(out, `shop.${name}`, "manifests", "envoyfilter.yaml"), "utf8");
  const local = withModuleAddress(manifest, { url: "file://filter.wasm", sha256: "" }, "m.yaml")!;
  const patches = parse(local).spec.configPatches as readonly Patch[];
  const discovered = new Map(
    patches.filter(({ applyTo }) => applyTo === "EXTENSION_CONFIG").map(({ patch }) => [patch.value.name, patch.value]),
  );
  const filters = patches.filter(({ applyTo }) => applyTo === "HTTP_FILTER");
  expect(filters.every(({ patch }) => patch.operation === "INSERT_BEFORE")).toBe(true);
  return filters.map(({ patch: { value } }) => discovered.get(value.name) ?? value);
}

function bootstrap(chains: Readonly<Record<string, readonly HttpFilter[]>>, upstreamPort: number): string {
  const address = (port_value: number) => ({ socket_address: { address: "127.0.0.1", port_value } });
  const router = { name: "router", typed_config: { "@type": type("filters.http.router.v3.Router") } };
  const metadata = Object.fromEntries(NAMESPACES.map((name) => [name, `%DYNAMIC_METADATA(${name})%`]));
  const route = { match: { prefix: "/" }, route: { cluster: "upstream" } };
  const listeners = Object.entries(chains).map(([arm, filters]) => {
    const manager = {
      "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: arm,
      access_log: [
        {
          name: "log",
          typed_config: {
            "@type": type("access_loggers.stream.v3.StderrAccessLog"),
            log_format: { json_format: { arm, moonshift_metadata: metadata } },
          },
        },
      ],
      http_filters: [...filters, router],
      route_config: { virtual_hosts: [{ name: "all", domains: ["*"], routes: [route] }] },
    };
    return { name: arm, address: address(0), filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }] };
  });
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: address(upstreamPort) } }] }];
  return stringify({
    node: { id: "test", cluster: "test" },
    admin: { address: address(0) },
    static_resources: {
      listeners,
      clusters: [{ name: "upstream", load_assignment: { cluster_name: "upstream", endpoints } }],
    },
  });
}
