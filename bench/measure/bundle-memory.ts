import { BUNDLE_FOLDER, bundle } from "../../src/codegen/bundle.js";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import type { EnvoyLauncher } from "../../src/harness/envoy.js";
import type { BuiltArm } from "../arms/arm.js";
import { luaArm } from "../arms/lua.js";
import type { BundleMemory, EnvoyStart } from "../comparison.js";
import { type Random, shuffled } from "../statistics/random.js";
import { line } from "../statistics/summary.js";
import type { Workload } from "../workloads/workload.js";
import { startBenchEnvoy } from "./bench-envoy.js";
import { exchange } from "./exchange.js";
import { readScriptErrors } from "./script-errors.js";
import { residentBytes } from "./worker-thread.js";

export interface BundleOptions {
  readonly launcher: EnvoyLauncher;
  /** Of whose scripts the bundle is made: the first so many different ones that can be in it. */
  readonly workloads: readonly Workload[];
  readonly filters: number;
  readonly concurrencies: readonly number[];
  readonly random: Random;
}

const CONNECTIONS_PER_WORKER = 4;
const REQUESTS_PER_CONNECTION = 25;

/**
 * Memory per worker of that many filters as one bundle, and of the same filters in Lua: slope of Envoy's resident memory over its workers,
 * beyond the Envoy with as many listeners and no filters. Each filter stands in a listener of its own.
 */
export async function measureBundle(options: BundleOptions): Promise<BundleMemory> {
  const chosen = bundledWorkloads(options);
  const arms = {
    none: chosen.map((_, at) => ({ name: `none-${at}`, filters: [], files: {} })),
    lua: await luaListeners(chosen),
    wasm: await bundleListeners(chosen),
  };
  const starts: EnvoyStart[] = [];
  for (const concurrency of options.concurrencies) {
    for (const [arm, listeners] of shuffled(Object.entries(arms), options.random))
      starts.push(await startOnce(options, arm, listeners, chosen, concurrency));
  }
  const memory = (arm: string) =>
    line(starts.filter((start) => start.arm === arm).map((start) => [start.concurrency, start.residentBytes]));
  const beyondNone = (arm: string) => ({
    perWorker: memory(arm).slope - memory("none").slope,
    once: memory(arm).intercept - memory("none").intercept,
  });
  return {
    filters: chosen.map(({ name }) => name),
    bytes: { lua: beyondNone("lua"), wasm: beyondNone("wasm") },
    starts,
  };
}

/** Different scripts that compile, and that a WasmPlugin can run: it cannot hold headers for a body. */
export function bundledWorkloads({
  workloads,
  filters,
}: Pick<BundleOptions, "workloads" | "filters">): readonly Workload[] {
  const chosen = new Map<string, Workload>();
  for (const workload of workloads) {
    if (chosen.size === filters) break;
    if (workload.measure.form === "repeats" || chosen.has(workload.lua)) continue;
    const { refusals, needs } = generate(workload.lua, { bundled: true });
    if (refusals.length === 0 && !needs.allowOnHeadersStopIteration) chosen.set(workload.lua, workload);
  }
  return [...chosen.values()];
}

async function luaListeners(chosen: readonly Workload[]): Promise<readonly BuiltArm[]> {
  const lua = luaArm();
  return Promise.all(
    chosen.map(async ({ copies: _, ...workload }, at) => ({ ...(await lua.build(workload)), name: `lua-${at}` })),
  );
}

/** As `migrate --bundle` compiles them, in what Istio makes of a WasmPlugin: a name and a root id each, and no `vm_id`. */
async function bundleListeners(chosen: readonly Workload[]): Promise<readonly BuiltArm[]> {
  const filters = chosen.map(({ name, lua, filterName }) => ({
    id: name,
    program: generate(lua, { bundled: true, ...(filterName === undefined ? {} : { filterName }) }),
  }));
  const { bytes } = await compileProgram(bundle(filters));
  const file = `${BUNDLE_FOLDER}.wasm`;
  return chosen.map(({ name }, at) => ({
    name: `wasm-${at}`,
    filters: [wasmPluginFilter(name, file)],
    files: { [file]: bytes },
  }));
}

function wasmPluginFilter(name: string, filename: string): object {
  return {
    name: `bench.${name}`,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm",
      config: {
        name: `bench.${name}`,
        root_id: name,
        failure_policy: "FAIL_OPEN",
        vm_config: { runtime: "envoy.wasm.runtime.v8", code: { local: { filename } } },
      },
    },
  };
}

async function startOnce(
  { launcher }: BundleOptions,
  arm: string,
  listeners: readonly BuiltArm[],
  chosen: readonly Workload[],
  concurrency: number,
): Promise<EnvoyStart> {
  const start = process.hrtime.bigint();
  await using bench = await startBenchEnvoy(launcher, listeners, {
    concurrency,
    buffered: true,
    calls: Object.assign({}, ...chosen.map(({ calls }) => calls)),
  });
  const startNs = Number(process.hrtime.bigint() - start);
  for (const [at, { name }] of listeners.entries()) {
    for (let connection = 0; connection < concurrency * CONNECTIONS_PER_WORKER; connection++)
      await exchange(bench, name, chosen[at]!.request, REQUESTS_PER_CONNECTION);
  }
  const { lua: failed, logged } = await readScriptErrors(bench.envoy);
  if (failed > 0 || logged.length > 0)
    throw new Error(`a filter of the bundle fails: ${logged[0] ?? `${failed} times`}`);
  const filters = arm === "none" ? 0 : listeners.length;
  return { arm, concurrency, filters, residentBytes: residentBytes(bench.envoy.pid), startNs };
}
