import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FileChanges } from "../git/commit-changes.js";
import { withModuleAddress } from "../publish/module-address.js";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { isKustomization, type ResourceFileChange, withResources } from "./kustomization.js";
import type { FilterPlan, UpdatePlan } from "./plan-filter.js";
import type { RepositoryFiles } from "./repository-files.js";
import { rewriteFile } from "./rewrite-file.js";

/**
 * What the repository's files become when all of these plans are carried out; only files that change. Undefined for files that go. Worked out
 * from the files as they are, so that one filter more never has to find its way in what the others have left.
 * @throws CannotEdit, InputError
 */
export function repositoryChanges(files: RepositoryFiles, plans: readonly (FilterPlan | UpdatePlan)[]): FileChanges {
  const changes = new Map<string, string | undefined>();
  const replacing = plans.filter((plan) => plan.kind === "replace");
  for (const file of new Set(replacing.map(fileOf))) {
    const own = replacing.filter((plan) => fileOf(plan) === file);
    const replacements = own.map(({ replacement }) => replacement);
    changes.set(file, rewriteFile(files.texts.get(file)!, file, replacements));
    const resourceFile = { file, isDeleted: changes.get(file) === undefined, added: addFiles(files, own, changes) };
    for (const [kustomization, text] of kustomizations(files, changes))
      changes.set(kustomization, withResources(text, kustomization, resourceFile));
  }
  for (const plan of plans) if (plan.kind === "update") updateAddresses(files, plan, changes);
  return new Map([...changes].filter(([file, text]) => text !== files.texts.get(file)));
}

function fileOf({ replacement }: FilterPlan): string {
  return replacement.site.source.file;
}

function addFiles(
  files: RepositoryFiles,
  plans: readonly FilterPlan[],
  changes: Map<string, string | undefined>,
): ResourceFileChange["added"] {
  return plans.flatMap(({ added }) => {
    if (added === undefined) return [];
    if (changes.has(added.file) || existsSync(join(files.folder, added.file)))
      throw new CannotEdit(`${added.file}, where the new resource would stand, is taken`);
    changes.set(added.file, added.text);
    return [added.file];
  });
}

function kustomizations({ texts }: RepositoryFiles, changes: FileChanges): readonly (readonly [string, string])[] {
  const files = [...texts.keys()].filter(isKustomization);
  return files.map((file) => [file, changes.get(file) ?? texts.get(file)!] as const);
}

function updateAddresses(
  { texts }: RepositoryFiles,
  { delivery, files, address }: UpdatePlan,
  changes: Map<string, string | undefined>,
): void {
  for (const file of files) {
    const text = changes.has(file) ? changes.get(file) : texts.get(file);
    const updated = text === undefined ? undefined : withModuleAddress(text, address, file, delivery.id);
    if (updated !== undefined) changes.set(file, updated);
  }
}

/** What one more plan adds to what the others change. */
export function between(files: RepositoryFiles, before: FileChanges, after: FileChanges): FileChanges {
  const stateOf = (changes: FileChanges, file: string): string | undefined =>
    changes.has(file) ? changes.get(file) : files.texts.get(file);
  const touched = [...new Set([...before.keys(), ...after.keys()])];
  return new Map(
    touched
      .filter((file) => stateOf(before, file) !== stateOf(after, file))
      .map((file) => [file, stateOf(after, file)]),
  );
}
