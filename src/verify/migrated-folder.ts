import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import type { Companion } from "../analyzer/companion.js";
import { InputError } from "../support/failure.js";

/** What `migrate` wrote for one filter, as far as `verify` needs it. */
export interface MigratedFilter {
  readonly id: string;
  /** Its folder, where `equivalence.json` goes. */
  readonly folder: string;
  readonly verdict: "exact" | "approximate" | "refused";
  /** What the verdict announced as different from the Lua. */
  readonly deviations: readonly { readonly construct: string; readonly message: string }[];
  readonly lua: string;
  /** Absent when the script was refused. */
  readonly wasm?: Uint8Array;
  readonly needs: { readonly allowOnHeadersStopIteration: boolean };
  readonly filterName?: string;
  readonly clearRouteCache?: boolean;
  /** Lua modules that were compiled in, by their path from where LuaJIT would look for them. */
  readonly modules?: Readonly<Record<string, string>>;
  /** What has to stand beside the module. */
  readonly companion?: Companion;
}

const folderName = z
  .string()
  .refine((name) => basename(name) === name && name !== "." && name !== "..", "is not a plain folder name");

const index = z.object({ filters: z.array(z.object({ id: z.string(), folder: folderName.optional() })) });

const modulePath = z.string().regex(/^[\w-]+(?:\/[\w-]+)*\.lua$/, "is not the path of a module");

const verdict = z.object({
  id: z.string(),
  verdict: z.enum(["exact", "approximate", "refused"]),
  deviations: z.array(z.object({ construct: z.string(), message: z.string() })).default([]),
  modules: z.array(z.object({ path: modulePath })).default([]),
  needs: z.object({ allowOnHeadersStopIteration: z.boolean() }).optional(),
  companion: z
    .object({
      values: z.array(z.object({ header: z.string(), namespace: z.string(), key: z.string() })),
      onRequest: z.boolean(),
      onResponse: z.boolean(),
    })
    .optional(),
  filter: z.object({ filterName: z.string().optional(), clearRouteCache: z.boolean().optional() }).optional(),
});

/** Reads a folder that `migrate` wrote. @throws InputError when it is not one */
export function readMigratedFolder(folder: string): MigratedFilter[] {
  const file = join(folder, "index.json");
  if (!existsSync(file))
    throw new InputError("no index.json: not a folder that `moonshift migrate` wrote", { file: folder });
  const listed = read(file, index, "not an index that `moonshift migrate` wrote");
  return listed.filters.map((entry) => readFilter(join(folder, checkedFolder(entry, folder))));
}

function checkedFolder(entry: { readonly id: string; readonly folder?: string | undefined }, folder: string): string {
  const name = folderName.safeParse(entry.folder ?? entry.id);
  if (!name.success) throw new InputError(`'${entry.id}' is not a folder name`, { file: join(folder, "index.json") });
  return name.data;
}

function readFilter(folder: string): MigratedFilter {
  const told = read(join(folder, "verdict.json"), verdict, "not a verdict");
  const wasmFile = join(folder, "filter.wasm");
  const { filterName, clearRouteCache } = told.filter ?? {};
  return {
    id: told.id,
    folder,
    verdict: told.verdict,
    deviations: told.deviations,
    lua: readText(join(folder, "original.lua")),
    ...(existsSync(wasmFile) ? { wasm: readFileSync(wasmFile) } : {}),
    needs: told.needs ?? { allowOnHeadersStopIteration: true },
    ...(filterName === undefined ? {} : { filterName }),
    ...(clearRouteCache === undefined ? {} : { clearRouteCache }),
    ...(told.modules.length > 0 && {
      modules: Object.fromEntries(told.modules.map(({ path }) => [path, readText(join(folder, "modules", path))])),
    }),
    ...(told.companion && { companion: told.companion }),
  };
}

function read<T>(file: string, schema: z.ZodType<T>, complaint: string): T {
  const text = readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${complaint}: ${(error as Error).message}`, { file, line: 1, column: 1 });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new InputError(`${complaint}: ${path.map(String).join(".")}: ${message}`, { file, line: 1, column: 1 });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? "?"}`, { file });
  }
}
