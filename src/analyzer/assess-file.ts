import { documentParts } from "../manifest/document-parts.js";
import type { LuaSite } from "../manifest/lua-site.js";
import { DocumentPaths } from "../manifest/read-path.js";
import { type AssessOptions, assess } from "./assess.js";
import type { Assessment, Location } from "./assessment.js";
import { IGNORE_ANNOTATION } from "./suppressions.js";

/** A file's text and all the Lua in it. */
export interface FileWithLua {
  readonly text: string;
  readonly sites: readonly LuaSite[];
}

export interface AssessFileOptions extends Omit<AssessOptions, "locatePath" | "ignoreAnnotation"> {
  /** The sites were looked for in Markdown's fences and the strings of programs. */
  readonly embedded?: boolean;
}

/** What can be said of each site, with what the manifest around it says. */
export function assessFile({ text, sites }: FileWithLua, options: AssessFileOptions): readonly Assessment[] {
  const [first] = sites;
  if (!first) return [];
  const { file, kind } = first.source;
  const parts = kind === "LuaFile" ? [] : documentParts(file, text, { embedded: options.embedded === true });
  const paths = new DocumentPaths(text, parts);
  const isAnnotated = text.includes(IGNORE_ANNOTATION);
  return sites.map((site) => {
    const annotation = isAnnotated ? annotationOf(paths, site) : undefined;
    return assess(site, {
      ...options,
      locatePath: (_, path) => locatePath(paths, site, path),
      ...(annotation !== undefined && { ignoreAnnotation: annotation }),
    });
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
