import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { onDisk } from "../../../src/delivery/disk-failure.js";
import { gitFailure } from "../../../src/delivery/git/git-failure.js";
import { InputError, MissingError } from "../../../src/support/failure.js";

describe("git's words in plain ones", () => {
  test.each([
    [
      "error: file write error: No space left on device\n",
      MissingError,
      "git cannot write (file write error: No space left on device): is the disk full?",
    ],
    ["error: unable to write file a.yaml\nfatal: x\n", MissingError, "is the disk full?"],
    [
      "remote: Resolving deltas: 100%\nremote: error: GH006: Protected branch update failed for refs/heads/x.\n ! [remote rejected] x -> x (protected branch hook declined)\n",
      InputError,
      "the remote refuses the branch (GH006: Protected branch update failed for refs/heads/x.)",
    ],
    [
      "remote: GitLab: You are not allowed to push code to protected branches on this project.\n ! [remote rejected] HEAD -> x (pre-receive hook declined)\n",
      InputError,
      "the remote refuses the branch (GitLab: You are not allowed to push code",
    ],
    [
      " ! [rejected]        HEAD -> x (stale info)\nerror: failed to push some refs\n",
      InputError,
      "somebody else pushed to the branch in the meantime",
    ],
    [
      "remote: HTTP Basic: Access denied\nfatal: Authentication failed for 'https://gitlab.com/a/b.git/'\n",
      MissingError,
      "the remote does not let us in (HTTP Basic: Access denied)",
    ],
    [
      "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.\n",
      MissingError,
      "the remote does not let us in",
    ],
    [
      "fatal: unable to access 'https://x/a.git/': Could not resolve host: x\n",
      MissingError,
      "the remote cannot be reached",
    ],
    [
      "remote: Repository not found.\nfatal: repository 'https://github.com/a/b.git/' not found\n",
      InputError,
      "not a repository that can be read (Repository not found.)",
    ],
    ["fatal: something new\n", InputError, "git push failed: something new"],
  ])("%j", (stderr, kind, message) => {
    const error = gitFailure(["push", "origin"], stderr);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toContain(message);
    expect(error.message).not.toContain("\n");
  });

  test("what is secret is not repeated", () => {
    const error = gitFailure(
      ["push"],
      "fatal: unable to access 'https://me:s3cret@x/a.git/': Authorization: Basic czNjcmV0\n",
    );
    expect(error.message).not.toMatch(/s3cret|czNjcmV0/);
  });
});

describe("the disk's", () => {
  // A device on which every write meets a full disk.
  test.skipIf(!existsSync("/dev/full"))("full", () => {
    expect(() => onDisk(() => writeFileSync("/dev/full", "x"))).toThrow(MissingError);
    expect(() => onDisk(() => writeFileSync("/dev/full", "x"))).toThrow(
      "the disk is full; free some space and run it again",
    );
  });

  test("what is not the disk's is left as it is", () => {
    expect(() => onDisk(() => JSON.parse("{"))).toThrow(SyntaxError);
  });
});
