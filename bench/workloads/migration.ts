import { InputError } from "../../src/support/failure.js";
import { type MigratedFilter, readMigratedFolder } from "../../src/verify/migrated-folder.js";
import { readVocabulary } from "../../src/verify/script-vocabulary.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";
import { withClusters } from "./examples.js";
import { loadOf } from "./request-shape.js";
import { getRequest, postRequest, type Workload } from "./workload.js";

/**
 * The filters of a folder that `moonshift migrate` wrote, original against module.
 * @param requests each is measured by itself; none: one made from what the script reads
 * @throws InputError when it is no such folder, or holds no module
 */
export function migrationWorkloads(folder: string, requests: readonly VerifyRequest[]): readonly Workload[] {
  const filters = readMigratedFolder(folder).filter(({ wasm }) => wasm !== undefined);
  if (filters.length === 0)
    throw new InputError("no filter in it was compiled, so there is nothing to measure", { file: folder });
  return filters.flatMap((filter) =>
    requests.length === 0
      ? [
          workloadOf(filter, filter.id, "a request made from what the script reads", {
            request: madeUpRequest(filter.lua),
          }),
        ]
      : requests.map((request) =>
          workloadOf(
            filter,
            requests.length === 1 ? filter.id : `${filter.id}/${request.name}`,
            `the request "${request.name}"`,
            loadOf(request),
          ),
        ),
  );
}

function workloadOf(
  { id, lua, wasm, filterName }: MigratedFilter,
  name: string,
  request: string,
  load: Pick<Workload, "request" | "response" | "calls">,
): Workload {
  return {
    name,
    kind: "migration",
    group: "migrated filters",
    about: `the filter ${id} with ${request}`,
    lua,
    module: wasm!,
    rootId: id,
    ...withClusters(lua, load),
    ...(filterName === undefined ? {} : { filterName }),
    measure: { form: "over no filter" },
    quick: true,
    statusMayVary: true,
  };
}

function madeUpRequest(lua: string): Workload["request"] {
  const { headers, readsBody } = readVocabulary(lua);
  const extra = headers
    .map((name) => [name, "bench"] as const)
    .filter(([name]) => !/^(:|content-length$|host$)/.test(name));
  return readsBody
    ? postRequest(JSON.stringify({ id: "order-1", items: Array(40).fill("item of an order") }), extra)
    : getRequest(extra);
}
