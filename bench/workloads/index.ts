import { exampleWorkloads } from "./examples.js";
import { builtInFilters } from "./filters.js";
import { growthWorkloads } from "./growth.js";
import { ENVOY_WORKLOADS } from "./micro/envoy.js";
import { HEADER_WORKLOADS } from "./micro/headers.js";
import { jsonWorkloads } from "./micro/json.js";
import { STRING_WORKLOADS } from "./micro/strings.js";
import { VALUE_WORKLOADS } from "./micro/values.js";
import type { Workload } from "./workload.js";

/** Everything that the suite measures without being told more, in the order of the report. */
export async function allWorkloads(): Promise<readonly Workload[]> {
  return [
    ...builtInFilters(),
    ...(await exampleWorkloads()),
    ...HEADER_WORKLOADS,
    ...STRING_WORKLOADS,
    ...jsonWorkloads(),
    ...VALUE_WORKLOADS,
    ...ENVOY_WORKLOADS,
    ...growthWorkloads(),
  ];
}
