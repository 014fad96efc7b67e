import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "./package-root.js";

/** Of the package in a folder; by default moonshift's own. */
export function version(folder = packageRoot()): string {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return manifest.version;
}
