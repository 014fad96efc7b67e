import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onOurDeath } from "../../harness/lifeline.js";
import { InputError } from "../../support/failure.js";
import { onDisk } from "../disk-failure.js";
import { Git } from "./git.js";
import type { RemoteAddress } from "./remote-address.js";

export interface CheckoutOptions {
  /** Branch that the change is for; default the remote's own. */
  readonly base?: string;
  /** Branch that carries the change. */
  readonly branch: string;
  /** For git's own requests to the remote. */
  readonly env: Readonly<Record<string, string>>;
}

/** A temporary work tree at the tip of the base branch. Whatever happens in it, only a push is seen outside. */
export interface Checkout {
  readonly git: Git;
  readonly folder: string;
  readonly base: { readonly name: string; readonly commit: string };
  readonly branch: string;
  /** Tip of the branch at the remote, when it is there. */
  readonly existing?: string;
  close(): void;
}

/** No line breaks converted and no filters run, whatever the repository or the user's configuration say. */
const BYTE_FOR_BYTE = "* -text -filter -ident !eol !working-tree-encoding\n";

/** @throws InputError, MissingError */
export async function checkOut({ url }: RemoteAddress, { base, branch, env }: CheckoutOptions): Promise<Checkout> {
  const folder = onDisk(() => realpathSync(mkdtempSync(join(tmpdir(), "moonshift-pr-"))));
  const callOff = onOurDeath('rm -rf "$1"', [folder]);
  const close = (): void => {
    callOff();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const git = new Git(folder, { ...env, ...(await identity(folder)) });
    await git.run(["init", "--quiet"]);
    onDisk(() => writeFileSync(join(folder, ".git", "info", "attributes"), BYTE_FOR_BYTE));
    await git.run(["check-ref-format", "--branch", branch]);
    await git.run(["remote", "add", "origin", url]);
    const heads = await remoteHeads(git);
    const name = base ?? heads.standard;
    if (name === undefined)
      throw new InputError("the remote has no branch of its own; name one with --base", { file: url });
    const commit = heads.tips.get(name);
    if (commit === undefined) throw new InputError(`has no branch ${name}`, { file: url });
    if (name === branch) throw new InputError(`--branch ${branch} is the branch that the change is for`);
    const existing = heads.tips.get(branch);
    const wanted = [name, ...(existing === undefined ? [] : [branch])];
    await git.run([
      "fetch",
      "--quiet",
      "--no-tags",
      "origin",
      ...wanted.map((one) => `+refs/heads/${one}:refs/remotes/origin/${one}`),
    ]);
    await git.run(["checkout", "--quiet", "--detach", `refs/remotes/origin/${name}`]);
    return { git, folder, base: { name, commit }, branch, ...(existing === undefined ? {} : { existing }), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** For a machine on which git knows no name, as in many CI jobs. */
async function identity(folder: string): Promise<Readonly<Record<string, string>>> {
  const email = await new Git(folder).tries(["config", "user.email"]);
  if (email.stdout.trim() !== "" || process.env.GIT_COMMITTER_EMAIL !== undefined) return {};
  const [name, address] = ["moonshift", "moonshift@users.noreply.github.com"];
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: address, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: address };
}

async function remoteHeads(
  git: Git,
): Promise<{ readonly standard?: string; readonly tips: ReadonlyMap<string, string> }> {
  const lines = (await git.run(["ls-remote", "--symref", "origin", "HEAD", "refs/heads/*"])).split("\n");
  const tips = new Map<string, string>();
  let standard: string | undefined;
  for (const line of lines) {
    const head = /^ref: refs\/heads\/(\S+)\tHEAD$/.exec(line);
    if (head !== null) standard = head[1]!;
    const tip = /^([0-9a-f]{40,64})\trefs\/heads\/(\S+)$/.exec(line);
    if (tip !== null) tips.set(tip[2]!, tip[1]!);
  }
  const known =
    standard !== undefined && tips.has(standard)
      ? standard
      : [...tips.keys()].length === 1
        ? [...tips.keys()][0]
        : undefined;
  return { ...(known === undefined ? {} : { standard: known }), tips };
}
