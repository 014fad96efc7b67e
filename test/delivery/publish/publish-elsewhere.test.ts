import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { publishInConfigMaps } from "../../../src/delivery/publish/publish-in-config-map.js";
import { publishOverHttp } from "../../../src/delivery/publish/publish-over-http.js";
import { freePort } from "../oci/debian-registry.js";
import { MODULE, moduleFolder, moduleOfSize } from "./module-folder.js";

let temp: string;
beforeAll(() => {
  temp = mkdtempSync(join(tmpdir(), "moonshift-elsewhere-"));
});
afterAll(() => rmSync(temp, { recursive: true, force: true }));

const plugin = (dir: string): string => readFileSync(join(dir, "shop.tag/manifests/wasmplugin.yaml"), "utf8");

describe("from a web server", () => {
  let server: Server;
  let files: Map<string, Buffer>;
  let to: URL;
  beforeEach(async () => {
    files = new Map();
    server = createServer(({ url }, response) => {
      const file = files.get(url!);
      response.writeHead(file === undefined ? 404 : 200).end(file);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    to = new URL(`http://127.0.0.1:${(server.address() as { readonly port: number }).port}/filters/`);
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  test("what is to be uploaded; once it is there, the manifests name it by the module's own checksum", async () => {
    const dir = moduleFolder(temp, ["shop.tag"]);
    const before = plugin(dir);
    const publish = () => publishOverHttp(dir, { to, attempts: 1, say: () => undefined });
    const error = await publish().catch((reason: Error) => reason);
    const [, path] =
      /^http:\/\/127\.0\.0\.1:\d+(\/filters\/shop\.tag-[0-9a-f]{12}\.wasm) is not to be had \(404\): upload \S+\/shop\.tag\/filter\.wasm there/.exec(
        (error as Error).message,
      )!;
    expect(plugin(dir)).toBe(before);
    files.set(path!, Buffer.from("<html>"));
    await expect(publish()).rejects.toThrow("is another module");
    files.set(path!, MODULE);
    const [published] = await publish();
    expect(plugin(dir)).toBe(
      `kind: WasmPlugin\nspec:\n  # mine\n  url: ${to.href.slice(0, -1)}${path!.slice("/filters".length)}\n  sha256: ${published!.digest.slice("sha256:".length)}\n`,
    );
    expect(readFileSync(join(dir, "shop.tag/README.md"), "utf8")).toContain(
      `The module is published as \`${published!.url}\``,
    );
  });

  test("a server that is down", async () => {
    const dir = moduleFolder(temp, ["shop.tag"]);
    const nobody = new URL(`http://127.0.0.1:${await freePort()}/`);
    await expect(publishOverHttp(dir, { to: nobody, attempts: 1, say: () => undefined })).rejects.toThrow(
      /does not answer \(connection refused\)/,
    );
  });
});

describe("from a ConfigMap", () => {
  const publish = (dir: string, said: string[] = []) => publishInConfigMaps(dir, { say: (line) => said.push(line) });

  test("the module, the volume, and the file in the manifests", () => {
    const dir = moduleFolder(temp, ["shop.tag"]);
    const { url } = publish(dir)[0]!;
    const [, folder, file] = /^file:\/\/(\/var\/lib\/moonshift-shop-tag)\/(filter-[0-9a-f]{12}\.wasm)$/.exec(url)!;
    expect(plugin(dir)).toBe(`kind: WasmPlugin\nspec:\n  # mine\n  url: ${url}\n`);
    const map = parse(readFileSync(join(dir, "shop.tag/configmap/configmap.yaml"), "utf8"));
    expect(map).toEqual({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "moonshift-shop-tag", namespace: "shop" },
      binaryData: { [file!]: MODULE.toString("base64") },
    });
    const patch = parse(readFileSync(join(dir, "shop.tag/configmap/volume-patch.yaml"), "utf8"));
    const { annotations } = patch.spec.template.metadata;
    expect(JSON.parse(annotations["sidecar.istio.io/userVolume"])).toEqual([
      { name: "moonshift-shop-tag", configMap: { name: "moonshift-shop-tag" } },
    ]);
    expect(JSON.parse(annotations["sidecar.istio.io/userVolumeMount"])).toEqual([
      { name: "moonshift-shop-tag", mountPath: folder, readOnly: true },
    ]);
  });

  test("1 MiB and not a byte more; of more than half, it says that an update replaces", () => {
    const dir = moduleFolder(temp, ["shop.tag"]);
    const file = join(dir, "shop.tag/filter.wasm");
    writeFileSync(file, moduleOfSize(1_048_576));
    const said: string[] = [];
    publish(dir, said);
    expect(said[0]).toBe(
      "shop.tag: two versions do not fit into a ConfigMap at once; an update replaces the one that runs",
    );
    const before = plugin(dir);
    writeFileSync(file, moduleOfSize(1_048_577));
    expect(() => publish(dir)).toThrow(
      "shop.tag has 1048577 bytes, and a ConfigMap takes 1048576 at most: publish it to oci:// or https://",
    );
    expect(plugin(dir)).toBe(before);
  });

  test("two that would have one name", () => {
    expect(() => publish(moduleFolder(temp, ["shop.a_b", "shop.a-b"]))).toThrow("would both be moonshift-shop-a-b");
  });
});
