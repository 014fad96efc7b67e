import { collectFrom } from "../manifest/collect-sites.js";
import { mentionsLua } from "../manifest/lua-mentions.js";
import type { LuaSite, Note, Problem } from "../manifest/lua-site.js";
import type { Input } from "../manifest/read-inputs.js";
import { readPath } from "../manifest/read-path.js";
import type { Answers } from "./answers.js";
import { assess } from "./assess.js";
import type { Assessment, Location } from "./assessment.js";
import type { Settings } from "./define-rule.js";
import type { PriceList } from "./price-list.js";
import { IGNORE_ANNOTATION } from "./suppressions.js";
import type { JudgeLanguage } from "./verdict.js";

export interface AuditOptions {
  readonly judgeLanguage?: JudgeLanguage;
  readonly settings?: Settings;
  readonly answers?: Answers;
  readonly prices?: PriceList;
  /** Called after each file and after each script. */
  readonly onProgress?: (done: Progress) => void;
}

export type Progress =
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

/** Finds the Lua in all inputs and assesses each script. Keeps the text of files with Lua, of the others nothing. */
export async function auditInputs(
  inputs: AsyncIterable<Input> | Iterable<Input>,
  options: AuditOptions = {},
): Promise<Audit> {
  const texts = new Map<string, string>();
  const { onProgress } = options;
  const { sites, problems, notes, files } = await collectFrom(keepingTexts(inputs, texts), (file, count) =>
    onProgress?.({ phase: "reading", files: count, file }),
  );
  const withLua = new Set(sites.map(({ source }) => source.file));
  for (const file of [...texts.keys()]) if (!withLua.has(file)) texts.delete(file);
  const assessments = sites.map((site, i) => {
    onProgress?.({ phase: "judging", scripts: i + 1, of: sites.length });
    return assessIn(texts, site, options);
  });
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

function assessIn(texts: ReadonlyMap<string, string>, site: LuaSite, options: AuditOptions): Assessment {
  const text = texts.get(site.source.file) ?? "";
  const annotation = text.includes(IGNORE_ANNOTATION) ? annotationOf(text, site) : undefined;
  return assess(site, {
    ...options,
    locatePath: (_, path) => locatePath(text, site, path),
    ...(annotation !== undefined && { ignoreAnnotation: annotation }),
  });
}

function annotationOf(text: string, { source }: LuaSite): string | undefined {
  return readPath(text, source.document, `${ownerPath(source.path)}metadata.annotations["${IGNORE_ANNOTATION}"]`)?.text;
}

/** A resource inside a `List` has its own metadata. */
function ownerPath(path: string): string {
  return /^items\[\d+\]\./.exec(path)?.[0] ?? "";
}

function locatePath(text: string, { source }: LuaSite, path: string): Location | undefined {
  if (source.kind === "LuaFile") return undefined;
  const place = readPath(text, source.document, path);
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
