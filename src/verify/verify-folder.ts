import { join } from "node:path";
import type { EnvoyLauncher } from "../harness/envoy.js";
import { DEFAULT_FILTER_NAME } from "../harness/filter-arms.js";
import { writeWhole } from "../support/write-folder.js";
import type { Equivalence } from "./equivalence.js";
import { generateRequests, generateRouteMetadata } from "./generate-requests.js";
import type { MigratedFilter } from "./migrated-folder.js";
import { verifyFilter } from "./verify-filter.js";
import type { VerifyRequest } from "./verify-request.js";

export interface FolderOptions {
  readonly launcher: EnvoyLauncher;
  /** Sent to every filter, before the generated ones. */
  readonly requests: readonly VerifyRequest[];
  /** Sent to one filter only, before the generated ones. */
  readonly requestsFor?: (filter: MigratedFilter) => readonly VerifyRequest[];
  /** How many to generate from each script. */
  readonly generate: number;
  readonly seed: number;
  /** For one filter, milliseconds. */
  readonly timeoutMs: number;
  /** Filters verified at the same time. */
  readonly parallel: number;
  /** Called as each filter is done, in any order. */
  readonly onDone: (filter: MigratedFilter, result: Equivalence) => void;
}

/** Verifies every filter that has a module and writes its `equivalence.json`. @returns results in the order of the filters */
export async function verifyFolder(
  filters: readonly MigratedFilter[],
  options: FolderOptions,
): Promise<readonly Equivalence[]> {
  const results: Equivalence[] = [];
  const work = filters.entries();
  const worker = async (): Promise<void> => {
    for (const [index, filter] of work) {
      if (filter.wasm === undefined) continue;
      const result = await verifyOne(filter, filter.wasm, options);
      writeWhole(join(filter.folder, "equivalence.json"), `${JSON.stringify(result, null, 2)}\n`);
      results[index] = result;
      options.onDone(filter, result);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, worker));
  return results.filter((result) => result !== undefined);
}

function verifyOne(filter: MigratedFilter, wasm: Uint8Array, options: FolderOptions): Promise<Equivalence> {
  const { launcher, timeoutMs, generate, seed } = options;
  const { filterName, clearRouteCache } = filter;
  const routeMetadata = generate > 0 ? generateRouteMetadata(filter.lua, filterName ?? DEFAULT_FILTER_NAME) : undefined;
  return verifyFilter({
    id: filter.id,
    lua: filter.lua,
    wasm,
    needs: filter.needs,
    ...(filter.companion && { companion: filter.companion }),
    announced: filter.deviations.map((deviation) => deviation.construct),
    ...(filterName === undefined ? {} : { filterName }),
    ...(routeMetadata === undefined ? {} : { routeMetadata }),
    ...(filter.modules && { modules: filter.modules }),
    ...(clearRouteCache === undefined ? {} : { clearRouteCache }),
    requests: [
      ...options.requests,
      ...(options.requestsFor?.(filter) ?? []),
      ...generateRequests(filter.lua, generate, seed),
    ],
    launcher,
    timeoutMs,
    ...(generate > 0 ? { seed } : {}),
  });
}
