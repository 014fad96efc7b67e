import { lstatSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { InputError } from "../../support/failure.js";
import { onDisk } from "../disk-failure.js";
import type { Checkout } from "./checkout.js";

/** Contents by path in the repository; undefined for files that go. */
export type FileChanges = ReadonlyMap<string, string | undefined>;

/** Marks a commit as ours; whoever commits on the branch besides is somebody else, whose work is kept. */
export const TRAILER = "Moonshift-Filter";

/** Commits some files. False where that would change nothing. */
export async function commitChanges(
  { git, folder }: Checkout,
  changes: FileChanges,
  message: string,
): Promise<boolean> {
  onDisk(() => {
    for (const [path, content] of changes) writeInside(folder, path, content);
  });
  await git.run(["add", "--all", "--force", "--", ...changes.keys()]);
  if (await git.asks(["diff", "--cached", "--quiet"])) return false;
  await git.run(["commit", "--quiet", "--no-verify", "--file=-"], { input: message });
  return true;
}

function writeInside(folder: string, path: string, content: string | undefined): void {
  const target = resolve(folder, path);
  if (!target.startsWith(folder + sep) || relative(folder, target).split(sep).includes(".git"))
    throw new InputError(`${path} is not a file of the repository`);
  refuseLinks(folder, target);
  if (content === undefined) rmSync(target, { force: true });
  else {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
}

/** A link may lead out of the repository. */
function refuseLinks(folder: string, target: string): void {
  for (let at = target; at !== folder; at = dirname(at)) {
    if (lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink() === true)
      throw new InputError(`${relative(folder, target)} is, or stands behind, a symbolic link`);
  }
}

/**
 * Puts the commits of others that the branch has at the remote on top of ours.
 * @returns their number
 * @throws InputError where they no longer fit
 */
export async function keepForeignCommits(checkout: Checkout): Promise<number> {
  const { git, existing, base, branch } = checkout;
  if (existing === undefined) return 0;
  const format = `--format=%H%x09%(trailers:key=${TRAILER},valueonly,separator=%x2C)`;
  const listed = await git.run(["log", "--reverse", "--no-merges", format, `${base.commit}..${existing}`]);
  const foreign = listed
    .split("\n")
    .filter((line) => line.endsWith("\t"))
    .map((line) => line.slice(0, -1));
  for (const commit of foreign) await pickUp(checkout, commit, branch);
  return foreign.length;
}

async function pickUp({ git }: Checkout, commit: string, branch: string): Promise<void> {
  const picked = await git.tries(["cherry-pick", "--allow-empty", "--keep-redundant-commits", commit]);
  if (picked.worked) return;
  const conflicts = await git.run(["diff", "--name-only", "--diff-filter=U"]);
  const subject = await git.line(["log", "-1", "--format=%h “%s” by %an", commit]);
  await git.tries(["cherry-pick", "--abort"]);
  const where = conflicts.trim() === "" ? "" : ` in ${conflicts.trim().split("\n").join(", ")}`;
  throw new InputError(
    `merge conflict${where}: the commit ${subject} on ${branch} no longer fits. Nothing was pushed, and it is still there; rebase it by hand, or give another --branch`,
  );
}
