import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { chooseForge } from "../../../src/delivery/forge/choose-forge.js";
import { remoteAddress } from "../../../src/delivery/git/remote-address.js";
import { type DeliverOptions, deliver } from "../../../src/delivery/pull-request/deliver.js";
import { GitRemote } from "../pull-request/git-remote.js";
import { type FolderOptions, luaFilter, writeMigrated } from "../pull-request/migrated-folder.js";
import { type StandInForge, standInForge, TOKEN } from "./stand-in-forge.js";

const FILES = { "tag.yaml": luaFilter("tag") };

let temp: string;
let home: string;
let forge: StandInForge;
let said: string[];
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), "moonshift-forge-"));
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));
beforeEach(async () => {
  home = mkdtempSync(join(temp, "home-"));
  mkdirSync(join(home, "acme"));
  renameSync(GitRemote.create(temp, FILES).bare, join(home, "acme", "mesh.git"));
  forge = await standInForge(home);
  said = [];
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await forge.stop();
});

function bring(options: Partial<DeliverOptions> = {}, folder: FolderOptions = { tag: "1" }) {
  const dir = mkdtempSync(join(temp, "migrated-"));
  writeMigrated(dir, FILES, folder);
  return deliver(dir, {
    repo: `${forge.origin}/acme/mesh.git`,
    branch: "moonshift/lua-to-wasm",
    target: "auto",
    keepOriginal: false,
    forge: "auto",
    push: true,
    colour: false,
    say: (line) => said.push(line),
    ...options,
  });
}

const paths = () => forge.calls.map(({ method, path }) => `${method} ${path}`);

describe("GitHub", () => {
  beforeEach(() => {
    vi.stubEnv("GITHUB_SERVER_URL", forge.origin);
    vi.stubEnv("GITHUB_API_URL", `${forge.origin}/api`);
    vi.stubEnv("GITHUB_TOKEN", TOKEN);
  });

  test("opened, left as it is, brought up to date", async () => {
    const first = await bring();
    expect(first.pullRequest).toEqual({ url: `${forge.origin}/acme/mesh/pull/1`, outcome: "opened" });
    expect(forge.calls[1]).toMatchObject({
      method: "POST",
      path: "/api/repos/acme/mesh/pulls",
      fields: {
        title: "Run shop.tag as Wasm instead of Lua",
        head: "moonshift/lua-to-wasm",
        base: "main",
        body: first.body,
        draft: false,
      },
    });
    expect((await bring()).pullRequest?.outcome).toBe("unchanged");
    const newer = await bring({}, { tag: "22" });
    expect(newer).toMatchObject({ outcome: "pushed", pullRequest: { outcome: "updated" } });
    expect(paths().at(-1)).toBe("PATCH /api/repos/acme/mesh/pulls/1");
    expect(forge.open).toHaveLength(1);
    expect(JSON.stringify([first, newer, said])).not.toContain(TOKEN);
  });

  test("a module that nobody can fetch yet: a draft", async () => {
    await bring({}, {});
    expect(forge.calls[1]!.fields.draft).toBe(true);
  });

  test("the forge fails after the push: said, and the next run opens the pull request", async () => {
    forge.failNext = { status: 503, message: "unicorn" };
    await expect(bring()).rejects.toThrow(
      /^GitHub is in trouble \(503: unicorn.*\); the branch is pushed; run it again once that is mended$/,
    );
    const again = await bring();
    expect(again).toMatchObject({ outcome: "up-to-date", pullRequest: { outcome: "opened" } });
  });

  test("a token that may not: what to do, without the token", async () => {
    forge.failNext = { status: 403, message: `Resource not accessible by ${TOKEN}` };
    const error = await bring().catch((reason: Error) => reason);
    expect((error as Error).message).toMatch(
      /^GitHub does not let this token open a pull request in acme\/mesh \(403: Resource not accessible by …/,
    );
  });

  test("a wrong token does not even get to read", async () => {
    vi.stubEnv("GITHUB_TOKEN", "wr0ng");
    await expect(bring()).rejects.toThrow(
      /^the remote does not let us in \((?!.*wr0ng).*\): set GITHUB_TOKEN or GITLAB_TOKEN/,
    );
  });

  test("no token: a dry run goes without, a push asks for it", async () => {
    vi.stubEnv("GITHUB_TOKEN", "");
    await expect(bring()).rejects.toThrow(
      /^GITHUB_TOKEN is not set: a pull request at localhost:\d+ needs a token that may write to acme\/mesh$/,
    );
  });

  test("a dry run asks the forge for nothing", async () => {
    expect((await bring({ push: false })).outcome).toBe("dry-run");
    expect(forge.calls).toEqual([]);
  });
});

describe("GitLab", () => {
  beforeEach(() => {
    vi.stubEnv("CI_SERVER_URL", forge.origin);
    vi.stubEnv("CI_API_V4_URL", `${forge.origin}/api/v4`);
    vi.stubEnv("GITLAB_TOKEN", TOKEN);
  });

  test("opened as a draft, left as it is, brought up to date", async () => {
    const first = await bring({}, {});
    expect(first.pullRequest).toEqual({ url: `${forge.origin}/acme/mesh/-/merge_requests/1`, outcome: "opened" });
    expect(forge.calls[1]).toMatchObject({
      method: "POST",
      path: "/api/v4/projects/acme%2Fmesh/merge_requests",
      fields: {
        title: "Draft: Run shop.tag as Wasm instead of Lua",
        source_branch: "moonshift/lua-to-wasm",
        target_branch: "main",
        description: first.body,
      },
    });
    expect((await bring({}, {})).pullRequest?.outcome).toBe("unchanged");
    const published = await bring();
    expect(published.pullRequest?.outcome).toBe("updated");
    expect(forge.calls.at(-1)).toMatchObject({
      method: "PUT",
      path: "/api/v4/projects/acme%2Fmesh/merge_requests/1",
      fields: { title: "Run shop.tag as Wasm instead of Lua" },
    });
    expect(JSON.stringify([first, published, said])).not.toContain(TOKEN);
  });

  test("refused: its own words", async () => {
    forge.failNext = { status: 409, message: "Another open merge request already exists" };
    await expect(bring()).rejects.toThrow(
      /^GitLab refuses the pull request \(409: .*Another open merge request already exists/,
    );
  });
});

describe("which forge, and where its token goes", () => {
  const env = { GITHUB_TOKEN: "h", GITLAB_TOKEN: "l" };
  const chosen = async (address: string, wanted: "auto" | "github" | "gitlab" | "none" = "auto", more = {}) =>
    chooseForge(await remoteAddress(address), wanted, true, { ...env, ...more });

  test.each([
    ["https://github.com/a/b.git", "GitHub"],
    ["git@github.com:a/b.git", "GitHub"],
    ["ssh://git@gitlab.com/a/b/c.git", "GitLab"],
    ["https://git.example.com/a/b", undefined],
    ["https://github.com.example.com/a/b", undefined],
  ])("%s", async (address, name) => {
    expect((await chosen(address))?.name).toBe(name);
  });

  test("git sends the token to that host alone", async () => {
    const { gitEnvironment } = (await chosen("https://github.com/a/b.git"))!;
    expect(gitEnvironment.GIT_CONFIG_KEY_0).toBe("http.https://github.com/.extraHeader");
    expect(gitEnvironment.GIT_CONFIG_VALUE_0).toBe(
      `Authorization: Basic ${Buffer.from("x-access-token:h").toString("base64")}`,
    );
  });

  test("no token over plain http to another machine", async () => {
    await expect(chosen("http://git.example.com/a/b", "gitlab")).rejects.toThrow("is spoken to without TLS");
  });

  test("none, when none is wanted or can be", async () => {
    expect(await chosen("https://github.com/a/b", "none")).toBeUndefined();
    await expect(chosen(join(home, "acme", "mesh.git"), "github")).rejects.toThrow("could have one");
  });
});
