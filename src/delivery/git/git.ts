import { spawn } from "node:child_process";
import { MissingError } from "../../support/failure.js";
import { gitFailure } from "./git-failure.js";

export interface GitOptions {
  /** Added to this process's environment; tokens go this way, where no list of processes shows them. */
  readonly env?: Readonly<Record<string, string>>;
  /** For standard input. */
  readonly input?: string;
}

/** Git in one folder. */
export class Git {
  constructor(
    readonly folder: string,
    private readonly env: Readonly<Record<string, string>> = {},
  ) {}

  /** Its standard output. @throws an error in plain words for any exit code but 0 */
  async run(args: readonly string[], options: GitOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.start(args, options);
    if (code !== 0) throw gitFailure(args, stderr);
    return stdout;
  }

  /** The first line of its standard output. */
  async line(args: readonly string[]): Promise<string> {
    return (await this.run(args)).split("\n")[0]!;
  }

  /** For commands that answer with exit code 0 or 1. */
  async asks(args: readonly string[]): Promise<boolean> {
    const { code, stderr } = await this.start(args, {});
    if (code > 1) throw gitFailure(args, stderr);
    return code === 0;
  }

  /** For commands of which any outcome will do. */
  async tries(args: readonly string[]): Promise<{ readonly worked: boolean; readonly stdout: string }> {
    const { code, stdout } = await this.start(args, {});
    return { worked: code === 0, stdout };
  }

  private start(
    args: readonly string[],
    { env, input }: GitOptions,
  ): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve, reject) => {
      const child = spawn("git", args, {
        cwd: this.folder,
        env: { ...process.env, ...QUIET, ...this.env, ...env },
        stdio: "pipe",
      });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on("data", (bytes: Buffer) => stdout.push(bytes));
      child.stderr.on("data", (bytes: Buffer) => stderr.push(bytes));
      child.on("error", (error) =>
        reject(
          (error as NodeJS.ErrnoException).code === "ENOENT"
            ? new MissingError("git is not here; apt-get install git")
            : error,
        ),
      );
      child.on("close", (code) =>
        resolve({
          code: code ?? 128,
          stdout: Buffer.concat(stdout).toString("utf8"),
          stderr: Buffer.concat(stderr).toString("utf8"),
        }),
      );
      child.stdin.on("error", () => undefined);
      child.stdin.end(input ?? "");
    });
  }
}

/** No questions, messages in English, no command instead of an address, and no other repository than the one in the folder. */
const QUIET: Readonly<Record<string, string | undefined>> = {
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
  GIT_ALLOW_PROTOCOL: "file:https:http:ssh",
  GIT_EDITOR: "true",
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_TRACE: undefined,
  GIT_TRACE_CURL: undefined,
  GIT_CURL_VERBOSE: undefined,
};
