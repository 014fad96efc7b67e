import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { compileProgram } from "../../../src/codegen/compile.js";
import { envoyFilter } from "../../../src/delivery/manifests/envoy-filter.js";
import { manifestFiles } from "../../../src/delivery/migration/manifest-files.js";
import { judgeSite } from "../../../src/delivery/migration/migrate-sites.js";
import { chooseLocalEnvoy } from "../../../src/harness/choose-envoy.js";
import type { RunningEnvoy } from "../../../src/harness/envoy.js";
import { startUpstream } from "../../../src/harness/recording-upstream.js";
import { sendHttp1 } from "../../../src/harness/traffic.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";
import type { LuaSite } from "../../../src/manifest/lua-site.js";

// Values of every type; a helper called for several keys; a constant that is a variable; written before, after and at an answer.
const SCRIPT = `
local NS = "com.example.auth"

local function put(handle, key, value)
  handle:streamInfo():dynamicMetadata():set(NS, key, value)
end

function envoy_on_request(handle)
  local role = handle:headers():get("x-role")
  put(handle, "role", role)
  put(handle, "score", 42.5)
  put(handle, "vip", role == "admin")
  put(handle, "list", { "a", "b", { deep = true } })
  if handle:headers():get("x-late") then
    for chunk in handle:bodyChunks() do end
    put(handle, "role", "late")
  end
  if handle:headers():get("x-deny") then
    put(handle, "role", "denied")
    handle:respond({ [":status"] = "403" }, "no")
  end
end

function envoy_on_response(handle)
  handle:logErr("response sees " .. tostring(handle:streamInfo():dynamicMetadata():get(NS)["role"]))
  put(handle, "status", handle:headers():get(":status"))
end`;

/** A second Lua filter behind: it tells what it reads. */
const READER = `
function envoy_on_request(handle)
  local m = handle:streamInfo():dynamicMetadata():get("com.example.auth")
  if not m then handle:logErr("behind sees nothing") return end
  handle:logErr("behind sees " .. tostring(m.role) .. " " .. m.score .. " " .. tostring(m.vip) .. " " .. m.list[1] .. m.list[2] .. tostring(m.list[3].deep))
end`;

const type = (name: string): string => `type.googleapis.com/envoy.extensions.${name}`;

function lua(name: string, text: string): object {
  const config = { "@type": type("filters.http.lua.v3.Lua"), default_source_code: { inline_string: text } };
  return { name, typed_config: config };
}

/** Refuses whoever has the role "guest", by dynamic metadata. */
const RBAC = {
  name: "rbac",
  typed_config: {
    "@type": type("filters.http.rbac.v3.RBAC"),
    rules: {
      action: "DENY",
      policies: {
        guests: {
          permissions: [{ any: true }],
          principals: [
            {
              metadata: {
                filter: "com.example.auth",
                path: [{ key: "role" }],
                value: { string_match: { exact: "guest" } },
              },
            },
          ],
        },
      },
    },
  },
};

function site(text: string, operation = "INSERT_BEFORE"): LuaSite {
  const subFilter = { name: "envoy.filters.http.router" };
  const hcm = { filterChain: { filter: { name: "envoy.filters.network.http_connection_manager", subFilter } } };
  const patch = {
    applyTo: "HTTP_FILTER",
    match: { context: "SIDECAR_INBOUND", listener: hcm },
    patch: { operation, value: { name: "my.filter", typed_config: { inlineCode: text } } },
  };
  const resource = { kind: "EnvoyFilter", metadata: { name: "f", namespace: "n" }, spec: { configPatches: [patch] } };
  return findLuaSites("f.json", JSON.stringify(resource)).sites[0]!;
}

/** As Istio applies the patches of an EnvoyFilter to a chain that has nothing but the router. */
function patchedChain(manifest: string): readonly object[] {
  const router = {
    name: "envoy.filters.http.router",
    typed_config: { "@type": type("filters.http.router.v3.Router") },
  };
  const chain: { readonly name: string }[] = [router];
  for (const { applyTo, match, patch } of parse(manifest).spec.configPatches) {
    expect(applyTo).toBe("HTTP_FILTER");
    const next = match.listener.filterChain.filter.subFilter.name;
    const at = chain.findIndex(({ name }) => name === next);
    chain.splice(patch.operation === "INSERT_BEFORE" ? at : at + 1, 0, patch.value);
  }
  return chain.filter((filter) => filter !== router);
}

const REQUESTS = {
  plain: [["x-role", "admin"]],
  guest: [["x-role", "guest"]],
  denied: [
    ["x-role", "user"],
    ["x-deny", "1"],
  ],
  "late write": [
    ["x-role", "user"],
    ["x-late", "1"],
  ],
  "without a value": [],
} as const;

test("dynamic metadata that the script writes reaches RBAC, another Lua filter and the access log", async () => {
  const migrated = judgeSite(site(SCRIPT));
  expect(migrated.assessment.judgement.verdict).toBe("approximate");
  const module = await compileProgram(migrated.program!);
  const { companion } = migrated.program!;
  const made = envoyFilter(migrated.site, {
    sha256: module.sha256,
    url: "file://filter.wasm",
    needs: {
      allowOnHeadersStopIteration: migrated.program!.needs.allowOnHeadersStopIteration,
      env: [],
      companion: companion!,
    },
  });
  if ("cannot" in made) throw new Error(made.cannot);
  const chain = patchedChain(made.yaml);
  expect(chain).toHaveLength(5);

  await using upstream = await startUpstream({
    answer: () => ({ status: 200, headers: companion!.values.map(({ header }) => [header, "spoofed"] as const) }),
  });
  const launcher = await chooseLocalEnvoy();
  const arms = { lua: [lua("my.filter", SCRIPT)], wasm: chain };
  await using envoy = await launcher.start(bootstrap(arms, upstream.port), {
    files: { "filter.wasm": module.bytes },
    logLevels: { lua: "error", wasm: "error" },
  });
  for (const [name, headers] of Object.entries(REQUESTS)) {
    const spoofed = companion!.values.map(({ header }) => [header, "EgVzcG9vZg=="] as const);
    const original = await observe(envoy, "lua", headers);
    const compiled = await observe(envoy, "wasm", [...headers, ...spoofed]);
    expect(compiled, name).toEqual(original);
    const forwarded = upstream.take().flatMap((request) => request.headers.map(([header]) => header));
    expect(forwarded.filter((header) => header.startsWith("x-moonshift"))).toEqual([]);
    if (name === "plain") expect(compiled.log).toEqual(["behind sees admin 42.5 true abtrue", "response sees admin"]);
    if (name === "guest") expect(compiled.status).toBe(403);
  }
  const logged = await accessLog(envoy, 2 * Object.keys(REQUESTS).length);
  const of = (wanted: string): readonly unknown[] =>
    logged.filter(({ arm }) => arm === wanted).map(({ metadata }) => metadata);
  expect(of("wasm")).toEqual(of("lua"));
  expect(of("wasm")).toMatchObject([
    { role: "admin", score: 42.5, vip: true, list: ["a", "b", { deep: true }], status: "200" },
    { role: "guest", status: "403" },
    { role: "denied", status: "403" },
    { role: "late" },
    { role: null, vip: false },
  ]);
}, 120_000);

test("a value that is not UTF-8 stays with the script, which still reads it at the answer", async () => {
  const text = `
function envoy_on_request(handle)
  handle:streamInfo():dynamicMetadata():set("ns", "v", handle:headers():get("x-role"))
end
function envoy_on_response(handle)
  local v = handle:streamInfo():dynamicMetadata():get("ns")["v"]
  handle:logErr(v:gsub(".", function(c) return string.format("%02x", c:byte()) end))
end`;
  const migrated = judgeSite(site(text));
  const module = await compileProgram(migrated.program!);
  const { needs } = migrated.program!;
  const made = envoyFilter(migrated.site, {
    sha256: module.sha256,
    url: "file://filter.wasm",
    needs: {
      allowOnHeadersStopIteration: needs.allowOnHeadersStopIteration,
      env: [],
      companion: migrated.program!.companion!,
    },
  });
  if ("cannot" in made) throw new Error(made.cannot);
  await using upstream = await startUpstream();
  const launcher = await chooseLocalEnvoy();
  const arms = { lua: [lua("my.filter", text)], wasm: patchedChain(made.yaml) };
  await using envoy = await launcher.start(bootstrap(arms, upstream.port), {
    files: { "filter.wasm": module.bytes },
    logLevels: { lua: "error", wasm: "error" },
  });
  const logged: Record<string, string> = {
    "\xc3\xa9": "c3a9",
    "\xff": "ff",
    "a\xc3": "61c3",
    "\xed\xa0\x80": "eda080",
    "\xc0\xaf": "c0af",
    "\xf4\x8f\xbf\xbf": "f48fbfbf",
  };
  for (const [role, bytes] of Object.entries(logged)) {
    const original = await observe(envoy, "lua", [["x-role", role]]);
    expect(original.log).toEqual(["behind sees nothing", bytes]);
    expect(await observe(envoy, "wasm", [["x-role", role]])).toEqual(original);
  }
}, 60_000);

interface AccessLogLine {
  readonly arm: string;
  readonly metadata: unknown;
}

/** Envoy writes what it has gathered every ten seconds. */
async function accessLog(envoy: RunningEnvoy, count: number): Promise<readonly AccessLogLine[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const lines = envoy.output.split("\n").filter((line) => line.startsWith("{"));
    if (lines.length >= count || Date.now() > deadline) return lines.map((line) => JSON.parse(line) as AccessLogLine);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

interface Seen {
  readonly status: number | undefined;
  /** Private headers that the client gets to see. */
  readonly headers: readonly string[];
  readonly log: readonly string[];
}

async function observe(
  envoy: RunningEnvoy,
  arm: string,
  headers: readonly (readonly [string, string])[],
): Promise<Seen> {
  const from = envoy.logs.length;
  const outcome = await sendHttp1(envoy.port(arm), { method: "GET", path: "/", headers: [["host", "h"], ...headers] });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const lines = envoy.logs.slice(from).filter(({ logger }) => logger === "lua" || logger === "wasm");
  const response = outcome.kind === "response" ? outcome.response : undefined;
  return {
    status: response?.status,
    headers: (response?.headers ?? []).map(([name]) => name).filter((name) => name.startsWith("x-moonshift")),
    log: lines.map(({ message }) => message.replace(/^script log: /, "").replace(/^wasm log [^:]*: /, "")),
  };
}

function bootstrap(arms: Readonly<Record<string, readonly object[]>>, upstreamPort: number): string {
  const address = (port_value: number) => ({ socket_address: { address: "127.0.0.1", port_value } });
  const router = { name: "router", typed_config: { "@type": type("filters.http.router.v3.Router") } };
  const log = (name: string) => ({
    name: "log",
    typed_config: {
      "@type": type("access_loggers.stream.v3.StdoutAccessLog"),
      log_format: { json_format: { arm: name, metadata: "%DYNAMIC_METADATA(com.example.auth)%" } },
    },
  });
  // The upstream's private headers are for the module to refuse; with Lua nobody would take them off.
  const strip = {
    name: "strip",
    typed_config: {
      "@type": type("filters.http.header_mutation.v3.HeaderMutation"),
      mutations: {
        response_mutations: [{ remove_on_match: { key_matcher: { prefix: "x-moonshift" } } }],
      },
    },
  };
  const listeners = Object.entries(arms).map(([name, filters]) => {
    const manager = {
      "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
      stat_prefix: name,
      access_log: [log(name)],
      http_filters: [...filters, RBAC, lua("reader", READER), ...(name === "lua" ? [strip] : []), router],
      route_config: {
        virtual_hosts: [
          { name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "upstream" } }] },
        ],
      },
    };
    return { name, address: address(0), filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }] };
  });
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: address(upstreamPort) } }] }];
  return stringify({
    admin: { address: address(0) },
    static_resources: {
      listeners,
      clusters: [{ name: "upstream", load_assignment: { cluster_name: "upstream", endpoints } }],
    },
  });
}

test("INSERT_AFTER gives the same order", () => {
  const { site: after, program } = judgeSite(site(SCRIPT, "INSERT_AFTER"));
  const names = (operation: string): string[] => {
    const made = envoyFilter(operation === "INSERT_AFTER" ? after : site(SCRIPT), {
      sha256: "",
      url: "file://filter.wasm",
      needs: { allowOnHeadersStopIteration: false, env: [], companion: program!.companion! },
    });
    if ("cannot" in made) throw new Error(made.cannot);
    return patchedChain(made.yaml).map((filter) => (filter as { name: string }).name);
  };
  expect(names("INSERT_AFTER")).toEqual(names("INSERT_BEFORE"));
  expect(names("INSERT_BEFORE")).toEqual([
    "my.filter-metadata-guard",
    "my.filter-response-metadata",
    "my.filter",
    "my.filter-request-metadata",
    "my.filter-upstream-guard",
  ]);
});

test("what cannot be carried is told by its reason", () => {
  const judged = (text: string) =>
    judgeSite(site(text)).assessment.judgement.deviations.map(({ construct }) => construct);
  const write = (args: string): string => `handle:streamInfo():dynamicMetadata():set(${args})`;
  expect(judged(`function envoy_on_request(handle) ${write('"a", "b", 1')} end`)).toEqual(["api.DynamicMetadata:set"]);
  expect(judged(`function envoy_on_request(handle) ${write('"a", handle:headers():get("x"), 1')} end`)).toEqual([
    "api.DynamicMetadata:set.own",
  ]);
  const chunks = "for chunk in handle:bodyChunks() do end";
  expect(judged(`function envoy_on_request(handle) ${chunks} ${write('"a", "b", 1')} end`)).toEqual([
    "api.DynamicMetadata:set.late",
  ]);
  expect(judged(`function envoy_on_response(handle) ${chunks} ${write('"a", "b", 1')} end`)).toEqual([
    "api.DynamicMetadata:set.own",
  ]);
});

test("without companion filters nothing private leaves the module: manifests that cannot have them say so", () => {
  const text = `function envoy_on_request(handle) handle:streamInfo():dynamicMetadata():set("a", "b", 1) end`;
  const { files, notes } = manifestFiles(judgeSite(site(text)), "auto");
  expect([...files.keys()]).toEqual(["wasmplugin.yaml", "trafficextension.yaml", "envoyfilter.yaml"]);
  expect(files.get("wasmplugin.yaml")).not.toContain("publishDynamicMetadata");
  expect(files.get("envoyfilter.yaml")).toContain("publishDynamicMetadata");
  expect(notes.filter(({ note }) => note.includes("dynamic metadata")).map(({ file }) => file)).toEqual([
    "wasmplugin.yaml",
    "trafficextension.yaml",
  ]);
  const bare = { ...site(text), source: { ...site(text).source, kind: "LuaFile" as const } };
  expect([...manifestFiles(judgeSite(bare), "auto").files.keys()]).toEqual(["http-filters.yaml"]);
});
