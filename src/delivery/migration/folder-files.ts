import { readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { BUNDLE_FOLDER } from "../../codegen/bundle.js";
import { runtimeFolder, type WasmModule } from "../../codegen/compile.js";
import type { GuestProgram, ProgramNeeds } from "../../codegen/generate.js";
import { LIMITS } from "../../envoy/limits.js";
import type { LinkedModule } from "../../lua/parse.js";
import { packageRoot } from "../../support/package-root.js";
import { routeRole } from "../manifests/insertion.js";
import type { ManifestFiles } from "./manifest-files.js";
import type { MigratedSite } from "./migrated-filter.js";
import { minimumEnvoy, minimumIstio } from "./minimum-versions.js";

/** Files of a folder, by path inside it. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

/** Everything that `migrate` writes for one filter, but for the manifests. */
export function folderFiles(migrated: MigratedSite, manifests: ManifestFiles): Map<string, string | Uint8Array> {
  const { site, program, module } = migrated;
  const files = new Map<string, string | Uint8Array>([
    ["original.lua", site.text],
    ["verdict.json", json(verdict(migrated, manifests))],
  ]);
  // Beside `original.lua`, as LuaJIT would look for them: `a.b` in `a/b.lua`.
  for (const linked of program?.script.modules.values() ?? [])
    files.set(`modules/${linked.path}`, moduleText(program as GuestProgram, linked));
  if (!program || !module) return files;
  files.set("filter.wasm", module.bytes);
  if (migrated.bundle) {
    for (const [name, text] of filesBelow(site.id, module.files)) files.set(name, text);
    files.set("package.json", json(packageJson(site.id, BUILD_BUNDLE)));
    return files;
  }
  for (const [name, text] of module.files) files.set(name, text);
  files.set("package.json", json(packageJson(site.id, BUILD)));
  files.set("build.mjs", buildScript(program.needs));
  for (const [name, text] of vendoredRuntime(program.files)) files.set(name, text);
  return files;
}

function moduleText({ script }: GuestProgram, { start, end }: LinkedModule): string {
  return Buffer.from(script.bytes.slice(start, end), "latin1").toString("utf8");
}

/** The folder of what the filters of a bundle share. */
export function bundleFiles(module: WasmModule, needs: ProgramNeeds, ids: readonly string[]): Files {
  const files = new Map<string, string | Uint8Array>(filesBelow(BUNDLE_FOLDER, module.files));
  files.set("filter.wasm", module.bytes);
  files.set("package.json", json(packageJson(BUNDLE_FOLDER, BUILD)));
  files.set("build.mjs", bundleBuildScript(needs, ids));
  for (const [name, text] of vendoredRuntime(module.files)) files.set(name, text);
  return files;
}

function filesBelow(folder: string, files: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const prefix = `${folder}/`;
  return new Map(
    [...files].flatMap(([name, text]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), text]] : [])),
  );
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** `verdict.json`, see `docs/cli.md`. */
export function verdict(migrated: MigratedSite, manifests: ManifestFiles) {
  const { site, assessment, program, module, bundle } = migrated;
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
    ...(module && { limits: limitsOf(migrated), resources: resourcesOf(manifests) }),
    ...(program?.companion && { companion: program.companion }),
    ...(program && program.script.modules.size > 0 && { modules: linkedModules(program) }),
    recommendation,
    ...(program &&
      module && {
        module: {
          sizeBytes: module.sizeBytes,
          sha256: module.sha256,
          exports: module.exports,
          usesYield: program.needs.yields,
          ...(bundle && { bundle: BUNDLE_FOLDER }),
        },
      }),
  };
}

function linkedModules({ script }: GuestProgram) {
  return [...script.modules.values()].map(({ name, file, path }) => ({ name, file, path }));
}

interface Build {
  readonly script: string;
  /** Whether the folder compiles by itself. */
  readonly compiles: boolean;
}

const BUILD: Build = { script: "node build.mjs", compiles: true };
const BUILD_BUNDLE: Build = {
  script: `npm --prefix ../${BUNDLE_FOLDER} install && npm --prefix ../${BUNDLE_FOLDER} run build`,
  compiles: false,
};

/** What no Wasm filter does as Lua, wherever it stands. */
export function limitsOf({ site, program }: MigratedSite): readonly string[] {
  return [
    ...(program?.entry.onResponse ? [LIMITS.unseenReplies] : []),
    ...(routeRole(site.filter) === undefined ? [] : [LIMITS.routeLookedAtOnce]),
  ];
}

/** Which resources can carry the filter, and why the others cannot. */
function resourcesOf({ files, notes, missing }: ManifestFiles) {
  const carried = [...files.keys()].map((file) => {
    const told = notes.filter((note) => note.file === file).map(({ note }) => note);
    return [form(file), { carries: true, ...(told.length > 0 && { notes: told }) }] as const;
  });
  return Object.fromEntries([
    ...carried,
    ...missing.map((one) => [form(one.form), { carries: false, because: one.because }] as const),
  ]);
}

function form(file: string): string {
  return file.replace(/\.yaml$/, "");
}

function packageJson(id: string, build: Build) {
  const own = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  const { assemblyscript, binaryen } = own.dependencies;
  return {
    name: id
      .toLowerCase()
      .replace(/[^a-z0-9._-]+/g, "-")
      .replace(/^[._]+/, ""),
    private: true,
    type: "module",
    scripts: { build: build.script },
    ...(build.compiles && { dependencies: { assemblyscript, binaryen } }),
  };
}

/** `npm run build` of the folder: the compiler's own toolchain file with the options it was called with. */
function buildScript({ stateful, yields, coroutines, indirectYields, metatables }: ProgramNeeds): string {
  return `// Compiles filter.ts to filter.wasm: npm install && npm run build
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { assemble } from "./runtime/toolchain/assemble.mjs";

const file = (name) => new URL(name, import.meta.url);
const read = (name) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : null);

writeFileSync(file("filter.wasm"), await assemble({ read, ...${JSON.stringify({ stateful, yields, ...(coroutines && { coroutines }), indirectYields, metatables })} }));
`;
}

function bundleBuildScript(
  { stateful, yields, coroutines, indirectYields, metatables }: ProgramNeeds,
  ids: readonly string[],
): string {
  const options = {
    ...{ entry: `${BUNDLE_FOLDER}/entry.ts`, bundle: true, stateful, yields },
    ...{ ...(coroutines && { coroutines }), indirectYields, metatables },
  };
  return `// Compiles the filters of the bundle to one filter.wasm, and puts it beside each of them: npm install && npm run build
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { assemble } from "./runtime/toolchain/assemble.mjs";

const FOLDERS = ${JSON.stringify([BUNDLE_FOLDER, ...ids], null, 2)};
const file = (name) => new URL(\`../\${name}\`, import.meta.url);
const read = (name) => (existsSync(file(name)) ? readFileSync(file(name), "utf8") : null);

const bytes = await assemble({ read, ...${JSON.stringify(options)} });
for (const folder of FOLDERS) writeFileSync(file(\`\${folder}/filter.wasm\`), bytes);
`;
}

const IMPORT = /^(?:import\b|export\b|\}).*\bfrom "(\.[^"]*)";/gm;

/** A bundle's files are named from one folder further up. */
function inRuntime(name: string): string {
  return name.startsWith(`${BUNDLE_FOLDER}/`) ? name.slice(BUNDLE_FOLDER.length + 1) : name;
}

/** The files of the guest runtime that the filter's sources reach, and the toolchain. */
function vendoredRuntime(sources: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const runtime = runtimeFolder();
  const found = new Map<string, string>();
  const read = (name: string): string => readFileSync(join(runtime, name.slice("runtime/".length)), "utf8");
  const follow = (from: string, text: string): void => {
    for (const [, path] of text.matchAll(IMPORT)) {
      const target = inRuntime(`${posix.join(dirname(from), path as string)}.ts`);
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
