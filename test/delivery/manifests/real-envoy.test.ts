import { expect, it } from "vitest";
import { parse } from "yaml";
import { compileProgram } from "../../../src/codegen/compile.js";
import { generate } from "../../../src/codegen/generate.js";
import { envoyFilter } from "../../../src/delivery/manifests/envoy-filter.js";
import { chooseLocalEnvoy } from "../../../src/harness/choose-envoy.js";
import { startUpstream } from "../../../src/harness/recording-upstream.js";
import { sendHttp1 } from "../../../src/harness/traffic.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";

const SCRIPTS = {
  "headers only": `function envoy_on_request(h) h:headers():add("x-length", "3") end`,
  "headers after the body": `function envoy_on_request(h) local length = h:body():length() h:headers():add("x-length", tostring(length)) end`,
};

it.each(Object.entries(SCRIPTS))(
  "Envoy takes the filter of the EnvoyFilter and runs it: %s",
  async (name, lua) => {
    const program = generate(lua);
    expect(program.refusals).toEqual([]);
    const module = await compileProgram(program);
    const made = envoyFilter(site(lua), {
      sha256: module.sha256,
      url: "file://filter.wasm",
      pluginConfig: { a: 1 },
      needs: { allowOnHeadersStopIteration: program.needs.allowOnHeadersStopIteration, env: ["HOME"] },
    });
    expect(program.needs.allowOnHeadersStopIteration).toBe(name !== "headers only");
    if ("cannot" in made) throw new Error(made.cannot);
    const httpFilter: unknown = parse(made.yaml).spec.configPatches[0].patch.value;

    await using upstream = await startUpstream({ answer: () => ({ status: 200, headers: [], body: [] }) });
    const launcher = await chooseLocalEnvoy();
    await using envoy = await launcher.start(bootstrap(httpFilter, upstream.port), {
      files: { "filter.wasm": module.bytes },
    });
    const request = { method: "POST", path: "/", headers: [["Host", "h"]], body: [Buffer.from("abc")] } as const;
    const outcome = await sendHttp1(envoy.port("listener"), request);
    expect(outcome).toMatchObject({ kind: "response", response: { status: 200 } });
    const [received] = upstream.take();
    expect(received!.headers.filter(([header]) => header === "x-length")).toEqual([["x-length", "3"]]);
  },
  120_000,
);

function site(lua: string) {
  const patch = {
    applyTo: "HTTP_FILTER",
    match: { context: "SIDECAR_INBOUND" },
    patch: { operation: "INSERT_FIRST", value: { name: "my.filter", typed_config: { inlineCode: lua } } },
  };
  const resource = { kind: "EnvoyFilter", metadata: { name: "f", namespace: "n" }, spec: { configPatches: [patch] } };
  return findLuaSites("f.json", JSON.stringify(resource)).sites[0]!;
}

function bootstrap(httpFilter: unknown, upstreamPort: number): string {
  const address = (port_value: number) => ({ socket_address: { address: "127.0.0.1", port_value } });
  const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.${name}`;
  const router = { name: "router", typed_config: { "@type": type("http.router.v3.Router") } };
  const manager = {
    "@type": type("network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "test",
    http_filters: [httpFilter, router],
    route_config: {
      virtual_hosts: [
        { name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, route: { cluster: "upstream" } }] },
      ],
    },
  };
  const endpoints = [{ lb_endpoints: [{ endpoint: { address: address(upstreamPort) } }] }];
  return JSON.stringify({
    admin: { address: address(0) },
    static_resources: {
      listeners: [
        {
          name: "listener",
          address: address(0),
          filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }],
        },
      ],
      clusters: [{ name: "upstream", load_assignment: { cluster_name: "upstream", endpoints } }],
    },
  });
}
