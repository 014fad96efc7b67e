import { readdirSync } from "node:fs";
import { join } from "node:path";
import { collectSites } from "../../src/manifest/collect-sites.js";
import { packageRoot } from "../../src/support/package-root.js";
import { readRequestFile } from "../../src/verify/read-requests.js";
import { readVocabulary } from "../../src/verify/script-vocabulary.js";
import { loadOf } from "./request-shape.js";
import type { Workload } from "./workload.js";

/** Every scenario of `examples/` as a whole filter, with the first request of its request file. */
export async function exampleWorkloads(): Promise<readonly Workload[]> {
  const root = join(packageRoot(), "examples");
  const folders = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const found = await Promise.all(folders.map(({ name }) => exampleWorkload(join(root, name), name)));
  return found.flat();
}

async function exampleWorkload(folder: string, example: string): Promise<readonly Workload[]> {
  const { sites } = await collectSites([join(folder, "envoyfilter.yaml")]);
  const [request] = readRequestFile(join(folder, "requests.yaml"));
  if (request === undefined) return [];
  return sites.map((site, at) => ({
    name: `example-${example}${at === 0 ? "" : `-${at + 1}`}`,
    kind: "filter",
    group: "examples",
    about: `the example ${example} with the request "${request.name}"`,
    lua: site.text,
    ...withClusters(site.text, loadOf(request)),
    measure: { form: "over no filter" },
    statusMayVary: true,
  }));
}

/** Adds the clusters that the script calls and the request file says nothing about; they answer an empty 200. */
export function withClusters<Load extends Pick<Workload, "calls">>(lua: string, load: Load): Load {
  const named = Object.fromEntries(readVocabulary(lua).clusters.map((cluster) => [cluster, {}]));
  return { ...load, calls: { ...named, ...load.calls } };
}
