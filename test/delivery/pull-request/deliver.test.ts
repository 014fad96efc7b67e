import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type DeliverOptions, deliver } from "../../../src/delivery/pull-request/deliver.js";
import { inert } from "../../../src/delivery/pull-request/evidence.js";
import { planFilter } from "../../../src/delivery/pull-request/plan-filter.js";
import { readDeliveries } from "../../../src/delivery/pull-request/read-delivery.js";
import { readRepository } from "../../../src/delivery/pull-request/repository-files.js";
import { GitRemote } from "./git-remote.js";
import { envoyFilterNotes, type FolderOptions, luaFilter, writeMigrated } from "./migrated-folder.js";

const BRANCH = "moonshift/lua-to-wasm";
const FILES = { "mesh/tag.yaml": luaFilter("tag"), "mesh/guard.yaml": luaFilter("guard"), "README.md": "hello\n" };

let temp: string;
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), "moonshift-deliver-"));
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

let first: GitRemote;
let remote: GitRemote;
let migrated: string;
beforeAll(() => {
  first = GitRemote.create(temp, FILES);
});
beforeEach(() => {
  remote = first.copy(temp);
  migrated = migrate(FILES, { tag: "1" });
});

function migrate(files: Readonly<Record<string, string>>, options: FolderOptions = {}): string {
  const dir = mkdtempSync(join(temp, "migrated-"));
  writeMigrated(dir, files, options);
  return dir;
}

const bring = (options: Partial<DeliverOptions> = {}, dir = migrated) =>
  deliver(dir, {
    repo: remote.bare,
    branch: BRANCH,
    target: "auto",
    keepOriginal: false,
    forge: "auto",
    push: true,
    colour: false,
    say: () => undefined,
    ...options,
  });

describe("a branch with a commit per filter", () => {
  test("pushed; the base and the user's work tree stay as they are", async () => {
    const status = remote.status();
    const result = await bring({ repo: remote.clone });
    expect(result).toMatchObject({ outcome: "pushed", base: "main", leftAlone: [] });
    expect(remote.log(BRANCH)).toEqual([
      "Run shop.guard as Wasm instead of Lua",
      "Run shop.tag as Wasm instead of Lua",
      "Begin",
    ]);
    expect(remote.message(BRANCH)).toMatch(/Verdict: exact\.\n(.|\n)*\nMoonshift-Filter: shop\.guard\n/);
    expect(remote.log("main")).toEqual(["Begin"]);
    expect(remote.file(BRANCH, "README.md")).toBe("hello\n");
    expect(remote.status()).toBe(status);
  });

  test("the second run changes nothing, and a newer module updates the branch", async () => {
    await bring();
    const tip = remote.tip(BRANCH);
    expect((await bring()).outcome).toBe("up-to-date");
    expect(remote.tip(BRANCH)).toBe(tip);
    const newer = migrate(FILES, { tag: "22" });
    expect((await bring({}, newer)).outcome).toBe("pushed");
    expect(remote.log(BRANCH)).toHaveLength(3);
    expect(remote.file(BRANCH, "mesh/tag.yaml")).toContain("uri: oci://ghcr.io/acme/shop.tag:22");
  });

  test("a dry run pushes nothing and shows what a push would bring", async () => {
    const dry = await bring({ push: false });
    expect(dry.outcome).toBe("dry-run");
    expect(remote.branches()).toEqual(["main"]);
    expect((await bring()).diff).toBe(dry.diff);
    expect(dry.diff).toMatch(/^-\s+function envoy_on_request\(handle\)$/m);
  });

  test("merged: the next run has nothing to do, and later a newer module gets a commit", async () => {
    await bring();
    remote.merge(BRANCH);
    expect((await bring()).outcome).toBe("nothing-to-do");
    const newer = migrate(FILES, { tag: "22" });
    const update = await bring({}, newer);
    expect(update.commits.map(({ id }) => id)).toEqual(["shop.tag", "shop.guard"]);
    const changed = update.diff.split("\n").filter((line) => /^[+-] /.test(line));
    expect(changed.map((line) => line.replace(/ {2,}/g, " ").replace(/(.)\1{63}/, "$1…"))).toEqual(
      ["guard", "tag"].flatMap((name) => [
        `- uri: oci://ghcr.io/acme/shop.${name}:1`,
        `+ uri: oci://ghcr.io/acme/shop.${name}:22`,
        '- sha256: "1…"',
        '+ sha256: "2…"',
      ]),
    );
  });

  test("the base has moved: the branch follows it", async () => {
    await bring();
    remote.commit("main", { "mesh/tag.yaml": `# new head\n\n${FILES["mesh/tag.yaml"]}` }, "A head");
    expect((await bring()).outcome).toBe("pushed");
    expect(remote.log(BRANCH)).toContain("A head");
    expect(remote.file(BRANCH, "mesh/tag.yaml")).toMatch(/^# new head\n\n# tag is ours\n/);
  });

  test("elsewhere in the base: nothing to follow", async () => {
    await bring();
    const tip = remote.tip(BRANCH);
    remote.commit("main", { "other.yaml": "kind: A\n" }, "Elsewhere");
    expect((await bring()).outcome).toBe("up-to-date");
    expect(remote.tip(BRANCH)).toBe(tip);
  });
});

describe("others on the branch", () => {
  test("their commits are kept, on top", async () => {
    await bring();
    remote.commit(BRANCH, { "notes.md": "looks good\n" }, "Notes of the review");
    remote.commit("main", { "mesh/tag.yaml": `# new head\n\n${FILES["mesh/tag.yaml"]}` }, "A head");
    const result = await bring({}, migrate(FILES, { tag: "22" }));
    expect(result.keptCommits).toBe(1);
    expect(remote.log(BRANCH)[0]).toBe("Notes of the review");
    expect(remote.file(BRANCH, "notes.md")).toBe("looks good\n");
    expect(remote.file(BRANCH, "mesh/tag.yaml")).toMatch(/^# new head(.|\n)*:22\n/);
  });

  test("merge conflict: said, nothing pushed, nothing lost", async () => {
    await bring();
    const edited = remote.file(BRANCH, "mesh/tag.yaml")!.replace("shop.tag:1\n", "shop.tag:theirs\n");
    remote.commit(BRANCH, { "mesh/tag.yaml": edited }, "Another tag");
    const tip = remote.tip(BRANCH);
    await expect(bring({}, migrate(FILES, { tag: "22" }))).rejects.toThrow(
      /^merge conflict in mesh\/tag\.yaml: the commit \w+ “Another tag” by Ann on moonshift\/lua-to-wasm no longer fits\. Nothing was pushed/,
    );
    expect(remote.tip(BRANCH)).toBe(tip);
  });

  test("pushed in the meantime: theirs stays", async () => {
    await bring();
    const say = (line: string): void => {
      if (line.startsWith("pushing")) remote.commit(BRANCH, { "notes.md": "mine\n" }, "Meanwhile");
    };
    await expect(bring({ say }, migrate(FILES, { tag: "22" }))).rejects.toThrow("nothing was pushed, run it again");
    expect(remote.log(BRANCH)[0]).toBe("Meanwhile");
  });
});

describe("what can go wrong at the remote", () => {
  test("a protected branch: the remote's words, nothing half-done, and afterwards it works", async () => {
    remote.hook("pre-receive", 'echo "branch is protected by policy 7" >&2; exit 1');
    await expect(bring()).rejects.toThrow(
      "the remote refuses the branch (branch is protected by policy 7); nothing was pushed: allow it there, or name another with --branch",
    );
    expect(remote.branches()).toEqual(["main"]);
    remote.hook("pre-receive", "exit 0");
    expect((await bring()).outcome).toBe("pushed");
  });

  test("no such repository, no such branch, not a repository", async () => {
    await expect(bring({ repo: join(temp, "absent") })).rejects.toThrow("no such folder");
    await expect(bring({ repo: temp })).rejects.toThrow("not a git repository");
    await expect(bring({ base: "absent" })).rejects.toThrow("has no branch absent");
    await expect(bring({ branch: "main" })).rejects.toThrow("--branch main is the branch that the change is for");
    await expect(bring({ branch: "--force" })).rejects.toThrow();
    await expect(bring({ repo: "https://localhost:1/a.git", forge: "none" })).rejects.toThrow(
      /the remote cannot be reached/,
    );
  });

  test("a token in the address is refused and not repeated", async () => {
    const error = await bring({ repo: "https://me:s3cret@github.com/a/b.git" }).catch((reason: Error) => reason);
    expect((error as Error).message).toBe(
      "the address of github.com/a/b.git holds a user or a token: take it out, and set GITHUB_TOKEN or GITLAB_TOKEN instead",
    );
  });

  test("git's other ways to run a command are closed", async () => {
    await expect(bring({ repo: "ext::sh -c 'touch /tmp/x'" })).rejects.toThrow();
    await expect(bring({ repo: "--upload-pack=touch" })).rejects.toThrow("no such folder");
  });

  test("nothing stays behind in the folder for temporary files", async () => {
    const own = () => readdirSync(tmpdir()).filter((name) => name.startsWith("moonshift-pr-")).length;
    const before = own();
    await bring({ push: false });
    remote.hook("pre-receive", "exit 1");
    await bring().catch(() => undefined);
    expect(own()).toBeLessThanOrEqual(before);
  });
});

describe("what is left alone", () => {
  /** Planned in a folder as it would be checked out. */
  const leftAlone = async (files: Readonly<Record<string, string>>, from = files) => {
    const folder = mkdtempSync(join(temp, "checkout-"));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const [delivery] = readDeliveries(migrate(from, { tag: "1" }));
    const plan = planFilter(delivery!, await readRepository(folder), { target: "auto", keepOriginal: false });
    if (plan.kind !== "left-alone") throw new Error("not left alone");
    return plan.because;
  };
  const tag = luaFilter("tag");

  test.each([
    [
      "a chart's template",
      { "chart/Chart.yaml": "name: c\n", "chart/templates/a.yaml": tag },
      "chart/templates/a.yaml: it is a template of the Helm chart in chart",
    ],
    [
      "Helm's output",
      { "a.yaml": `---\n# Source: c/templates/a.yaml\n${tag}` },
      "a.yaml: Helm has rendered it from c/templates/a.yaml",
    ],
    [
      "Helm's labels",
      { "a.yaml": tag.replace('{istio.io/rev: "1"}', "{app.kubernetes.io/managed-by: Helm}") },
      "a.yaml: its labels say that Helm has rendered it",
    ],
    ["jsonnet's output", { "a.yaml": tag, "a.jsonnet": "{}" }, "a.yaml: jsonnet renders it from a.jsonnet"],
    [
      "what says so",
      { "a.yaml": `# Code generated by tool. DO NOT EDIT.\n${tag}` },
      "a.yaml: it says “Code generated by tool. DO NOT EDIT.”",
    ],
    ["JSON", { "a.json": JSON.stringify(parse(tag)) }, "a.json: it is JSON, which people seldom write"],
    [
      "what matches on a name that nothing has any more",
      { "a.yaml": tag.replace("name: envoy.filters.http.router", "name: envoy.router") },
      "a.yaml: the Lua does not run in present versions of Istio: its match names envoy.router, which is an old name",
    ],
    [
      "what Envoy refuses as a filter",
      { "a.yaml": tag.replace("lua.v3.Lua", "lua.v3.LuaPerRoute") },
      "its @type is envoy.extensions.filters.http.lua.v3.LuaPerRoute, which is refused as a filter",
    ],
    [
      "what kustomize patches",
      {
        "a.yaml": tag,
        "kustomization.yaml": "resources: [a.yaml]\npatches:\n- target: {kind: EnvoyFilter, name: tag}\n",
      },
      "a.yaml: kustomization.yaml patches this resource",
    ],
  ])("%s", async (_, files, because) => {
    expect(await leftAlone(files)).toContain(because);
  });

  test("Lua that is not what was migrated, or not there, or there twice", async () => {
    expect(await leftAlone({ "a.yaml": tag }, { "a.yaml": luaFilter("tag", { script: "handle:logWarn(1)" }) })).toBe(
      "the Lua of EnvoyFilter shop/tag in a.yaml:29 is not what was migrated; migrate it again",
    );
    expect(await leftAlone({ "a.yaml": "kind: A\n" }, { "a.yaml": tag })).toBe(
      "EnvoyFilter shop/tag is not in the repository",
    );
    expect(await leftAlone({ "x.yaml": tag, "y.yaml": tag }, { "a.yaml": tag })).toBe(
      "the same script stands in x.yaml:29 and y.yaml:29: which of them is meant cannot be told",
    );
  });

  test("refused by the verdict, or different in Envoy", async () => {
    const refused = await bring({ push: false }, migrate({ "a.yaml": tag }, { verdict: "refused" }));
    expect(refused.leftAlone).toEqual([
      { kind: "left-alone", id: "shop.tag", because: "refused: cannot", expected: true },
    ]);
    const equivalence = {
      envoy: "Envoy 1.40.0",
      requests: 9,
      result: "different",
      differences: [{}, {}],
      coverage: { branches: 1, reached: 1 },
    };
    writeFileSync(join(migrated, "shop.tag", "equivalence.json"), JSON.stringify(equivalence));
    const { leftAlone: left, commits } = await bring({ push: false });
    expect(left[0]!.because).toBe("`moonshift verify` found 2 differences between the Lua and the module");
    expect(commits.map(({ id }) => id)).toEqual(["shop.guard"]);
  });

  test("a symbolic link that leads out of the repository", async () => {
    const outside = join(temp, "outside.yaml");
    writeFileSync(outside, tag);
    symlinkSync(outside, join(remote.clone, "link.yaml"));
    remote.commit("main", { "mesh/tag.yaml": undefined }, "A link");
    await expect(bring({ only: "shop.tag" })).rejects.toThrow("link.yaml is, or stands behind, a symbolic link");
  });
});

describe("where the new resources go", () => {
  test("a WasmPlugin beside, with the labels; the file that held nothing else goes; kustomization follows", async () => {
    const files = {
      "mesh/tag.yaml": luaFilter("tag"),
      "mesh/kustomization.yaml": "resources:\n- tag.yaml\n- svc.yaml\n",
      "mesh/svc.yaml": "kind: A\n",
    };
    remote = GitRemote.create(temp, files);
    const { commits } = await bring({ target: "wasmplugin" }, migrate(files, { tag: "1" }));
    expect(commits).toEqual([
      { id: "shop.tag", files: ["mesh/tag.yaml", "mesh/tag-wasm.yaml", "mesh/kustomization.yaml"] },
    ]);
    expect(remote.file(BRANCH, "mesh/tag.yaml")).toBeUndefined();
    expect(remote.file(BRANCH, "mesh/kustomization.yaml")).toBe("resources:\n- tag-wasm.yaml\n- svc.yaml\n");
    const plugin = parse(remote.file(BRANCH, "mesh/tag-wasm.yaml")!) as object;
    expect(plugin).toMatchObject({
      kind: "WasmPlugin",
      metadata: { name: "tag-wasm", namespace: "shop", labels: { "istio.io/rev": "1" } },
    });
  });

  test("patches that are not Lua stay where they are", async () => {
    const extra = "  # the side service\n  - applyTo: CLUSTER\n    patch: {operation: ADD, value: {name: side}}\n";
    const files = { "tag.yaml": luaFilter("tag", { extra }) };
    remote = GitRemote.create(temp, files);
    await bring({}, migrate(files, { tag: "1" }));
    const text = remote.file(BRANCH, "tag.yaml")!;
    expect(text.endsWith(extra)).toBe(true);
    expect(text).not.toContain("inlineCode");
    expect(text.match(/applyTo: CLUSTER/g)).toHaveLength(1);
    await bring({ target: "wasmplugin", branch: "beside" }, migrate(files, { tag: "1" }));
    expect(remote.file("beside", "tag.yaml")!.endsWith(`  configPatches:\n${extra}`)).toBe(true);
  });

  test("a patch at the head of the chain: only its value changes", async () => {
    const atHead = luaFilter("tag").replace(/ +subFilter:\n.*\n/, "");
    remote = GitRemote.create(temp, { "tag.yaml": atHead });
    await bring({}, migrate({ "tag.yaml": atHead }, { tag: "1" }));
    const value = atHead.indexOf("      value:\n");
    expect(remote.file(BRANCH, "tag.yaml")!.slice(0, value)).toBe(atHead.slice(0, value));
  });

  test("--keep-original switches the Lua off", async () => {
    const { diff } = await bring({ keepOriginal: true, only: "shop.tag" });
    const removed = diff.split("\n").filter((line) => /^-(?!--)/.test(line));
    expect(removed).toEqual([]);
    expect(diff).toMatch(/^\+ {8}disabled: true # the Wasm filter below does this now/m);
  });

  test("a name that is taken: left alone, the others go on", async () => {
    remote.commit("main", { "mesh/tag-wasm.yaml": "kind: Mine\n" }, "Taken");
    const { leftAlone: left, commits } = await bring({ target: "wasmplugin" });
    expect(left.map(({ because }) => because)).toEqual([
      "mesh/tag-wasm.yaml, where the new resource would stand, is taken; change it by hand",
    ]);
    expect(commits.map(({ id }) => id)).toEqual(["shop.guard"]);
    expect(remote.file(BRANCH, "mesh/tag-wasm.yaml")).toBe("kind: Mine\n");
  });

  test("line endings and a converting .gitattributes", async () => {
    const files = { "tag.yaml": luaFilter("tag").replaceAll("\n", "\r\n") };
    remote = GitRemote.create(temp, files);
    remote.commit("main", { ".gitattributes": "*.yaml text=auto eol=lf\n" }, "Attributes");
    await bring({}, migrate(files, { tag: "1" }));
    const text = remote.file(BRANCH, "tag.yaml")!;
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });
});

describe("what the reviewer reads", () => {
  test("verdict, evidence, rollout and the way back; no markup or mention from scripts", async () => {
    const equivalence = {
      envoy: "Envoy 1.40.0",
      requests: 53,
      result: "equal",
      differences: [],
      coverage: { branches: 4, reached: 3, missed: [9] },
    };
    writeFileSync(join(migrated, "shop.tag", "equivalence.json"), JSON.stringify(equivalence));
    const { title, body } = await bring({ push: false, only: "shop.tag" });
    expect(title).toBe("Run shop.tag as Wasm instead of Lua");
    expect(body).toContain(
      "| same behaviour | 53 requests through the Lua and the module in Envoy 1.40.0: no difference. 3 of 4 branches reached (never: line 9 of the script) |",
    );
    expect(body).toContain("- logs &#60;b&#62; as @\u200badmin (line 7)");
    expect(body).toContain("| measured | not measured: `moonshift bench` has not run with this module |");
    expect(body).toMatch(/## Rolling it out\n\n1\. \*\*Canary first\.\*\*/);
    expect(body).toContain("## Going back");
    expect(body).not.toContain("Not to be merged yet");
  });

  test("code is shown as it is, and only code", () => {
    expect(inert("prefix `wasm log <filter>: a|b`, <b>")).toBe("prefix `wasm log <filter>: a&#124;b`, &#60;b&#62;");
    expect(inert("`<b>`` \\`<i>`")).toBe("`&#60;b&#62;`` \\`&#60;i&#62;`");
  });

  test("patches that stay where they are need no word", async () => {
    const extra = "  - applyTo: CLUSTER\n    patch: {operation: ADD, value: {name: side}}\n";
    const files = { "tag.yaml": luaFilter("tag", { extra }) };
    remote = GitRemote.create(temp, files);
    const dir = migrate(files, { tag: "1" });
    const [note] = envoyFilterNotes(files["tag.yaml"]);
    writeFileSync(join(dir, "shop.tag", "README.md"), `- envoyfilter.yaml: ${note}\n`);
    expect(note).toContain("remove the old resource when you apply this one");
    expect((await bring({ push: false }, dir)).body).not.toContain("remove the old resource");
  });

  test("not published: not to be merged", async () => {
    const { body } = await bring({ push: false }, migrate(FILES));
    expect(body).toMatch(/^> \*\*Not to be merged yet\.\*\* The module of `shop\.tag`, `shop\.guard` is not published/);
  });
});
