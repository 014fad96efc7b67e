import { documentParts } from "./document-parts.js";
import type { DocumentPart } from "./split-documents.js";
import { readYaml, type YamlDocument } from "./yaml-tree.js";

/** The documents of one file, each parsed when it is first asked for and then kept: whoever finds scripts and whoever points at the manifest read the same trees. */
export class FileDocuments {
  readonly text: string;
  private found: readonly DocumentPart[] | undefined;
  private readonly trees = new Map<DocumentPart, readonly YamlDocument[]>();

  /** @param options.embedded of Markdown and programs, what stands in fences and strings (see `embedded-texts.ts`) */
  constructor(
    readonly file: string,
    text: string,
    private readonly options: { readonly embedded?: boolean } = {},
  ) {
    this.text = text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  get parts(): readonly DocumentPart[] {
    this.found ??= documentParts(this.file, this.text, { embedded: this.options.embedded === true });
    return this.found;
  }

  /** @throws TreeTooLarge */
  read(part: DocumentPart): readonly YamlDocument[] {
    const known = this.trees.get(part);
    if (known) return known;
    const read = readYaml(part.source);
    this.trees.set(part, read);
    return read;
  }
}
