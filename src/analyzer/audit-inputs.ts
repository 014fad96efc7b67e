import { collectFrom } from "../manifest/collect-sites.js";
import { mentionsLua } from "../manifest/lua-mentions.js";
import type { LuaSite, Note, Problem } from "../manifest/lua-site.js";
import type { Input } from "../manifest/read-inputs.js";
import { type AssessFileOptions, assessFile, type FileWithLua } from "./assess-file.js";
import type { Assessment } from "./assessment.js";
import { StudyCache } from "./study-script.js";

export interface AuditOptions extends Pick<AssessFileOptions, "judgeLanguage" | "settings" | "answers" | "prices"> {
  /** Look into Markdown's fences and the strings of programs. */
  readonly embedded?: boolean;
  /** Where the scripts are judged; here, one after the other, when left out. */
  readonly assessFiles?: AssessFiles;
  /** Called after each file and after each script. */
  readonly onProgress?: (done: Progress) => void;
}

/** Judges the scripts of many files; the result has their order. `onDone` is told how many scripts were judged since it was last called. */
export type AssessFiles = (
  files: readonly FileWithLua[],
  options: AssessFileOptions,
  onDone: (scripts: number) => void,
) => Promise<readonly (readonly Assessment[])[]>;

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

export const REMEMBERED_CHARACTERS = 256 * 1024;

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
  let scripts = 0;
  const assessments = await (options.assessFiles ?? assessHere)(withTexts(sites, texts), options, (count) => {
    scripts += count;
    onProgress?.({ phase: "judging", scripts, of: sites.length });
  });
  return { assessments: assessments.flat(), problems, notes, files, texts };
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

/** Sites of one file stand together. */
function withTexts(sites: readonly LuaSite[], texts: ReadonlyMap<string, string>): readonly FileWithLua[] {
  const files: { file: string; text: string; sites: LuaSite[] }[] = [];
  for (const site of sites) {
    const { file } = site.source;
    const last = files.at(-1);
    if (last?.file === file) last.sites.push(site);
    else files.push({ file, text: texts.get(file) ?? "", sites: [site] });
  }
  return files;
}

/** Judges one after the other, in this thread. */
export const assessHere: AssessFiles = async (files, options, onDone) => {
  const studies = new StudyCache(REMEMBERED_CHARACTERS);
  return files.map((file) => {
    const assessments = assessFile(file, { ...options, studies });
    onDone(assessments.length);
    return assessments;
  });
};
