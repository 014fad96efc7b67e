import { assignIds } from "./assign-ids.js";
import { findLuaSites, type LuaReference } from "./find-lua-sites.js";
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
  const sites: LuaSite[] = [];
  const problems: Problem[] = [];
  const notes: Note[] = [];
  const references: LuaReference[] = [];
  const workloads = new WorkloadDocuments();
  let files = 0;
  for await (const input of inputs) {
    if (input.type === "problem") {
      problems.push(input.problem);
      continue;
    }
    if (input.type === "note") {
      notes.push(input.note);
      continue;
    }
    workloads.read(input.text);
    const found = findLuaSites(input.file, input.text, {
      checkSyntax: input.named,
      embedded: options.embedded === true,
    });
    sites.push(...found.sites);
    problems.push(...found.problems);
    notes.push(...found.notes);
    references.push(...found.references);
    onFile?.(input.file, ++files);
  }
  const joined = joinReferences(sites, references);
  return { sites: assignIds(workloads.nameIn(joined.sites)), problems, notes: [...notes, ...joined.notes], files };
}
