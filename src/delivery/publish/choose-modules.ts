import { createHash } from "node:crypto";
import { InputError } from "../../support/failure.js";
import { type MigratedFilter, readMigratedFolder } from "../../verify/migrated-folder.js";

/** A filter that was compiled. */
export interface ModuleToPublish extends MigratedFilter {
  readonly wasm: Uint8Array;
  /** Of the module, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** The modules of a folder that `migrate` wrote, and those that are wanted. @throws InputError where there is none */
export function chooseModules(
  dir: string,
  only: string | undefined,
): { readonly all: readonly ModuleToPublish[]; readonly chosen: readonly ModuleToPublish[] } {
  const all = readMigratedFolder(dir).flatMap((filter) => {
    const { wasm } = filter;
    return wasm === undefined ? [] : [{ ...filter, wasm, sha256: createHash("sha256").update(wasm).digest("hex") }];
  });
  const chosen = only === undefined ? all : all.filter(({ id }) => id === only);
  if (chosen.length === 0)
    throw new InputError(only === undefined ? "no module to publish" : `no module of a filter '${only}'`, {
      file: dir,
    });
  return { all, chosen };
}

/** Of a checksum, as many digits as tell versions of a module apart. */
export function shortened(sha256: string): string {
  return sha256.slice(0, 12);
}
