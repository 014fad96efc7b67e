import type { Position } from "./lua-site.js";
import { copiedFrom } from "./offset-map.js";
import { lineStarts, positionAt } from "./position-map.js";
import { splitDocuments } from "./split-documents.js";
import type { Entry, YamlNode } from "./yaml-tree.js";
import { readYaml, TreeTooLarge } from "./yaml-tree.js";

export interface PathPlace {
  /** Of the key (`name:`), or of the list item. */
  readonly start: Position;
  /** Behind the value when it stands on the key's line, otherwise behind the key. */
  readonly end: Position;
  /** Of a scalar. */
  readonly text?: string;
}

/**
 * Where a path of a document (`spec.configPatches[0].match`, as in `LuaSource.path`) stands in its file. For a path of which only the beginning exists,
 * the last node that does, without `text`. Undefined when nothing of it does.
 */
export function readPath(text: string, document: number, path: string): PathPlace | undefined {
  const steps = path.match(/[^.[\]"]+|"[^"]*"/g)?.map((step) => step.replaceAll('"', "")) ?? [];
  for (const part of splitDocuments(text) ?? [{ source: copiedFrom(0, text), document: 0, path: "" }]) {
    if (part.document > document) break;
    try {
      const found = readYaml(part.source)[document - part.document];
      if (!found || !path.startsWith(part.path)) continue;
      const skipped = part.path === "" ? 0 : 2;
      const root = skipped > 0 && found.root.kind === "list" ? found.root.items[0] : found.root;
      return root && placeOf(text, root, steps.slice(skipped));
    } catch (error) {
      if (error instanceof TreeTooLarge) return undefined;
      throw error;
    }
  }
  return undefined;
}

function placeOf(text: string, root: YamlNode, steps: readonly string[]): PathPlace | undefined {
  let node = root;
  let last: { readonly entry?: Entry; readonly node: YamlNode } | undefined;
  let complete = true;
  for (const step of steps) {
    const entry = node.kind === "map" ? node.entries.get(step) : undefined;
    const next = entry?.value ?? (node.kind === "list" ? node.items[Number(step)] : undefined);
    if (!next) {
      complete = false;
      break;
    }
    last = { node: next, ...(entry && { entry }) };
    node = next;
  }
  if (!last) return undefined;
  const starts = lineStarts(text);
  const from = last.entry?.keyStart ?? last.node.start;
  const start = positionAt(starts, from);
  const lineEnd = (starts[start.line] ?? text.length + 1) - 1;
  const line = text.slice(from, lineEnd).replace(/\s+(#.*)?$/, "");
  const isOneLine = last.node.kind === "text" && last.node.start <= lineEnd;
  const length = isOneLine ? line.length : (last.entry?.key.length ?? line.length);
  const value = complete && last.node.kind === "text" ? { text: last.node.value } : {};
  return { start, end: { line: start.line, column: start.column + Math.max(1, length) }, ...value };
}
