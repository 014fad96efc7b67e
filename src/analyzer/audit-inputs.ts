import { collectFrom } from "../manifest/collect-sites.js";
import { holdsEmbeddedTexts } from "../manifest/embedded-texts.js";
import { mentionsLua } from "../manifest/lua-mentions.js";
import type { LuaSite, Note, Problem } from "../manifest/lua-site.js";
import type { Input } from "../manifest/read-inputs.js";
import { DocumentPaths } from "../manifest/read-path.js";
import type { Answers } from "./answers.js";
import { type AssessOptions, assess } from "./assess.js";
import type { Assessment, Location } from "./assessment.js";
import type { Settings } from "./define-rule.js";
import type { PriceList } from "./price-list.js";
import { StudyCache } from "./study-script.js";
import { IGNORE_ANNOTATION } from "./suppressions.js";
import type { JudgeLanguage } from "./verdict.js";

export interface AuditOptions {
  readonly judgeLanguage?: JudgeLanguage;
  readonly settings?: Settings;
  readonly answers?: Answers;
  readonly prices?: PriceList;
  /** Look into Markdown's fences and the strings of programs. */
  readonly embedded?: boolean;
  /** Called after each file and after each script. */
  readonly onProgress?: (done: Progress) => void;
}

type Progress =
  | { readonly phase: "reading"; readonly files: number; readonly file: string }
  | { readonly phase: "judging"; readonly scripts: number; readonly of: number };

export interface Audit {
  readonly assessments: readonly Assessment[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  readonly files: number;
  /** Text of every file that has Lua in it. */
  readonly texts: ReadonlyMap<string, string>;
}

const REMEMBERED_CHARACTERS = 256 * 1024;

/** Finds the Lua in all inputs and assesses each script. Keeps the text of files with Lua, of the others nothing. */
export async function auditInputs(
  inputs: AsyncIterable<Input> | Iterable<Input>,
  options: AuditOptions = {},
): Promise<Audit> {
  const texts = new Map<string, string>();
  const { onProgress } = options;
  const { sites, problems, notes, files } = await collectFrom(
    keepingTexts(inputs, texts),
    (file, count) => onProgress?.({ phase: "reading", files: count, file }),
    { embedded: options.embedded === true },
  );
  const withLua = new Set(sites.map(({ source }) => source.file));
  for (const file of [...texts.keys()]) if (!withLua.has(file)) texts.delete(file);
  const assessments = assessAll(sites, texts, { ...options, studies: new StudyCache(REMEMBERED_CHARACTERS) });
  return { assessments, problems, notes, files, texts };
}

async function* keepingTexts(
  inputs: AsyncIterable<Input> | Iterable<Input>,
  texts: Map<string, string>,
): AsyncGenerator<Input> {
  for await (const input of inputs) {
    if (input.type === "file" && (input.file.endsWith(".lua") || mentionsLua(input.text)))
      texts.set(input.file, input.text);
    yield input;
  }
}

/** Sites of one file stand together, so that one file's documents are parsed at a time. */
function assessAll(
  sites: readonly LuaSite[],
  texts: ReadonlyMap<string, string>,
  options: AuditOptions & Pick<AssessOptions, "studies">,
): readonly Assessment[] {
  let file: string | undefined;
  let paths = new DocumentPaths("");
  return sites.map((site, i) => {
    options.onProgress?.({ phase: "judging", scripts: i + 1, of: sites.length });
    const text = texts.get(site.source.file) ?? "";
    if (file !== site.source.file) {
      file = site.source.file;
      paths = new DocumentPaths(site.source.kind === "LuaFile" || holdsEmbeddedTexts(file) ? "" : text);
    }
    return assessIn(paths, text.includes(IGNORE_ANNOTATION), site, options);
  });
}

function assessIn(paths: DocumentPaths, isAnnotated: boolean, site: LuaSite, options: AssessOptions): Assessment {
  const annotation = isAnnotated ? annotationOf(paths, site) : undefined;
  return assess(site, {
    ...options,
    locatePath: (_, path) => locatePath(paths, site, path),
    ...(annotation !== undefined && { ignoreAnnotation: annotation }),
  });
}

function annotationOf(paths: DocumentPaths, { source }: LuaSite): string | undefined {
  return paths.find(source.document, `${ownerPath(source.path)}metadata.annotations["${IGNORE_ANNOTATION}"]`)?.text;
}

/** A resource inside a `List` has its own metadata. */
function ownerPath(path: string): string {
  return /^items\[\d+\]\./.exec(path)?.[0] ?? "";
}

function locatePath(paths: DocumentPaths, { source }: LuaSite, path: string): Location | undefined {
  const place = paths.find(source.document, path);
  if (!place) return undefined;
  const { start, end } = place;
  return {
    file: source.file,
    startLine: start.line,
    startColumn: start.column,
    endLine: end.line,
    endColumn: end.column,
  };
}
