import { createHash, randomBytes } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { moduleImage } from "../../../src/delivery/oci/image.js";
import { pushImage } from "../../../src/delivery/oci/push-image.js";
import { cuttingProxy } from "./cutting-proxy.js";
import { freePort, NO_REGISTRY, type RunningRegistry, startRegistry } from "./debian-registry.js";

const HEAD = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

function moduleOf(bytes: Uint8Array) {
  return { bytes: Buffer.concat([HEAD, bytes]), rootIds: ["shop.tag"], abiVersion: "v0.2.1" };
}

const sha256 = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

interface Pulled {
  readonly digest: string;
  readonly manifest: {
    readonly layers: readonly { readonly digest: string; readonly mediaType: string; readonly size: number }[];
  };
  readonly layers: readonly Buffer[];
}

/** Pulls as any client does, and checks every digest on the way. */
async function pull(host: string, repository: string, tag: string): Promise<Pulled> {
  const response = await fetch(`http://${host}/v2/${repository}/manifests/${tag}`, {
    headers: {
      accept: "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json",
    },
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  const manifest = JSON.parse(bytes.toString("utf8")) as Pulled["manifest"];
  const layers: Buffer[] = [];
  for (const { digest, size } of manifest.layers) {
    const blob = await fetch(`http://${host}/v2/${repository}/blobs/${digest}`);
    const content = Buffer.from(await blob.arrayBuffer());
    expect(sha256(content)).toBe(digest);
    expect(content.length).toBe(size);
    layers.push(content);
  }
  expect(response.headers.get("docker-content-digest")).toBe(sha256(bytes));
  return { digest: sha256(bytes), manifest, layers };
}

describe.skipIf(NO_REGISTRY)(`a real registry${NO_REGISTRY ? ` (${NO_REGISTRY})` : ""}`, () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry();
  });
  afterAll(() => registry.stop());

  const writes = (): number => registry.requests().filter((request) => /^(POST|PUT|PATCH)/.test(request)).length;
  const reference = (repository: string, tag = "1.0") => ({ registry: registry.host, repository, tag });

  test("artifact: what is pulled is what was pushed, and Istio's two layers", async () => {
    const module = moduleOf(randomBytes(5_000));
    const image = moduleImage(module, "artifact");
    const pushed = await pushImage(image, reference("team/artifact"), {});
    const pulled = await pull(registry.host, "team/artifact", "1.0");
    expect(pulled.digest).toBe(pushed.digest);
    expect(pulled.manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
      "application/vnd.module.wasm.config.v1+json",
      "application/vnd.module.wasm.content.layer.v1+wasm",
    ]);
    expect(pulled.layers[1]!.equals(module.bytes)).toBe(true);
    expect(JSON.parse(pulled.layers[0]!.toString("utf8"))).toEqual({
      type: "envoy_proxy",
      abiVersions: ["v0.2.1"],
      config: { root_ids: ["shop.tag"] },
    });
  });

  test("compat: one Docker layer with plugin.wasm, readable by tar", async () => {
    const module = moduleOf(randomBytes(70_000));
    const pushed = await pushImage(moduleImage(module, "compat"), reference("team/compat"), {});
    const pulled = await pull(registry.host, "team/compat", "1.0");
    expect(pulled.digest).toBe(pushed.digest);
    expect(pulled.manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
      "application/vnd.docker.image.rootfs.diff.tar.gzip",
    ]);
    const archive = gunzipSync(pulled.layers[0]!);
    expect(archive.toString("latin1", 0, 11)).toBe("plugin.wasm");
    expect(archive.subarray(512, 512 + module.bytes.length).equals(module.bytes)).toBe(true);
  });

  test("a second push sends nothing, another tag only the manifest", async () => {
    const image = moduleImage(moduleOf(randomBytes(1_000)), "artifact");
    const first = await pushImage(image, reference("team/twice"), {});
    expect(first.sentBytes).toBeGreaterThan(1_000);
    const before = writes();
    expect(await pushImage(image, reference("team/twice"), {})).toEqual({ digest: first.digest, sentBytes: 0 });
    expect(writes()).toBe(before);
    const retagged = await pushImage(image, reference("team/twice", "2.0"), {});
    expect(retagged).toEqual({ digest: first.digest, sentBytes: image.manifest.bytes.length });
    expect(writes()).toBe(before + 1);
  });

  test("a tag that moves is told", async () => {
    const first = await pushImage(moduleImage(moduleOf(randomBytes(9)), "artifact"), reference("team/moves"), {});
    const second = await pushImage(moduleImage(moduleOf(randomBytes(9)), "artifact"), reference("team/moves"), {});
    expect(second.replaced).toBe(first.digest);
    expect((await pull(registry.host, "team/moves", "1.0")).digest).toBe(second.digest);
  });

  test("cut off between chunks: the upload is resumed where it was", async () => {
    const size = 1_000_000;
    const proxy = await cuttingProxy(registry.port, { beforePatches: [2, 4] });
    try {
      const module = moduleOf(randomBytes(size));
      const to = { registry: proxy.host, repository: "team/cut", tag: "1.0" };
      const pushed = await pushImage(moduleImage(module, "artifact"), to, { chunkBytes: 150_000, pauseMs: 5 });
      expect(proxy.cutsLeft()).toBe(0);
      expect(proxy.passedBytes()).toBeLessThan(size + 20_000);
      const pulled = await pull(registry.host, "team/cut", "1.0");
      expect(pulled.digest).toBe(pushed.digest);
      expect(pulled.layers[1]!.equals(module.bytes)).toBe(true);
    } finally {
      await proxy.stop();
    }
  });

  // This registry loses count of an upload that was cut within a chunk ("upload resumed at wrong offset"), so that it begins anew.
  test("cut off within a chunk", async () => {
    const proxy = await cuttingProxy(registry.port, { afterBytes: [200_000] });
    try {
      const module = moduleOf(randomBytes(400_000));
      const to = { registry: proxy.host, repository: "team/cut-once", tag: "1.0" };
      await pushImage(moduleImage(module, "compat"), to, { pauseMs: 5 });
      expect(proxy.cutsLeft()).toBe(0);
      const [layer] = (await pull(registry.host, "team/cut-once", "1.0")).layers;
      expect(
        gunzipSync(layer!)
          .subarray(512, 512 + module.bytes.length)
          .equals(module.bytes),
      ).toBe(true);
    } finally {
      await proxy.stop();
    }
  });

  test("cut off for good: nothing is tagged, and the next push finishes", async () => {
    const image = moduleImage(moduleOf(randomBytes(50_000)), "artifact");
    const proxy = await cuttingProxy(registry.port, { afterBytes: Array.from({ length: 50 }, () => 30_000) });
    const to = { registry: proxy.host, repository: "team/broken", tag: "1.0" };
    await expect(pushImage(image, to, { attempts: 3, pauseMs: 1 })).rejects.toThrow(/the connection was cut/);
    await proxy.stop();
    const tagged = await fetch(`http://${registry.host}/v2/team/broken/manifests/1.0`);
    expect(tagged.status).toBe(404);
    const pushed = await pushImage(image, reference("team/broken"), {});
    expect((await pull(registry.host, "team/broken", "1.0")).digest).toBe(pushed.digest);
  });
});

test("a registry that is down: one clear line, after some tries", async () => {
  const port = await freePort();
  const to = { registry: `localhost:${port}`, repository: "team/x", tag: "1" };
  const push = pushImage(moduleImage(moduleOf(randomBytes(9)), "artifact"), to, { attempts: 3, pauseMs: 1 });
  await expect(push).rejects.toThrow(
    `localhost:${port} does not answer (connection refused): is it up, and reachable from here?`,
  );
});
