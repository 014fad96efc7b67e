import { assignIds } from "./assign-ids.js";
import { findLuaSites, type LuaInFile, NOTHING_FOUND } from "./find-lua-sites.js";
import { joinReferences } from "./join-references.js";
import type { LuaSite, Note, Problem } from "./lua-site.js";
import { type Input, type ReadOptions, readInputs } from "./read-inputs.js";
import { WorkloadDocuments } from "./workload-documents.js";

/** All the Lua of one run. */
export interface CollectedSites {
  /** In the order of the inputs, ids unique. */
  readonly sites: readonly LuaSite[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  /** Files that were read. */
  readonly files: number;
}

export interface CollectOptions extends ReadOptions {
  /** Called after each file. */
  readonly onFile?: (file: string, filesSoFar: number) => void;
}

/** Reads the paths (see `readInputs`) and finds the Lua in them. Holds one file's text at a time. */
export async function collectSites(paths: readonly string[], options: CollectOptions = {}): Promise<CollectedSites> {
  return collectFrom(readInputs(paths, options), options.onFile, options);
}

/** The same for texts that are not files, such as the resources of a live cluster. */
export async function collectFrom(
  inputs: AsyncIterable<Input> | Iterable<Input>,
  onFile?: CollectOptions["onFile"],
  options: Pick<ReadOptions, "embedded"> = {},
): Promise<CollectedSites> {
  const found: LuaInFile[] = [];
  const workloads = new WorkloadDocuments();
  let files = 0;
  for await (const input of inputs) {
    if (input.type === "problem") found.push({ ...NOTHING_FOUND, problems: [input.problem] });
    else if (input.type === "note") found.push({ ...NOTHING_FOUND, notes: [input.note] });
    else {
      const { file, text, named } = input;
      workloads.read(text);
      found.push(findLuaSites(file, text, { checkSyntax: named, embedded: options.embedded === true }));
      onFile?.(file, ++files);
    }
  }
  const { told: _, ...joined } = joinFound(found, workloads);
  return { ...joined, files };
}

/** Brings together what was found in several files, in their order: scripts get what other files tell of them, and their ids. */
export function joinFound(
  found: readonly LuaInFile[],
  workloads: WorkloadDocuments,
): Omit<CollectedSites, "files"> & {
  /** Indexes of the sites whose filter is known from another resource. */
  readonly told: ReadonlySet<number>;
} {
  const own = found.flatMap(({ sites }) => sites);
  const joined = joinReferences(
    own,
    found.flatMap(({ references }) => references),
  );
  return {
    sites: assignIds(workloads.nameIn(joined.sites)),
    told: new Set([...own.keys()].filter((i) => joined.sites[i] !== own[i])),
    problems: found.flatMap(({ problems }) => problems),
    notes: [...found.flatMap(({ notes }) => notes), ...joined.notes],
  };
}
