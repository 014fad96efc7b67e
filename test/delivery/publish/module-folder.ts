import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NOT_PUBLISHED } from "../../../src/delivery/publish/write-address.js";

const NAME = Buffer.from("proxy_abi_version_0_2_1");
const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const TYPES = [1, 4, 1, 0x60, 0, 0];
const FUNCTIONS = [3, 2, 1, 0];
const EXPORTS = [7, NAME.length + 4, 1, NAME.length, ...NAME, 0, 0];
const CODE = [10, 4, 1, 2, 0, 0x0b];

/** A module that exports `proxy_abi_version_0_2_1` and nothing else. */
export const MODULE = Buffer.from([...MAGIC, ...TYPES, ...FUNCTIONS, ...EXPORTS, ...CODE]);

/** The same with a custom section that makes it as large as wanted, in bytes. */
export function moduleOfSize(bytes: number): Buffer {
  const size = bytes - MODULE.length - 5;
  const leb = [size & 0x7f, (size >> 7) & 0x7f, (size >> 14) & 0x7f].map((digit) => digit | 0x80);
  return Buffer.concat([MODULE, Buffer.from([0, ...leb, size >> 21]), Buffer.alloc(size)]);
}

const PLUGIN = "kind: WasmPlugin\nspec:\n  # mine\n  url: oci://registry.example.com/x:1\n";

/** What `migrate` would leave: a folder per filter; those that are not in `modules` were refused. */
export function moduleFolder(temp: string, ids: readonly string[], modules: readonly string[] = ids): string {
  const dir = mkdtempSync(join(temp, "migrated-"));
  for (const id of ids) {
    mkdirSync(join(dir, id, "manifests"), { recursive: true });
    const verdict = modules.includes(id) ? "exact" : "refused";
    writeFileSync(join(dir, id, "verdict.json"), JSON.stringify({ schemaVersion: 1, id, verdict }));
    writeFileSync(join(dir, id, "original.lua"), "");
    writeFileSync(
      join(dir, id, "README.md"),
      `# ${id}\n\n${NOT_PUBLISHED}\n\n- wasmplugin.yaml: The image is named by its tag alone: pin it by its digest once it is published.\n`,
    );
    if (!modules.includes(id)) continue;
    writeFileSync(join(dir, id, "filter.wasm"), MODULE);
    writeFileSync(join(dir, id, "manifests", "wasmplugin.yaml"), PLUGIN);
  }
  writeFileSync(
    join(dir, "index.json"),
    JSON.stringify({ schemaVersion: 1, filters: ids.map((id) => ({ id, folder: id })) }),
  );
  return dir;
}
