import type { Checkout } from "./checkout.js";

/** What is to be reviewed, from the base to the work tree's commit. */
export async function diffOf({ git, base }: Checkout, colour = false): Promise<string> {
  return git.run([
    "-c",
    "core.quotePath=false",
    "diff",
    "--no-ext-diff",
    colour ? "--color=always" : "--no-color",
    "--find-renames",
    base.commit,
    "HEAD",
  ]);
}

/** Whether the branch at the remote brings the same change already. */
export async function isUpToDate({ git, base, existing }: Checkout): Promise<boolean> {
  if (existing === undefined) return false;
  const common = await git.tries(["merge-base", base.commit, existing]);
  if (!common.worked) return false;
  const there = await git.run(["diff", "--no-ext-diff", "--no-color", "--full-index", common.stdout.trim(), existing]);
  const here = await git.run(["diff", "--no-ext-diff", "--no-color", "--full-index", base.commit, "HEAD"]);
  return there === here;
}

/** Moves the branch to the work tree's commit, in one step, and only if it still is where it was seen. */
export async function pushBranch({ git, branch, existing }: Checkout): Promise<void> {
  const lease = `--force-with-lease=refs/heads/${branch}:${existing ?? ""}`;
  await git.run(["push", "--quiet", lease, "origin", `HEAD:refs/heads/${branch}`]);
}
