import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { compileProgram } from "../../../src/codegen/compile.js";
import { manifestFiles } from "../../../src/delivery/migration/manifest-files.js";
import { judgeSite } from "../../../src/delivery/migration/migrate-sites.js";
import { chooseLocalEnvoy } from "../../../src/harness/choose-envoy.js";
import { sendHttp1 } from "../../../src/harness/traffic.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";

const script = (name: string): string => `
function envoy_on_request(handle)
  handle:logErr("${name} " .. handle:headers():get(":path"))
end
function envoy_on_response(handle)
  handle:headers():add("x-script", "${name}")
end`;

const type = (name: string): string => `type.googleapis.com/envoy.extensions.${name}`;
const LUA_PER_ROUTE = { "@type": type("filters.http.lua.v3.LuaPerRoute") };
const address = (port_value: number) => ({ socket_address: { address: "127.0.0.1", port_value } });

/** What a route or virtual host says of the filter; `undefined`: nothing. */
type Choice = "named" | "own" | "off" | undefined;

const LUA: Readonly<Record<Exclude<Choice, undefined>, object>> = {
  named: { ...LUA_PER_ROUTE, name: "named.lua" },
  own: { ...LUA_PER_ROUTE, source_code: { inline_string: script("own") } },
  off: { ...LUA_PER_ROUTE, disabled: true },
};

const lua = {
  name: "lua",
  typed_config: {
    "@type": type("filters.http.lua.v3.Lua"),
    default_source_code: { inline_string: script("default") },
    source_codes: { "named.lua": { inline_string: script("named") } },
  },
};

/** @param entries `typed_per_filter_config` of a choice */
function bootstrap(filters: readonly object[], entries: (choice: Exclude<Choice, undefined>) => object): string {
  const config = (choice: Choice) => (choice === undefined ? {} : { typed_per_filter_config: entries(choice) });
  const route = (prefix: string, choice: Choice) => ({
    match: { prefix },
    direct_response: { status: 200 },
    ...config(choice),
  });
  const host = (name: string, choice: Choice, routes: readonly object[]) => ({
    ...{ name, domains: [name], routes },
    ...config(choice),
  });
  const all = [route("/named", "named"), route("/own", "own"), route("/off", "off"), route("/", undefined)];
  const manager = {
    "@type": type("filters.network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "test",
    http_filters: [...filters, { name: "router", typed_config: { "@type": type("filters.http.router.v3.Router") } }],
    route_config: {
      virtual_hosts: [host("plain", undefined, all), host("chosen", "named", all), host("silent", "off", all)],
    },
  };
  const listener = {
    name: "listener",
    address: address(0),
    filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }],
  };
  return stringify({ admin: { address: address(0) }, static_resources: { listeners: [listener] } });
}

interface Snippet {
  readonly http_filters: readonly object[];
  readonly where_routes_choose_it?: { readonly typed_per_filter_config: object };
  readonly where_routes_choose_another: { readonly typed_per_filter_config: object };
}

test("the filters and route entries of http-filters.yaml run each script on the routes that choose it, and on no other", async () => {
  const { sites } = findLuaSites(
    "envoy.yaml",
    bootstrap([lua], (choice) => ({ lua: LUA[choice] })),
  );
  const names = sites.map(({ text }) => /logErr\("(\w+) /.exec(text)![1]!);
  expect([...new Set(names)].sort()).toEqual(["default", "named", "own"]);
  const files: Record<string, Uint8Array> = {};
  const snippets = new Map<string, Snippet>();
  for (const [index, site] of sites.entries()) {
    const name = names[index]!;
    if (snippets.has(name)) continue; // the same script on several routes
    const judged = judgeSite({ ...site, id: name });
    const module = await compileProgram(judged.program!);
    const made = manifestFiles({ ...judged, module }, "auto");
    expect([...made.files.keys()]).toEqual(["http-filters.yaml"]);
    files[`${name}.wasm`] = module.bytes;
    snippets.set(name, parse(made.files.get("http-filters.yaml")!.replace("filter.wasm", `${name}.wasm`)) as Snippet);
  }
  const entries = (choice: Exclude<Choice, undefined>): object =>
    Object.assign(
      {},
      ...[...snippets].map(([name, { where_routes_choose_it: it, where_routes_choose_another: another }]) =>
        name === choice ? it!.typed_per_filter_config : another.typed_per_filter_config,
      ),
    );
  const filters = ["default", "named", "own"].flatMap((name) => snippets.get(name)!.http_filters);
  const original = await run(
    bootstrap([lua], (choice) => ({ lua: LUA[choice] })),
    {},
  );
  expect(await run(bootstrap(filters, entries), files)).toEqual(original);
  expect(original).toEqual({
    "plain/named": ["named", ["named /named"]],
    "plain/own": ["own", ["own /own"]],
    "plain/off": [undefined, []],
    "plain/": ["default", ["default /"]],
    "chosen/named": ["named", ["named /named"]],
    "chosen/own": ["own", ["own /own"]],
    "chosen/off": [undefined, []],
    "chosen/": ["named", ["named /"]],
    "silent/named": ["named", ["named /named"]],
    "silent/own": ["own", ["own /own"]],
    "silent/off": [undefined, []],
    "silent/": [undefined, []],
  });
}, 180_000);

/** By host and path: which script wrote to the response, and what was logged. */
async function run(config: string, files: Readonly<Record<string, Uint8Array>>) {
  const launcher = await chooseLocalEnvoy();
  await using envoy = await launcher.start(config, { files, logLevels: { lua: "error", wasm: "error" } });
  const seen: Record<string, readonly [string | undefined, readonly string[]]> = {};
  for (const host of ["plain", "chosen", "silent"]) {
    for (const path of ["/named", "/own", "/off", "/"]) {
      const from = envoy.logs.length;
      const outcome = await sendHttp1(envoy.port("listener"), { method: "GET", path, headers: [["host", host]] });
      await new Promise((resolve) => setTimeout(resolve, 50));
      const response = outcome.kind === "response" ? outcome.response : undefined;
      expect(response?.status).toBe(200);
      const log = envoy.logs.slice(from).filter(({ logger }) => logger === "lua" || logger === "wasm");
      seen[`${host}${path}`] = [
        response!.headers.find(([name]) => name === "x-script")?.[1],
        log.map(({ message }) => message.replace(/^(script log|wasm log[^:]*): /, "")),
      ];
    }
  }
  return seen;
}
