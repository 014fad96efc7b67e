import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parseImageReference } from "../../../src/delivery/oci/image-reference.js";
import { type PublishOptions, publishFolder } from "../../../src/delivery/publish/publish-folder.js";
import { NOT_PUBLISHED } from "../../../src/delivery/publish/write-address.js";
import { NO_REGISTRY, type RunningRegistry, startRegistry } from "../oci/debian-registry.js";
import { MODULE, moduleFolder } from "./module-folder.js";

let temp: string;
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), "moonshift-publish-"));
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

const migrated = (ids: readonly string[], modules?: readonly string[]): string => moduleFolder(temp, ids, modules);

describe.skipIf(NO_REGISTRY)(`into a real registry${NO_REGISTRY ? ` (${NO_REGISTRY})` : ""}`, () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  let said: string[];
  beforeEach(() => {
    said = [];
  });
  const publish = (dir: string, to: string, options: Partial<PublishOptions> = {}) =>
    publishFolder(dir, {
      to: parseImageReference(`oci://${registry.host}/${to}`),
      layout: "artifact",
      pauseMs: 1,
      attempts: 2,
      say: (line) => said.push(line),
      ...options,
    });

  test("one module goes to the repository itself, and its manifests and README name it", async () => {
    const dir = migrated(["shop.tag"]);
    const [published] = await publish(dir, "team/tag:1.0");
    const digest = published!.digest.slice("sha256:".length);
    expect(published).toMatchObject({
      id: "shop.tag",
      url: `oci://${registry.host}/team/tag:1.0`,
      files: ["manifests/wasmplugin.yaml"],
    });
    expect(readFileSync(join(dir, "shop.tag/manifests/wasmplugin.yaml"), "utf8")).toBe(
      `kind: WasmPlugin\nspec:\n  # mine\n  url: oci://${registry.host}/team/tag:1.0\n  sha256: ${digest}\n`,
    );
    expect(readFileSync(join(dir, "shop.tag/README.md"), "utf8")).toBe(
      `# shop.tag\n\nThe module is published as \`oci://${registry.host}/team/tag:1.0\`, digest \`sha256:${digest}\`.\n\n`,
    );
    expect(JSON.parse(readFileSync(join(dir, "shop.tag/published.json"), "utf8"))).toMatchObject({
      url: published!.url,
      digest: published!.digest,
    });
  });

  test("several get a repository each, by their own checksum, also one at a time; refused ones none", async () => {
    const dir = migrated(["shop.a", "shop.b", "shop.c"], ["shop.a", "shop.b"]);
    const all = await publish(dir, "team/all");
    expect(all.map(({ url }) => url)).toEqual(
      ["a", "b"].map((name) => expect.stringMatching(`/team/all/shop.${name}:[0-9a-f]{12}$`)),
    );
    const [again] = await publish(dir, "team/all", { only: "shop.b" });
    expect(again).toMatchObject({ url: all[1]!.url, sentBytes: 0 });
    await expect(publish(dir, "team/all", { only: "shop.c" })).rejects.toThrow("no module of a filter 'shop.c'");
  });

  test("broken off between two filters: the next run sends only what is missing", async () => {
    const dir = migrated(["shop.a", "shop.b"]);
    const good = readFileSync(join(dir, "shop.b/filter.wasm"));
    const whole = migrated(["shop.a", "shop.b"]);
    rmSync(join(dir, "shop.b/manifests/wasmplugin.yaml"));
    // Not writable as a file: the second filter fails after its push.
    mkdirSync(join(dir, "shop.b/published.json"));
    await expect(publish(dir, "team/halfway:1")).rejects.toThrow();
    rmSync(join(dir, "shop.b/published.json"), { recursive: true });
    cpSync(join(whole, "shop.b/manifests"), join(dir, "shop.b/manifests"), { recursive: true });
    const again = await publish(dir, "team/halfway:1");
    expect(again.map(({ sentBytes }) => sentBytes)).toEqual([0, 0]);
    expect(readFileSync(join(dir, "shop.b/manifests/wasmplugin.yaml"), "utf8")).toContain("/team/halfway/shop.b:1");
    expect(readFileSync(join(dir, "shop.b/filter.wasm")).equals(good)).toBe(true);
  });
});

test("what is no module for Envoy is not pushed", async () => {
  const dir = migrated(["shop.a"]);
  const publish = () =>
    publishFolder(dir, { to: parseImageReference("oci://localhost:1/a"), layout: "artifact", say: () => undefined });
  writeFileSync(join(dir, "shop.a/filter.wasm"), MODULE.subarray(0, 8));
  await expect(publish()).rejects.toThrow("exports no proxy_abi_version_…");
  writeFileSync(join(dir, "shop.a/filter.wasm"), "<html>");
  await expect(publish()).rejects.toThrow("not a Wasm module");
});

test("migrate's README says the sentence that publish replaces", () => {
  const template = join(import.meta.dirname, "../../../src/delivery/migration/templates/readme.md.hbs");
  expect(readFileSync(template, "utf8").split("\n")).toContain(NOT_PUBLISHED);
});
