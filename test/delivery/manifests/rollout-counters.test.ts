import { readlinkSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { compileProgram } from "../../../src/codegen/compile.js";
import { manifestFiles } from "../../../src/delivery/migration/manifest-files.js";
import { judgeSite } from "../../../src/delivery/migration/migrate-sites.js";
import { rollout } from "../../../src/delivery/migration/rollout.js";
import { withModuleAddress } from "../../../src/delivery/publish/module-address.js";
import { chooseLocalEnvoy } from "../../../src/harness/choose-envoy.js";
import type { RunningEnvoy } from "../../../src/harness/envoy.js";
import { findLuaSites } from "../../../src/manifest/find-lua-sites.js";
import { luaFilter } from "../pull-request/migrated-folder.js";

const SCRIPT = (value: string) => `handle:headers():add("x-seen", "${value}")`;
const response = (value: string) =>
  luaFilter("tag", { script: SCRIPT(value) }).replace("envoy_on_request", "envoy_on_response");

async function migrated(yaml: string) {
  const { sites } = findLuaSites("tag.yaml", yaml);
  const judged = judgeSite(sites[0]!);
  const module = await compileProgram(judged.program!);
  const files = manifestFiles({ ...judged, module }, "auto");
  return {
    bytes: module.bytes,
    page: rollout({ ...judged, module }, files),
    envoyFilter: files.files.get("envoyfilter.yaml")!,
  };
}

/** The resource's ECDS configuration, its module read from a file of Envoy's folder. */
function extension(envoyFilter: string, file: string): { readonly name: string; readonly typed_config: object } {
  const local = withModuleAddress(envoyFilter, { url: `file://${file}`, sha256: "" }, "m.yaml")!;
  const patches = parse(local).spec.configPatches as { applyTo: string; patch: { value: never } }[];
  return patches.find(({ applyTo }) => applyTo === "EXTENSION_CONFIG")!.patch.value;
}

const discovery = ({ name, typed_config }: ReturnType<typeof extension>): string =>
  stringify({
    resources: [{ "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig", name, typed_config }],
  });

it("the counters that the README names are Envoy's; an update takes effect, and a broken one leaves what runs", async () => {
  const [one, two] = [await migrated(response("one")), await migrated(response("two"))];
  const before = extension(one.envoyFilter, "one.wasm");
  const launcher = await chooseLocalEnvoy();
  await using envoy = await launcher.start(bootstrap(before.name), {
    files: { "one.wasm": one.bytes, "two.wasm": two.bytes, "broken.wasm": "no module", "ecds.yaml": discovery(before) },
  });
  const counters = [
    ...one.page.matchAll(/^\| `((?:extension_config_discovery\.http_filter\.shop\.|wasm\.)\S+)`(?:, `([\w.]+)`)?/gm),
  ].flatMap(([, name, other]) => [
    name!,
    ...(other === undefined ? [] : [other.startsWith(".") ? name!.replace(/\.\w+$/, other) : other]),
  ]);
  expect(counters.sort()).toEqual([
    "extension_config_discovery.http_filter.shop.tag-wasm.config_fail",
    "extension_config_discovery.http_filter.shop.tag-wasm.update_rejected",
    "extension_config_discovery.http_filter.shop.tag-wasm.update_success",
    "wasm.envoy.wasm.runtime.v8.active",
    "wasm.shop.tag.vm_reload_failure",
    "wasm.wasm_vm_count",
  ]);
  const values = async () => {
    const all = await envoy.stats("wasm|extension_config");
    return counters.map((name) => all[name]);
  };
  const [, , , active, , vms] = await values();
  expect(await values()).toEqual([0, 0, 1, active, 0, vms]);
  expect(await seen(envoy)).toBe("one");

  replace(envoy, discovery(extension(two.envoyFilter, "two.wasm")));
  await until(async () => (await seen(envoy)) === "two");
  await until(async () => (await values())[5] === vms);
  expect(await values()).toEqual([0, 0, 2, active, 0, vms]);

  replace(envoy, discovery(extension(two.envoyFilter, "broken.wasm")));
  await until(async () => (await values())[1] === 1);
  expect((await values()).slice(0, 3)).toEqual([1, 1, 2]);
  expect(await seen(envoy)).toBe("two");
}, 180_000);

it("what a script ends with stands in the log as the README says", async () => {
  const failing = await migrated(
    luaFilter("tag", { script: "local x = nil; x.y = 1" }).replace("envoy_on_request", "envoy_on_response"),
  );
  const config = extension(failing.envoyFilter, "one.wasm");
  const launcher = await chooseLocalEnvoy();
  await using envoy = await launcher.start(bootstrap(config.name), {
    files: { "one.wasm": failing.bytes, "ecds.yaml": discovery(config) },
  });
  expect(await seen(envoy)).toBeNull();
  const [, mark] = /In the log, `([^`]+)` marks/.exec(failing.page)!;
  const line = await envoy.waitForLog(({ message }) => message.startsWith(mark!), 5_000);
  expect(line.message).toContain("attempt to index local 'x' (a nil value)");
}, 120_000);

async function seen(envoy: RunningEnvoy): Promise<string | null> {
  const answer = await fetch(`http://127.0.0.1:${envoy.port("listener")}/`);
  expect(answer.status).toBe(200);
  return answer.headers.get("x-seen");
}

/** Envoy takes notice of a file that is moved into its place. */
function replace(envoy: RunningEnvoy, text: string): void {
  const folder = readlinkSync(`/proc/${envoy.pid}/cwd`);
  writeFileSync(join(folder, "next.yaml"), text);
  renameSync(join(folder, "next.yaml"), join(folder, "ecds.yaml"));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await pause(50);
  }
  throw new Error("not in ten seconds");
}

function bootstrap(filter: string): string {
  const address = (port_value: number) => ({ socket_address: { address: "127.0.0.1", port_value } });
  const type = (name: string) => `type.googleapis.com/envoy.extensions.filters.${name}`;
  const manager = {
    "@type": type("network.http_connection_manager.v3.HttpConnectionManager"),
    stat_prefix: "test",
    http_filters: [
      {
        name: filter,
        config_discovery: {
          config_source: { path_config_source: { path: "./ecds.yaml" }, resource_api_version: "V3" },
          type_urls: [type("http.wasm.v3.Wasm")],
        },
      },
      { name: "router", typed_config: { "@type": type("http.router.v3.Router") } },
    ],
    route_config: {
      virtual_hosts: [
        { name: "all", domains: ["*"], routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }] },
      ],
    },
  };
  return JSON.stringify({
    node: { id: "test", cluster: "test" },
    admin: { address: address(0) },
    static_resources: {
      listeners: [
        {
          name: "listener",
          address: address(0),
          filter_chains: [{ filters: [{ name: "hcm", typed_config: manager }] }],
        },
      ],
    },
  });
}
