import { join } from "node:path";
import { assess } from "../../analyzer/assess.js";
import { planCompanion } from "../../analyzer/companion.js";
import type { LanguageObstacles } from "../../analyzer/verdict.js";
import { BUNDLE_FOLDER, bundle } from "../../codegen/bundle.js";
import { type Compiled, CompilePool } from "../../codegen/compile-pool.js";
import { type GuestProgram, generateFrom } from "../../codegen/generate.js";
import { type LuaModule, linkModules } from "../../lua/link-modules.js";
import { resolveScript } from "../../lua/resolve.js";
import type { LuaSite } from "../../manifest/lua-site.js";
import { writeFolder, writeWhole } from "../../support/write-folder.js";
import type { ResourceChoices } from "../manifests/manifest.js";
import { bundleFiles, folderFiles } from "./folder-files.js";
import { environmentOf, manifestFiles, NO_MANIFESTS } from "./manifest-files.js";
import type { MigratedSite } from "./migrated-filter.js";
import { moduleDeviations } from "./module-deviations.js";
import { readme } from "./readme.js";

export interface MigrateOptions {
  readonly target: string;
  /** What `require` can give besides what the runtime serves. */
  readonly modules?: readonly LuaModule[];
  /** One module for all filters. */
  readonly bundle?: boolean;
  readonly resources?: ResourceChoices;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

/** One entry of `index.json`. */
export interface MigrationResult {
  readonly id: string;
  readonly source: LuaSite["source"];
  readonly verdict: "exact" | "approximate" | "refused";
  readonly folder: string;
  readonly sizeBytes?: number;
  readonly reasons: readonly string[];
}

/** Judges, compiles and writes every site: a folder each, and `index.json`. */
export async function migrateSites(
  sites: readonly LuaSite[],
  out: string,
  options: MigrateOptions,
): Promise<readonly MigrationResult[]> {
  await using pool = new CompilePool(options.bundle ? 1 : sites.length);
  const judged = sites.map((site) => judgeSite(site, options));
  const compilable = judged.filter(({ assessment }) => assessment.judgement.verdict !== "refused");
  const shared = options.bundle && compilable.length > 0;
  const compiled = shared
    ? await compileBundle(compilable, pool, out, options)
    : await compileEach(compilable, pool, options);
  const results = judged.map((migrated) => write(compiled.get(migrated) ?? migrated, out, options));
  writeWhole(
    join(out, "index.json"),
    `${JSON.stringify({ schemaVersion: 1, filters: results.map(indexEntry) }, null, 2)}\n`,
  );
  return results;
}

async function compileEach(
  compilable: readonly MigratedSite[],
  pool: CompilePool,
  { say }: MigrateOptions,
): Promise<ReadonlyMap<MigratedSite, MigratedSite>> {
  const compiled = await pool.compileAll(
    compilable.map(({ program }) => program as GuestProgram),
    (result, i) => say(progress(compilable[i]?.site.id ?? "", result)),
  );
  return new Map(compilable.map((migrated, i) => [migrated, withModule(migrated, compiled[i])]));
}

/** All in one module, whose sources and build go into a folder of their own. */
async function compileBundle(
  compilable: readonly MigratedSite[],
  pool: CompilePool,
  out: string,
  { say }: MigrateOptions,
): Promise<ReadonlyMap<MigratedSite, MigratedSite>> {
  const filters = compilable.map(({ site, program }) => ({ id: site.id, program: program as GuestProgram }));
  const whole = bundle(filters);
  const [compiled] = await pool.compileAll([whole], (result) => say(progress(BUNDLE_FOLDER, result)));
  if (compiled && "module" in compiled) {
    const ids = filters.map(({ id }) => id);
    writeFolder(join(out, BUNDLE_FOLDER), bundleFiles(compiled.module, whole.needs, ids));
  }
  const shared = { env: environmentOf(filters.map(({ program }) => program)) };
  return new Map(compilable.map((migrated) => [migrated, { ...withModule(migrated, compiled), bundle: shared }]));
}

function progress(what: string, result: Compiled): string {
  return `${what}: ${"module" in result ? `compiled, ${result.module.sizeBytes} bytes` : "not compiled"}`;
}

/** What the generated sources did not compile to is refused; the AssemblyScript compiler's words go into the reason. */
function withModule(migrated: MigratedSite, compiled: Compiled | undefined): MigratedSite {
  if (!compiled) return migrated;
  if ("module" in compiled) return { ...migrated, module: compiled.module };
  const reason = {
    construct: "compiler-bug",
    message: `the generated sources do not compile, which is a bug of moonshift: ${firstError(compiled.failure)}`,
    wayOut: "report it with the script",
    locations: [],
  };
  const { assessment } = migrated;
  const judgement = { ...assessment.judgement, verdict: "refused" as const, reasons: [reason] };
  return { ...migrated, assessment: { ...assessment, judgement } };
}

function firstError(diagnostics: string): string {
  return /ERROR [^\n]*/.exec(diagnostics)?.[0] ?? diagnostics.slice(0, 200);
}

/** Judges a site; the compiler's refusals are part of the judgement. */
export function judgeSite(
  site: LuaSite,
  { modules = [], bundle: bundled = false }: Pick<MigrateOptions, "modules" | "bundle"> = {},
): MigratedSite {
  let program: GuestProgram | undefined;
  const assessment = assess(site, {
    modules: modules.map(({ name }) => name),
    judgeLanguage: (script, facts): LanguageObstacles => {
      const { filterName } = site.filter;
      const companion = planCompanion(facts);
      const linked = linkModules({ ...script, modules: [] }, modules);
      program = generateFrom(linked.modules?.length ? resolveScript(linked) : script, {
        ...(filterName !== undefined && { filterName }),
        ...(companion && { companion }),
        ...(bundled && { bundled }),
      });
      const deviations = [...program.deviations, ...moduleDeviations(site, linked, modules)];
      return { reasons: program.refusals, deviations };
    },
  });
  return { site, assessment, ...(program && { program }) };
}

function write(migrated: MigratedSite, out: string, { target, resources }: MigrateOptions): MigrationResult {
  const { site, assessment, module } = migrated;
  const manifests = module ? manifestFiles(migrated, target, resources) : NO_MANIFESTS;
  const files = folderFiles(migrated, manifests);
  for (const [name, text] of manifests.files) files.set(`manifests/${name}`, text);
  files.set("README.md", readme(migrated, manifests));
  writeFolder(join(out, site.id), files);
  return {
    id: site.id,
    source: site.source,
    verdict: assessment.judgement.verdict,
    folder: site.id,
    ...(module && { sizeBytes: module.sizeBytes }),
    reasons: assessment.judgement.reasons.map(({ message, locations }) => {
      const [at] = locations;
      return at ? `${at.file}:${at.startLine}:${at.startColumn}: ${message}` : message;
    }),
  };
}

function indexEntry({ id, source, verdict, folder }: MigrationResult) {
  return { id, source, verdict, folder };
}
