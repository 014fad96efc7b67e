import { type CollectedSites, joinFound } from "../manifest/collect-sites.js";
import { type LuaInFile, NOTHING_FOUND } from "../manifest/find-lua-sites.js";
import { mentionsLua } from "../manifest/lua-mentions.js";
import type { Note, Problem } from "../manifest/lua-site.js";
import type { Input } from "../manifest/read-inputs.js";
import { WorkloadDocuments } from "../manifest/workload-documents.js";
import { type AssessFileOptions, assessAgain, type FileToJudge, type JudgedFile, judgeFile } from "./assess-file.js";
import type { Assessment } from "./assessment.js";
import { StudyCache } from "./study-script.js";

export interface AuditOptions extends Pick<AssessFileOptions, "judgeLanguage" | "settings" | "answers" | "prices"> {
  /** Look into Markdown's fences and the strings of programs. */
  readonly embedded?: boolean;
  /** Where the files are judged; here, one after the other, when left out. */
  readonly judgeFiles?: JudgeFiles;
  /** Called after each file that is read and each that is judged. */
  readonly onProgress?: (done: Progress) => void;
}

/** Judges files as they come; the result has their order. `onDone` is told how many scripts were judged since it was last called. */
export type JudgeFiles = (
  files: AsyncIterable<FileToJudge>,
  options: AssessFileOptions,
  onDone: (scripts: number) => void,
) => Promise<readonly JudgedFile[]>;

interface Progress {
  /** Read so far. */
  readonly files: number;
  /** Judged so far. */
  readonly scripts: number;
}

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
  const reading = new Reading(inputs, (files) => options.onProgress?.({ files, scripts }));
  let scripts = 0;
  const judged = await (options.judgeFiles ?? judgeHere)(reading.filesWithLua(), options, (count) => {
    scripts += count;
    options.onProgress?.({ files: reading.files, scripts });
  });
  const { sites, told, problems, notes } = joinFound(reading.foundWith(judged), reading.workloads);
  const texts = textsWithLua(reading.texts, sites);
  const first = judged.flatMap(({ assessments }) => assessments);
  const assessments = sites.flatMap((site, i) => {
    const assessment = first[i];
    // The answers are found by a script's id, which is final only now.
    const isFinal = !told.has(i) && (options.answers === undefined || assessment?.site.id === site.id);
    if (assessment && isFinal) return [{ ...assessment, site }];
    return assessAgain(texts.get(site.source.file) ?? "", site, options);
  });
  return { assessments, problems, notes, files: reading.files, texts };
}

/** Goes through the inputs once and remembers what the audit needs of each. */
class Reading {
  readonly workloads = new WorkloadDocuments();
  readonly texts = new Map<string, string>();
  files = 0;
  /** By input; of files with Lua, not known yet. */
  private readonly found: (LuaInFile | undefined)[] = [];

  constructor(
    private readonly inputs: AsyncIterable<Input> | Iterable<Input>,
    private readonly onFile: (files: number) => void,
  ) {}

  async *filesWithLua(): AsyncGenerator<FileToJudge> {
    for await (const input of this.inputs) {
      if (input.type === "problem") this.found.push({ ...NOTHING_FOUND, problems: [input.problem] });
      else if (input.type === "note") this.found.push({ ...NOTHING_FOUND, notes: [input.note] });
      else {
        const { file, text, named } = input;
        this.onFile(++this.files);
        this.workloads.read(text);
        if (!named && !/\.lua$/i.test(file) && !mentionsLua(text)) continue;
        this.found.push(undefined);
        this.texts.set(file, text);
        yield { file, text, named };
      }
    }
  }

  /** What was found, in the order of the inputs. */
  foundWith(judged: readonly JudgedFile[]): readonly LuaInFile[] {
    const files = judged.values();
    return this.found.map((found) => found ?? files.next().value?.found ?? NOTHING_FOUND);
  }
}

function textsWithLua(texts: ReadonlyMap<string, string>, sites: CollectedSites["sites"]): ReadonlyMap<string, string> {
  const withLua = new Set(sites.map(({ source }) => source.file));
  return new Map([...texts].filter(([file]) => withLua.has(file)));
}

/** Judges one after the other, in this thread. */
export const judgeHere: JudgeFiles = async (files, options, onDone) => {
  const studies = new StudyCache(REMEMBERED_CHARACTERS);
  const judged: JudgedFile[] = [];
  for await (const file of files) {
    const one = judgeFile(file, { ...options, studies });
    judged.push(one);
    onDone(one.assessments.length);
  }
  return judged;
};
