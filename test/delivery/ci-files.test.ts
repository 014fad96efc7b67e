import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { registerAudit } from "../../src/cli/audit.js";
import { registerBench } from "../../src/cli/bench.js";
import { registerMigrate } from "../../src/cli/migrate.js";
import { registerPr } from "../../src/cli/pr.js";
import { registerPublish } from "../../src/cli/publish.js";
import { registerVerify } from "../../src/cli/verify.js";

const ROOT = join(import.meta.dirname, "../..");
const read = (file: string): string => readFileSync(join(ROOT, file), "utf8");

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

const action = parse(read("action.yml")) as {
  readonly inputs: object;
  readonly runs: { readonly steps: readonly Step[] };
};
const workflow = parse(read("docs/ci/github-workflow.yml")) as {
  readonly jobs: Readonly<Record<string, { readonly steps: readonly Step[] }>>;
};

let temp: string;
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), "moonshift-ci-"));
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

function scriptOf(steps: readonly Step[], name: string): string {
  const found = steps.find((step) => step.name === name)?.run;
  if (found === undefined) throw new Error(`no step "${name}"`);
  return found;
}

/** A `moonshift` that writes down its arguments, one per line, and ends with `code`. */
function fakeMoonshift(folder: string, code = 0): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "moonshift");
  writeFileSync(
    path,
    `#!/bin/sh\nfor one in "$@"; do printf '%s\\n' "$one"; done >> "${folder}/calls"\necho -- >> "${folder}/calls"\nexit ${code}\n`,
  );
  chmodSync(path, 0o755);
  return join(folder, "calls");
}

describe("the commands that the files call exist, with their options", () => {
  const program = new Command();
  for (const register of [registerAudit, registerBench, registerMigrate, registerPr, registerPublish, registerVerify])
    register(program);

  test.each(["docs/ci/github-workflow.yml", "ci/gitlab-template.yml", ".pre-commit-hooks.yaml", "docs/delivery.md"])(
    "%s",
    (file) => {
      const calls = [...read(file).matchAll(/\bmoonshift ((?!is\b)[a-z]+)((?: [^\n|;&`]*)?)/g)].filter(([, name]) =>
        program.commands.some((command) => command.name() === name),
      );
      expect(calls.length).toBeGreaterThan(0);
      for (const [, name, rest] of calls) {
        const known = program.commands.find((command) => command.name() === name)!.options.map(({ long }) => long);
        for (const [option] of rest!.matchAll(/--[a-z-]+/g))
          expect(known, `moonshift ${name} ${option}`).toContain(option);
      }
    },
  );

  test("the arguments of the workflow's audit", () => {
    const given = workflow.jobs
      .audit!.steps.find((step) => step.with?.command === "audit")!
      .with!.arguments!.split("\n");
    const known = program.commands.find((command) => command.name() === "audit")!.options.map(({ long }) => long);
    expect(known).toEqual(expect.arrayContaining(given.filter((argument) => argument.startsWith("--"))));
  });
});

test("the action hands its arguments on as they are, and the exit code back", () => {
  const calls = fakeMoonshift(join(temp, "action/moonshift/bin"), 1);
  const hostile = "a b.yaml\n$(touch /tmp/hacked)\n\n--format\n`id`;'\n*";
  const { status } = spawnSync("bash", ["-e", "-c", scriptOf(action.runs.steps, "Run moonshift")], {
    env: { ...process.env, RUNNER_TEMP: join(temp, "action"), COMMAND: "audit", ARGUMENTS: hostile },
  });
  expect(status).toBe(1);
  expect(readFileSync(calls, "utf8")).toBe("audit\na b.yaml\n$(touch /tmp/hacked)\n--format\n`id`;'\n*\n--\n");
});

describe("the workflow's jobs in a repository", () => {
  const git = (repository: string, ...args: readonly string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...args], { cwd: repository, stdio: "pipe" })
      .toString()
      .trim();

  function repositoryWithChange(): { readonly repository: string; readonly base: string } {
    const repository = mkdtempSync(join(temp, "repository-"));
    const put = (name: string, text: string): void => writeFileSync(join(repository, name), text);
    git(repository, "init", "--quiet");
    put("kept.yaml", "a: 1\n");
    put("changed one.yaml", "a: 1\n");
    put("gone.yaml", "a: 1\n");
    git(repository, "add", "-A");
    git(repository, "commit", "--quiet", "-m", "base");
    const base = git(repository, "rev-parse", "HEAD");
    put("changed one.yaml", "a: 2\n");
    put("new.yml", "a: 1\n");
    put("new.txt", "a: 1\n");
    rmSync(join(repository, "gone.yaml"));
    git(repository, "add", "-A");
    git(repository, "commit", "--quiet", "-m", "change");
    return { repository, base };
  }

  const calledWith = (file: string): readonly string[] =>
    readFileSync(file, "utf8")
      .split("--\n")
      .filter(Boolean)
      .map((call) => call.trim().replaceAll("\n", " "));

  test.each([0, 1])("GitHub: both states of what changed are compiled (migrate ends with %i)", (code) => {
    const { repository, base } = repositoryWithChange();
    const runner = mkdtempSync(join(temp, "runner-"));
    const calls = fakeMoonshift(join(runner, "bin"), code);
    const env = {
      ...process.env,
      PATH: `${runner}/bin:${process.env.PATH}`,
      RUNNER_TEMP: runner,
      BASE: base,
      GITHUB_OUTPUT: join(runner, "output"),
    };
    const { steps } = workflow.jobs.verify!;
    for (const name of ["Which manifests changed", "Compile both states", "Same behaviour", "Not dearer than before"]) {
      execFileSync("bash", ["-e", "-o", "pipefail", "-c", scriptOf(steps, name)], {
        cwd: repository,
        env,
        stdio: "pipe",
      });
    }
    expect(readFileSync(join(runner, "output"), "utf8")).toBe("any=true\n");
    expect(calledWith(calls)).toEqual([
      `migrate --quiet --out ${runner}/after ./changed one.yaml ./new.yml`,
      `migrate --quiet --out ${runner}/before ${runner}/base/changed one.yaml`,
    ]);
  });

  test("GitHub: a malformed manifest fails the job", () => {
    const { repository, base } = repositoryWithChange();
    const runner = mkdtempSync(join(temp, "runner-"));
    fakeMoonshift(join(runner, "bin"), 2);
    const env = {
      ...process.env,
      PATH: `${runner}/bin:${process.env.PATH}`,
      RUNNER_TEMP: runner,
      BASE: base,
      GITHUB_OUTPUT: join(runner, "output"),
    };
    const run = (name: string) =>
      spawnSync("bash", ["-e", "-c", scriptOf(workflow.jobs.verify!.steps, name)], { cwd: repository, env }).status;
    expect(run("Which manifests changed")).toBe(0);
    expect(run("Compile both states")).not.toBe(0);
  });

  test("GitLab: the same", () => {
    const { repository, base } = repositoryWithChange();
    const runner = mkdtempSync(join(temp, "runner-"));
    const calls = fakeMoonshift(join(runner, "bin"), 1);
    const [, jobs] = parseAllDocuments(read("ci/gitlab-template.yml")).map(
      (document) => document.toJS() as Record<string, { readonly script?: readonly string[] }>,
    );
    const env = {
      ...process.env,
      PATH: `${runner}/bin:${process.env.PATH}`,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      MOONSHIFT_MANIFESTS: ".",
    };
    execFileSync("bash", ["-c", jobs!["moonshift-verify"]!.script!.join("\n")], {
      cwd: repository,
      env,
      stdio: "pipe",
    });
    expect(calledWith(calls)).toEqual([
      "migrate --quiet --out after ./changed one.yaml ./new.yml",
      "migrate --quiet --out before base-state/changed one.yaml",
    ]);
  });
});

test("GitLab: every input that is used is declared", () => {
  const text = read("ci/gitlab-template.yml");
  const [head] = parseAllDocuments(text).map(
    (document) => document.toJS() as { readonly spec: { readonly inputs: object } },
  );
  const used = [...text.matchAll(/\$\[\[ inputs\.([\w-]+) \]\]/g)].map(([, name]) => name!);
  expect([...new Set(used)].sort()).toEqual(Object.keys(head!.spec.inputs).sort());
});
