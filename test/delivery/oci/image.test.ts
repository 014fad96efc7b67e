import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Blob, blob, MEDIA_TYPES, moduleImage, type OciImage } from "../../../src/delivery/oci/image.js";
import { below, imageUrl, parseImageReference } from "../../../src/delivery/oci/image-reference.js";
import { refusalByIstio } from "../../../src/delivery/oci/istio-acceptance.js";
import { gzip, tar } from "../../../src/delivery/oci/tar-gzip.js";

const WASM = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 2, 3]);
const MODULE = { bytes: WASM, rootIds: ["shop.tag"], abiVersion: "v0.2.1" };

describe("the same module gives the same bytes", () => {
  test("digests that hold for every machine", () => {
    expect(moduleImage(MODULE, "artifact").manifest.digest).toMatchInlineSnapshot(
      `"sha256:3ab16d22f4b38d34453c93081c41326fa628d70463e49bb909005a524be0aee3"`,
    );
    expect(moduleImage(MODULE, "compat").manifest.digest).toMatchInlineSnapshot(
      `"sha256:016ac20b858de5da2ea140a351691a65254bf33356056eb06e3eb6879e04646f"`,
    );
  });

  test("tar and gzip of the system read the layer, beyond one stored block", () => {
    const folder = mkdtempSync(join(tmpdir(), "moonshift-layer-"));
    const bytes = Buffer.alloc(200_000, "0123456789");
    const file = join(folder, "layer.tar.gz");
    writeFileSync(
      file,
      gzip(
        tar([
          { name: "plugin.wasm", bytes },
          { name: "runtime-config.json", bytes: Buffer.from("{}") },
        ]),
      ),
    );
    expect(execFileSync("tar", ["-tvzf", file], { env: { ...process.env, TZ: "UTC", LC_ALL: "C" } }).toString()).toBe(
      "-rw-r--r-- 0/0          200000 1970-01-01 00:00 plugin.wasm\n-rw-r--r-- 0/0               2 1970-01-01 00:00 runtime-config.json\n",
    );
    execFileSync("tar", ["-xzf", file, "-C", folder]);
    expect(readFileSync(join(folder, "plugin.wasm")).equals(bytes)).toBe(true);
    rmSync(folder, { recursive: true });
  });
});

describe("what Istio's agent refuses", () => {
  const image = (manifestType: string, layers: readonly Blob[]): OciImage => {
    const manifest = { schemaVersion: 2, ...(manifestType === "" ? {} : { mediaType: manifestType }) };
    return {
      manifest: blob(manifestType, Buffer.from(JSON.stringify(manifest))),
      config: blob("x", Buffer.from("{}")),
      layers,
    };
  };
  const content = blob(MEDIA_TYPES.wasmContent, WASM);
  const config = blob(MEDIA_TYPES.wasmConfig, Buffer.from("{}"));
  const archive = (name: string, bytes: Uint8Array = WASM) => gzip(tar([{ name, bytes }]));

  test.each(["artifact", "compat"] as const)("not the %s layout", (layout) => {
    expect(refusalByIstio(moduleImage(MODULE, layout))).toBeUndefined();
  });

  test("not the standard layer, below a folder and behind other layers", () => {
    const layers = [config, config, blob(MEDIA_TYPES.ociLayer, archive("a/plugin.wasm"))];
    expect(refusalByIstio(image(MEDIA_TYPES.ociManifest, layers))).toBeUndefined();
  });

  test.each([
    ["one layer", MEDIA_TYPES.ociManifest, [content], "it has 1 layer, not 2"],
    ["three layers", MEDIA_TYPES.ociManifest, [config, content, config], "it has 3 layers, not 2"],
    ["no layer", MEDIA_TYPES.dockerManifest, [], "it has no layer"],
    ["no module among two", "", [config, config], `no layer is ${MEDIA_TYPES.wasmContent}`],
    [
      "another file",
      MEDIA_TYPES.dockerManifest,
      [blob(MEDIA_TYPES.dockerLayer, archive("filter.wasm"))],
      "no plugin.wasm",
    ],
    ["not packed", MEDIA_TYPES.dockerManifest, [blob(MEDIA_TYPES.dockerLayer, WASM)], "not in gzip"],
    ["an artifact that says it is Docker's", MEDIA_TYPES.dockerManifest, [config, content], "its last layer is"],
    ["no Wasm", "", [config, blob(MEDIA_TYPES.wasmContent, Buffer.from("<html>"))], "no Wasm binary"],
  ])("%s", (_, manifestType, layers, refusal) => {
    expect(refusalByIstio(image(manifestType, layers))).toContain(refusal);
  });
});

describe("where to", () => {
  test.each([
    ["oci://localhost:5000/a", { registry: "localhost:5000", repository: "a" }],
    ["oci://ghcr.io/acme/lua_filters:1.0", { registry: "ghcr.io", repository: "acme/lua_filters", tag: "1.0" }],
    ["oci://[::1]:5000/a/b", { registry: "[::1]:5000", repository: "a/b" }],
  ])("%s", (text, expected) => {
    expect(parseImageReference(text)).toEqual(expected);
    expect(imageUrl(parseImageReference(text))).toBe(text);
  });

  test.each([
    ["ghcr.io/a", "is not of the form"],
    ["oci://ghcr.io", "has no repository"],
    ["oci://ghcr.io/A", "has a repository that registries refuse"],
    ["oci://ghcr.io/a//b", "has a repository that registries refuse"],
    ["oci://ghcr.io/../b", "has a repository that registries refuse"],
    ["oci://ghcr.io/a:", "has a tag that registries refuse"],
    ["oci://ghcr.io/a:b c", "has a tag that registries refuse"],
    ["oci://gh cr.io/a", "has no usable registry"],
    ["oci://ghcr.io:x/a", "has no usable registry"],
    ["oci://ghcr.io/a@sha256:00", "names a digest or a user"],
  ])("not %s", (text, message) => {
    expect(() => parseImageReference(text)).toThrow(message);
  });

  test("a password is not repeated", () => {
    expect(() => parseImageReference("oci://me:secret@ghcr.io/a")).toThrow(/^(?!.*secret)/);
  });

  test("a filter's own repository", () => {
    const to = parseImageReference("oci://ghcr.io/acme:1");
    expect(below(to, "Shop.Tag_.x--y").repository).toBe("acme/shop.tag-x--y");
    expect(below(to, "default.a__b").repository).toBe("acme/default.a__b");
    expect(below(to, "default.-").repository).toBe("acme/default");
  });
});
