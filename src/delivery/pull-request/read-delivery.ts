import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { z } from "zod";
import { InputError } from "../../support/failure.js";
import { readMigratedFolder } from "../../verify/migrated-folder.js";
import { type PublishedFile, readPublished } from "../publish/published-file.js";

const obstacle = z.object({
  message: z.string(),
  wayOut: z.string().optional(),
  locations: z.array(z.object({ startLine: z.number() })).default([]),
});

const source = z.object({
  file: z.string(),
  document: z.number(),
  kind: z.string(),
  namespace: z.string().optional(),
  name: z.string().optional(),
  path: z.string(),
});

const interval = z.object({ low: z.number(), likely: z.number(), high: z.number() });

const verdictFile = z.object({
  id: z.string(),
  source,
  verdict: z.enum(["exact", "approximate", "refused"]),
  deviations: z.array(obstacle),
  reasons: z.array(obstacle),
  needs: z.object({ minEnvoy: z.string(), minIstio: z.string() }),
  recommendation: z.object({
    outcome: z.string(),
    summary: z.string(),
    predictedCost: z.object({ lua: interval, wasm: interval, basis: z.string() }),
  }),
  module: z.object({ sizeBytes: z.number(), sha256: z.string() }).optional(),
});

const equivalenceFile = z.object({
  envoy: z.string(),
  requests: z.number(),
  result: z.enum(["equal", "different", "undecided"]),
  differences: z.array(z.unknown()),
  announced: z.array(z.unknown()).default([]),
  nondeterministic: z.array(z.unknown()).default([]),
  coverage: z.object({ branches: z.number(), reached: z.number(), missed: z.array(z.number()).default([]) }),
  stopped: z.object({ name: z.string(), reason: z.string() }).optional(),
});

/** What `migrate`, `verify` and `publish` have left about one filter. */
export interface Delivery {
  readonly id: string;
  readonly folder: string;
  readonly lua: string;
  readonly verdict: z.infer<typeof verdictFile>;
  /** Absent where `verify` has not run. */
  readonly equivalence?: z.infer<typeof equivalenceFile>;
  /** Absent where `publish` has not run. */
  readonly published?: PublishedFile;
  /** YAML by form: `wasmplugin`, `trafficextension`, `envoyfilter`. */
  readonly manifests: ReadonlyMap<string, string>;
  /** What the README says of each form, that a reviewer should know. */
  readonly notes: readonly FormNote[];
  /** Why a form is missing. */
  readonly missing: readonly FormNote[];
}

export interface FormNote {
  readonly form: string;
  readonly note: string;
}

/** Reads a folder that `migrate` wrote. @throws InputError */
export function readDeliveries(dir: string): readonly Delivery[] {
  return readMigratedFolder(dir).map(({ id, folder, lua }) => {
    const published = readPublished(folder);
    const equivalence = join(folder, "equivalence.json");
    return {
      id,
      folder,
      lua,
      verdict: read(join(folder, "verdict.json"), verdictFile),
      ...(existsSync(equivalence) ? { equivalence: read(equivalence, equivalenceFile) } : {}),
      ...(published === undefined ? {} : { published }),
      manifests: manifestsIn(join(folder, "manifests")),
      ...notesIn(join(folder, "README.md")),
    };
  });
}

function read<T>(file: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new InputError(`cannot be read: ${(error as Error).message}`, { file });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new InputError(`${path.map(String).join(".")}: ${message}`, { file });
}

function manifestsIn(folder: string): ReadonlyMap<string, string> {
  if (!existsSync(folder)) return new Map();
  const names = readdirSync(folder).filter((name) => name.endsWith(".yaml") && name !== HTTP_FILTERS);
  return new Map(names.sort().map((name) => [basename(name, ".yaml"), readFileSync(join(folder, name), "utf8")]));
}

/** A part of a configuration, no resource. */
const HTTP_FILTERS = "http-filters.yaml";

/** They stand in the README and nowhere else. */
function notesIn(readme: string): Pick<Delivery, "notes" | "missing"> {
  const text = existsSync(readme) ? readFileSync(readme, "utf8") : "";
  const notes = [...text.matchAll(/^- (no )?(wasmplugin|trafficextension|envoyfilter)\.yaml: (.+)$/gm)];
  const told = (isMissing: boolean): FormNote[] =>
    notes
      .filter(([, no]) => (no !== undefined) === isMissing)
      .map(([, , form, note]) => ({ form: form!, note: note! }));
  return { notes: told(false), missing: told(true) };
}
