import { describe, expect, test } from "vitest";
import {
  patchesResource,
  type ResourceFileChange,
  withResources,
} from "../../../src/delivery/pull-request/kustomization.js";

const FILE = "base/kustomization.yaml";
const joined: ResourceFileChange = { file: "base/lua.yaml", isDeleted: false, added: ["base/wasm.yaml"] };
const replaced: ResourceFileChange = { file: "base/lua.yaml", isDeleted: true, added: ["base/wasm.yaml"] };
const deleted: ResourceFileChange = { file: "base/lua.yaml", isDeleted: true, added: [] };

describe("resources in lines", () => {
  const text = "# ours\nresources:\n  # the filter\n  - lua.yaml   # Lua\n  - ./svc.yaml\nnamespace: a\n";

  test("one more", () => {
    expect(withResources(text, FILE, joined)).toBe(text.replace("# Lua\n", "# Lua\n  - wasm.yaml\n"));
  });
  test("one for another", () => {
    expect(withResources(text, FILE, replaced)).toBe(text.replace("lua.yaml   # Lua", "wasm.yaml"));
  });
  test("one less, with the comment above it", () => {
    expect(withResources(text, FILE, deleted)).toBe("# ours\nresources:\n  - ./svc.yaml\nnamespace: a\n");
  });
  test("none left", () => {
    expect(withResources("resources:\n- lua.yaml\nnamespace: a\n", FILE, deleted)).toBe(
      "resources: []\nnamespace: a\n",
    );
  });
  test("from another folder, at the end of a file without line break", () => {
    expect(withResources("resources:\n- ../base/lua.yaml", "prod/kustomization.yaml", joined)).toBe(
      "resources:\n- ../base/lua.yaml\n- ../base/wasm.yaml\n",
    );
  });
  test("there already: nothing to do", () => {
    const done = "resources:\n- lua.yaml\n- wasm.yaml\n";
    expect(withResources(done, FILE, joined)).toBe(done);
  });
  test("another file: nothing to do", () => {
    expect(withResources(text, "other/kustomization.yaml", deleted)).toBe(text);
  });
});

describe("resources in brackets", () => {
  test.each([
    [joined, "resources: [lua.yaml, wasm.yaml, svc.yaml]\n"],
    [replaced, "resources: [wasm.yaml, svc.yaml]\n"],
    [deleted, "resources: [svc.yaml]\n"],
  ])("%o", (change, expected) => {
    expect(withResources("resources: [lua.yaml, svc.yaml]\n", FILE, change)).toBe(expected);
  });
  test("the last of them", () => {
    expect(withResources("resources: [svc.yaml, lua.yaml]\n", FILE, deleted)).toBe("resources: [svc.yaml]\n");
  });
});

test("a file that is a patch is not deleted", () => {
  expect(() => withResources("patches:\n- path: lua.yaml\n", FILE, deleted)).toThrow(
    "base/kustomization.yaml uses the file under patches",
  );
  expect(() => withResources("patchesStrategicMerge: [lua.yaml]\n", FILE, deleted)).toThrow(
    "uses the file under patchesStrategicMerge",
  );
});

test("patches that are aimed at the resource", () => {
  const aims = (target: string) =>
    patchesResource(`patches:\n- patch: "[]"\n  target: {${target}}\n`, FILE, { kind: "EnvoyFilter", name: "tag" });
  expect(aims("kind: EnvoyFilter, name: tag")).toBe(true);
  expect(aims("kind: EnvoyFilter")).toBe(true);
  expect(aims("name: .*")).toBe(true);
  expect(aims("kind: EnvoyFilter, name: other")).toBe(false);
  expect(aims("kind: Service, name: tag")).toBe(false);
});
