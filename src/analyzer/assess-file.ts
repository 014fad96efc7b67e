import { FileDocuments } from "../manifest/file-documents.js";
import { findInDocuments, type LuaInFile } from "../manifest/find-lua-sites.js";
import type { LuaSite } from "../manifest/lua-site.js";
import { DocumentPaths } from "../manifest/read-path.js";
import { type AssessOptions, assess } from "./assess.js";
import type { Assessment, Location } from "./assessment.js";
import { IGNORE_ANNOTATION } from "./suppressions.js";

export interface AssessFileOptions extends Omit<AssessOptions, "locatePath" | "ignoreAnnotation"> {
  /** Also look into Markdown's fences and the strings of programs. */
  readonly embedded?: boolean;
}

export interface FileToJudge {
  readonly file: string;
  readonly text: string;
  /** Given by the user: its syntax is his concern even where it has no Lua. */
  readonly named: boolean;
}

/** What is in a file, and what can be said of each of its scripts, in their order. */
export interface JudgedFile {
  readonly found: LuaInFile;
  readonly assessments: readonly Assessment[];
}

/** Finds the Lua in a file and assesses it, with what the manifest around it says. */
export function judgeFile({ file, text, named }: FileToJudge, options: AssessFileOptions): JudgedFile {
  const documents = new FileDocuments(file, text, options);
  const found = findInDocuments(documents, { checkSyntax: named, embedded: options.embedded === true });
  return { found, assessments: assessIn(documents, found.sites, options) };
}

/** Assesses a script of a file of which other files told more. */
export function assessAgain(text: string, site: LuaSite, options: AssessFileOptions): readonly Assessment[] {
  return assessIn(new FileDocuments(site.source.file, text, options), [site], options);
}

function assessIn(
  documents: FileDocuments,
  sites: readonly LuaSite[],
  options: AssessFileOptions,
): readonly Assessment[] {
  const [first] = sites;
  if (!first) return [];
  const paths = first.source.kind === "LuaFile" ? undefined : new DocumentPaths(documents);
  const isAnnotated = documents.text.includes(IGNORE_ANNOTATION);
  return sites.map((site) => {
    const annotation = isAnnotated ? annotationOf(paths, site) : undefined;
    return assess(site, {
      ...options,
      locatePath: (_, path) => locatePath(paths, site, path),
      ...(annotation !== undefined && { ignoreAnnotation: annotation }),
    });
  });
}

function annotationOf(paths: DocumentPaths | undefined, { source }: LuaSite): string | undefined {
  return paths?.find(source.document, `${ownerPath(source.path)}metadata.annotations["${IGNORE_ANNOTATION}"]`)?.text;
}

/** A resource inside a `List` has its own metadata. */
function ownerPath(path: string): string {
  return /^items\[\d+\]\./.exec(path)?.[0] ?? "";
}

function locatePath(paths: DocumentPaths | undefined, { source }: LuaSite, path: string): Location | undefined {
  const place = paths?.find(source.document, path);
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
