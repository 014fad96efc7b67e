import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Folder of the package that a module belongs to: by default moonshift's own, whether the code runs from `src/` (tests) or from `dist/` (installed).
 * @param module its URL
 */
export function packageRoot(module: string = import.meta.url): string {
  let folder = dirname(fileURLToPath(module));
  while (!existsSync(join(folder, "package.json"))) folder = dirname(folder);
  return folder;
}
