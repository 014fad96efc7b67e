import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { run } from "../../../src/cli/run.js";

const folder = mkdtempSync(join(tmpdir(), "moonshift-choices-"));
afterAll(() => {
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function migrate(...flags: readonly string[]): Promise<{ readonly code: number; readonly stderr: string }> {
  const input = join(folder, "tag.yaml");
  writeFileSync(
    input,
    `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: tag, namespace: shop}
spec:
  workloadSelector: {labels: {app: cart}}
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: SIDECAR_INBOUND, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager, subFilter: {name: envoy.filters.http.router}}}}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          inlineCode: |
            function envoy_on_request(handle) handle:headers():add("x-a", "1") end
`,
  );
  let stderr = "";
  const spies = [
    vi.spyOn(process.stdout, "write").mockReturnValue(true),
    vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
      stderr += chunk.toString();
      return true;
    }),
  ];
  const code = await run(["node", "moonshift", "migrate", input, "--out", join(folder, "out"), ...flags]);
  for (const spy of spies) spy.mockRestore();
  return { code, stderr };
}

function manifest(file: string) {
  return parse(readFileSync(join(folder, "out/shop.tag/manifests", file), "utf8"));
}

describe("what the user decides about the new resources", () => {
  test("stands in them", async () => {
    const choices = {
      "--image-pull-policy": "Always",
      "--image-pull-secret": "registry-login",
      "--fail-strategy": "FAIL_CLOSE",
      "--phase": "AUTHN",
      "--priority": "-7",
    };
    expect((await migrate(...Object.entries(choices).map((pair) => pair.join("=")))).code).toBe(0);
    const wasm = { imagePullPolicy: "Always", imagePullSecret: "registry-login", failStrategy: "FAIL_CLOSE" };
    expect(manifest("wasmplugin.yaml").spec).toMatchObject({ ...wasm, phase: "AUTHN", priority: -7 });
    expect(manifest("trafficextension.yaml").spec).toMatchObject({ wasm, phase: "AUTHN", priority: -7 });
    expect(readFileSync(join(folder, "out/shop.tag/README.md"), "utf8")).toContain("given with --phase");
  });

  test.each([
    [["--fail-strategy", "FAIL_OFTEN"], "--fail-strategy"],
    [["--image-pull-secret", "../a"], "is no name of a secret"],
    [["--priority", "first"], "is no whole number"],
  ])("%j is refused in one line", async (flags, said) => {
    const { code, stderr } = await migrate(...flags);
    expect(code).toBe(2);
    expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(said)]);
  });
});
