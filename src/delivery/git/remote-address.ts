import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { InputError } from "../../support/failure.js";
import { Git } from "./git.js";

/** Where a repository is fetched from and pushed to. */
export interface RemoteAddress {
  /** For git: never with a password in it. */
  readonly url: string;
  /** Of a forge: host and path (`acme/mesh`), without `.git`. */
  readonly web?: { readonly host: string; readonly path: string; readonly protocol: string };
}

/**
 * The remote of `--repo`: an address itself; for the path of a work tree, its `origin`, so that the user's own checkout stays as it is; otherwise the
 * path's own repository.
 * @throws InputError
 */
export async function remoteAddress(repo: string): Promise<RemoteAddress> {
  if (isAddress(repo)) return parseAddress(repo);
  const path = resolve(repo);
  if (!existsSync(path)) throw new InputError("no such folder", { file: repo });
  const git = new Git(path);
  const top = await git.tries(["rev-parse", "--show-toplevel"]);
  const bare = await git.tries(["rev-parse", "--is-bare-repository"]);
  if (!bare.worked) throw new InputError("not a git repository", { file: repo });
  const origin = await git.tries(["remote", "get-url", "--push", "origin"]);
  if (origin.worked && bare.stdout.trim() !== "true") {
    const url = origin.stdout.trim();
    return isAddress(url) ? parseAddress(url) : { url: isAbsolute(url) ? url : resolve(top.stdout.trim(), url) };
  }
  return { url: top.worked && top.stdout.trim() !== "" ? top.stdout.trim() : path };
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || /^(?:[\w.-]+@)?[\w.-]+:(?!\\)[^\s]+$/.test(text);
}

function parseAddress(text: string): RemoteAddress {
  const scp = /^(?:[\w.-]+@)?([\w.-]+):(?!\/\/)(.+)$/.exec(text);
  if (scp !== null) return { url: text, web: { host: scp[1]!, path: trimmed(scp[2]!), protocol: "https:" } };
  if (!URL.canParse(text)) throw new InputError("not an address that git understands", { file: "--repo" });
  const url = new URL(text);
  if (!["https:", "http:", "ssh:", "file:"].includes(url.protocol))
    throw new InputError(`--repo: ${url.protocol} is not among https, ssh, http and file`);
  if (url.password !== "" || (url.username !== "" && url.protocol !== "ssh:"))
    throw new InputError(
      `the address of ${url.host}${url.pathname} holds a user or a token: take it out, and set GITHUB_TOKEN or GITLAB_TOKEN instead`,
    );
  if (url.protocol === "file:") return { url: text };
  const host = url.protocol === "ssh:" ? url.hostname : url.host;
  const protocol = url.protocol === "http:" ? "http:" : "https:";
  return { url: text, web: { host, path: trimmed(url.pathname), protocol } };
}

function trimmed(path: string): string {
  return path.replace(/^\/+|\/+$/g, "").replace(/\.git$/, "");
}
