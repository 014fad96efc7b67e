import { embeddedTexts, holdsEmbeddedTexts } from "./embedded-texts.js";
import { isEnvoyScript } from "./lua-mentions.js";
import { copiedFrom, type MappedText, through } from "./offset-map.js";
import { type DocumentPart, splitDocuments } from "./split-documents.js";

/**
 * The parts of a file that can be parsed on their own, their documents numbered through the file.
 * @param options.embedded of Markdown and programs, what stands in fences and strings (see `embedded-texts.ts`)
 */
export function documentParts(
  file: string,
  text: string,
  options: { readonly embedded: boolean },
): readonly DocumentPart[] {
  return options.embedded && holdsEmbeddedTexts(file) ? embeddedParts(file, text) : partsOf(copiedFrom(0, text));
}

function embeddedParts(file: string, text: string): readonly DocumentPart[] {
  const parts: DocumentPart[] = [];
  for (const source of embeddedTexts(file, text)) {
    const before = (parts.at(-1)?.document ?? -1) + 1;
    // A script's own lines may begin with `---`.
    const own = isEnvoyScript(source.text) ? [{ source, document: 0, path: "" }] : partsOf(source);
    parts.push(...own.map((part) => ({ ...part, document: before + part.document })));
  }
  return parts;
}

function partsOf(whole: MappedText): readonly DocumentPart[] {
  const parts = splitDocuments(whole.text);
  if (parts === undefined) return [{ source: whole, document: 0, path: "" }];
  return parts.map((part) => ({ ...part, source: through(part.source, whole.origin) }));
}
