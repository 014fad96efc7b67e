import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { runtimeFolder } from "../../codegen/compile.js";
import { packageRoot } from "../../support/package-root.js";
import type { MigratedSite } from "./migrated-filter.js";
import { minimumEnvoy, minimumIstio } from "./minimum-versions.js";

/** Files of a folder, by path inside it. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/** Everything that `migrate` writes for one filter, but for the manifests. */
export function folderFiles(migrated: MigratedSite): Map<string, string | Uint8Array> {
  const { site, program, module } = migrated;
  const files = new Map<string, string | Uint8Array>([
    ["original.lua", site.text],
    ["verdict.json", json(verdict(migrated))],
  ]);
  if (!program || !module) return files;
  for (const [name, text] of module.files) files.set(name, text);
  files.set("filter.wasm", module.bytes);
  files.set("package.json", json(packageJson(migrated)));
  files.set("build.mjs", buildScript(program.needs));
  for (const [name, text] of vendoredRuntime(program.files)) files.set(name, text);
  return files;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** `verdict.json`, see `docs/cli.md`. */
export function verdict({ site, assessment, program, module }: MigratedSite) {
  const { judgement, recommendation, api } = assessment;
  const holdsHeaders = program?.needs.allowOnHeadersStopIteration ?? false;
  const envoy = minimumEnvoy(api, holdsHeaders);
  const { filterName, clearRouteCache } = site.filter;
  return {
    schemaVersion: 1,
    id: site.id,
    source: site.source,
    filter: {
      ...(filterName !== undefined && { filterName }),
      ...(clearRouteCache !== undefined && { clearRouteCache }),
    },
    verdict: judgement.verdict,
    deviations: judgement.deviations,
    reasons: judgement.reasons,
    needs: { allowOnHeadersStopIteration: holdsHeaders, minEnvoy: envoy, minIstio: minimumIstio(envoy) },
    recommendation,
    ...(program &&
      module && {
        module: {
          sizeBytes: module.sizeBytes,
          sha256: module.sha256,
          exports: module.exports,
          usesYield: program.needs.yields,
        },
      }),
  };
}

function packageJson({ site }: MigratedSite) {
  const own = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const { assemblyscript, binaryen } = own.dependencies;
  return {
    name: site.id
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, "-")
      .replace(/^[._]+/, ""),
    private: true,
    type: "module",
    scripts: { build: "node build.mjs" },
    dependencies: { assemblyscript, binaryen },
  };
}

/** `npm run build` of the folder: the compiler's own toolchain file with the options it was called with. */
function buildScript({
  stateful,
  yields,
  indirectYields,
  metatables,
}: NonNullable<MigratedSite["program"]>["needs"]): string {
  return `// Compiles filter.ts to filter.wasm: npm install && npm run build
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { assemble } from "./runtime/toolchain/assemble.mjs";

const file = (name) => new URL(name, import.meta.url);
const read = (name) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : null);

writeFileSync(file("filter.wasm"), await assemble({ read, ...${JSON.stringify({ stateful, yields, indirectYields, metatables })} }));
`;
}

const IMPORT = /^(?:import\b|export\b|\}).*\bfrom "(\.[^"]*)";/gm;

/** The files of the guest runtime that the filter's sources reach, and the toolchain. */
function vendoredRuntime(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const runtime = runtimeFolder();
  const found = new Map<string, string>();
  const read = (name: string): string => readFileSync(join(runtime, name.slice("runtime/".length)), "utf8");
  const follow = (from: string, text: string): void => {
    for (const [, path] of text.matchAll(IMPORT)) {
      const target = `${posix.join(dirname(from), path as string)}.ts`;
      if (!target.startsWith("runtime/") || found.has(target)) continue;
      const content = read(target);
      found.set(target, content);
      follow(target, content);
    }
  };
  for (const [name, text] of sources) follow(name, text);
  for (const tool of ["runtime/toolchain/assemble.mjs", "runtime/toolchain/static-strings.mjs"])
    found.set(tool, read(tool));
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
