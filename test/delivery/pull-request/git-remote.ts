import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const AS_SOMEBODY = {
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.com",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.com",
};

/** A bare repository, and somebody who works with it. */
export class GitRemote {
  private constructor(private readonly home: string) {}

  static create(folder: string, files: Readonly<Record<string, string>>): GitRemote {
    const remote = new GitRemote(mkdtempSync(join(folder, "remote-")));
    run(remote.home, "init", "--quiet", "--bare", "--initial-branch=main", remote.bare);
    run(remote.home, "clone", "--quiet", remote.bare, remote.work);
    run(remote.work, "remote", "set-url", "origin", "../mesh.git");
    remote.commit("main", files, "Begin");
    return remote;
  }

  copy(folder: string): GitRemote {
    const home = mkdtempSync(join(folder, "remote-"));
    cpSync(this.home, home, { recursive: true });
    return new GitRemote(home);
  }

  get bare(): string {
    return join(this.home, "mesh.git");
  }

  private get work(): string {
    return join(this.home, "ann");
  }

  /** Commits as Ann and pushes; undefined deletes a file. */
  commit(branch: string, files: Readonly<Record<string, string | undefined>>, message: string): void {
    run(this.work, "fetch", "--quiet", "origin");
    if (this.branches().includes(branch)) run(this.work, "checkout", "--quiet", "-B", branch, `origin/${branch}`);
    else run(this.work, "checkout", "--quiet", "-B", branch);
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.work, name);
      mkdirSync(dirname(path), { recursive: true });
      if (text === undefined) rmSync(path);
      else writeFileSync(path, text);
    }
    run(this.work, "add", "--all");
    run(this.work, "commit", "--quiet", "-m", message);
    run(this.work, "push", "--quiet", "origin", branch);
  }

  merge(branch: string): void {
    run(this.work, "fetch", "--quiet", "origin");
    run(this.work, "checkout", "--quiet", "-B", "main", "origin/main");
    run(this.work, "merge", "--quiet", `origin/${branch}`);
    run(this.work, "push", "--quiet", "origin", "main");
  }

  /** A clone with `origin`, as a user has one. */
  get clone(): string {
    return this.work;
  }

  branches(): readonly string[] {
    return lines(run(this.bare, "for-each-ref", "--format=%(refname:short)", "refs/heads"));
  }

  tip(branch: string): string {
    return run(this.bare, "rev-parse", branch).trim();
  }

  /** Subjects, newest first. */
  log(branch: string): readonly string[] {
    return lines(run(this.bare, "log", "--format=%s", branch));
  }

  message(branch: string): string {
    return run(this.bare, "log", "-1", "--format=%B", branch);
  }

  file(branch: string, name: string): string | undefined {
    const names = lines(run(this.bare, "ls-tree", "-r", "--name-only", branch));
    return names.includes(name) ? run(this.bare, "show", `${branch}:${name}`) : undefined;
  }

  hook(name: string, script: string): void {
    const path = join(this.bare, "hooks", name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
  }

  status(): string {
    return run(this.work, "status", "--porcelain") + readFileSync(join(this.work, ".git", "HEAD"), "utf8");
  }
}

function run(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", args, {
    cwd: folder,
    env: { ...process.env, ...AS_SOMEBODY },
    stdio: ["ignore", "pipe", "pipe"],
  }).toString();
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
