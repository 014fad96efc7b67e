import { excerptPieces } from "./excerpt.js";
import type { FileDocuments } from "./file-documents.js";
import type { Position } from "./lua-site.js";
import { type LineStarts, lineStarts, positionAt } from "./position-map.js";
import type { DocumentPart } from "./split-documents.js";
import { type Entry, readYaml, TreeTooLarge, type YamlNode } from "./yaml-tree.js";

export interface PathPlace {
  /** Of the key (`name:`), or of the list item. */
  readonly start: Position;
  /** Behind the value when it stands on the key's line, otherwise behind the key. */
  readonly end: Position;
  /** Of a scalar. */
  readonly text?: string;
}

/** Finds paths of a file's documents (`spec.configPatches[0].match`, as in `LuaSource.path`) in the file. */
export class DocumentPaths {
  private readonly starts: LineStarts;
  private readonly roots = new Map<string, readonly YamlNode[]>();

  constructor(private readonly documents: FileDocuments) {
    this.starts = lineStarts(documents.text);
  }

  /**
   * Where a path stands. For a path of which only the beginning exists, the last node that does, without `text`. Undefined when nothing of it does.
   * @param document 0-based index in the file
   */
  find(document: number, path: string): PathPlace | undefined {
    const steps = path.match(/[^.[\]"]+|"[^"]*"/g)?.map((step) => step.replaceAll('"', "")) ?? [];
    // Several parts of one document, when it is a long list: the one that the path begins with; without directives the last part holds all that follow.
    const { parts } = this.documents;
    const part = parts.findLast(
      (one) =>
        one.document <= document && (one.document === document || parts.length === 1) && path.startsWith(one.path),
    );
    if (!part) return undefined;
    const skipped = part.path === "" ? 0 : 2;
    const found = this.rootsOf(part, document).map((root) => descend(root, steps.slice(skipped)));
    const best = found.find(({ complete }) => complete) ?? found.find(({ node }) => node !== undefined);
    return best && this.placeOf(best);
  }

  /** One, or those of the pieces of a manifest that begins in the middle. */
  private rootsOf(part: DocumentPart, document: number): readonly YamlNode[] {
    const key = `${document}:${part.path}`;
    const known = this.roots.get(key);
    if (known) return known;
    const parsed = parse(this.documents, part, document - part.document);
    const roots =
      part.path === "" ? parsed : parsed.map((root) => (root.kind === "list" ? (root.items[0] ?? root) : root));
    this.roots.set(key, roots);
    return roots;
  }

  private placeOf({ entry, node, complete }: Descent): PathPlace | undefined {
    if (!node) return undefined;
    const from = entry?.keyStart ?? node.start;
    const start = positionAt(this.starts, from);
    const lineEnd = (this.starts[start.line] ?? this.documents.text.length + 1) - 1;
    const line = this.documents.text.slice(from, lineEnd).replace(/\s+(#.*)?$/, "");
    const isOneLine = node.kind === "text" && node.start <= lineEnd;
    const length = isOneLine ? line.length : (entry?.key.length ?? line.length);
    const value = complete && node.kind === "text" ? { text: node.value } : {};
    return { start, end: { line: start.line, column: start.column + Math.max(1, length) }, ...value };
  }
}

function parse(documents: FileDocuments, part: DocumentPart, index: number): readonly YamlNode[] {
  try {
    const document = documents.read(part)[index];
    if (!document || document.errors.length === 0) return document ? [document.root] : [];
    return excerptPieces(part.source).flatMap((piece) => readYaml(piece).map(({ root }) => root));
  } catch (error) {
    if (error instanceof TreeTooLarge) return [];
    throw error;
  }
}

interface Descent {
  readonly entry?: Entry;
  readonly node?: YamlNode;
  readonly complete: boolean;
}

function descend(root: YamlNode, steps: readonly string[]): Descent {
  let node = root;
  let last: Omit<Descent, "complete"> = {};
  for (const step of steps) {
    const entry = node.kind === "map" ? node.entries.get(step) : undefined;
    const next = entry?.value ?? (node.kind === "list" ? node.items[Number(step)] : undefined);
    if (!next) return { ...last, complete: false };
    last = { node: next, ...(entry && { entry }) };
    node = next;
  }
  return { ...last, complete: true };
}
