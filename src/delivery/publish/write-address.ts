import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeWhole } from "../../support/write-folder.js";
import { onDisk } from "../disk-failure.js";
import { checksumNotes } from "../manifests/manifest.js";
import { withModuleAddress } from "./module-address.js";
import { PUBLISHED_FILE, type PublishedFile } from "./published-file.js";

/** Names a published image in the files of a filter's folder. Returns the files that it stands in. */
export function writeAddress(folder: string, published: PublishedFile, say: (line: string) => void): readonly string[] {
  return onDisk(() => {
    const address = { url: published.url, sha256: published.digest.slice("sha256:".length) };
    const files = manifestsIn(folder).filter((file) => {
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      const addressed = withModuleAddress(text, address, path);
      if (addressed === undefined) say(`${path}: left alone, it names no module`);
      else if (addressed !== text) writeWhole(path, addressed);
      return addressed !== undefined;
    });
    updateReadme(join(folder, "README.md"), published);
    writeWhole(join(folder, PUBLISHED_FILE), `${JSON.stringify(published, null, 2)}\n`);
    return files;
  });
}

function manifestsIn(folder: string): readonly string[] {
  const manifests = join(folder, "manifests");
  if (!existsSync(manifests)) return [];
  return readdirSync(manifests)
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => `manifests/${name}`);
}

/** What `migrate`'s README says until then. */
export const NOT_PUBLISHED =
  "The address of the module in them is an example until `moonshift publish` has put it somewhere.";

const NOT_PINNED = checksumNotes({
  url: "oci://",
  sha256: "",
  needs: { allowOnHeadersStopIteration: false, env: [] },
})[0]!;

function updateReadme(path: string, { url, digest }: PublishedFile): void {
  if (!existsSync(path)) return;
  const before = readFileSync(path, "utf8");
  const after = before
    .split("\n")
    .filter((line) => !(line.startsWith("- ") && line.endsWith(NOT_PINNED)))
    .map((line) =>
      line === NOT_PUBLISHED || /^The module is published as `/.test(line)
        ? `The module is published as \`${url}\`, digest \`${digest}\`.`
        : line,
    )
    .join("\n");
  if (after !== before) writeWhole(path, after);
}
