import { homedir } from "node:os";
import { join } from "node:path";

/** Where moonshift keeps what it has fetched or made and can have again: the XDG cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(base, "moonshift");
}
