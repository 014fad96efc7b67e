import {
  type Alias,
  type CST,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type ParsedNode,
  parseAllDocuments,
} from "yaml";
import { type MappedText, type OffsetMap, sourceOffset, through } from "./offset-map.js";
import { scalarText } from "./scalar-text.js";
import { indentQuoted } from "./underindented-quotes.js";

/**
 * A YAML or JSON document as the finders read it: aliases resolved (the same object in several places), merge keys applied,
 * every offset one of the user's file.
 */
export type YamlNode = MapNode | ListNode | TextNode;

export interface MapNode {
  readonly kind: "map";
  readonly start: number;
  readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
  readonly key: string;
  readonly keyStart: number;
  readonly value: YamlNode;
}

export interface ListNode {
  readonly kind: "list";
  readonly start: number;
  readonly items: readonly YamlNode[];
}

/** A scalar, not yet read as number or boolean. */
export interface TextNode {
  readonly kind: "text";
  readonly start: number;
  readonly value: string;
  /** Written without quotes, so that `on`, `8080` and nothing at all mean what YAML says they mean. */
  readonly plain: boolean;
  readonly token?: CST.FlowScalar | CST.BlockScalar;
  readonly within: OffsetMap;
}

export interface YamlDocument {
  readonly root: YamlNode;
  /** Malformed YAML, in order of appearance; the tree is then not to be trusted. */
  readonly errors: readonly YamlFault[];
  /** Keys given twice: the last one counts, but Kubernetes refuses such a document. */
  readonly duplicateKeys: readonly YamlFault[];
}

export interface YamlFault {
  /** Offset in the user's file. */
  readonly offset: number;
  readonly message: string;
}

/** A document that would take more memory or time than a manifest can need. */
export class TreeTooLarge extends Error {
  override readonly name = "TreeTooLarge";
  constructor(
    message: string,
    /** Offset in the user's file. */
    readonly offset: number,
  ) {
    super(message);
  }
}

/** @throws TreeTooLarge */
export function readYaml(given: MappedText): YamlDocument[] {
  const { documents, source } = parseLeniently(given);
  return documents.map((document) => {
    const builder = new TreeBuilder(source.origin);
    const root = builder.node(document.contents as ParsedNode | null, 0);
    const errors = document.errors.map((error) => ({
      offset: sourceOffset(source.origin, error.pos[0]),
      message: error.message,
    }));
    return { root, errors: [...errors, ...builder.errors], duplicateKeys: builder.duplicateKeys };
  });
}

const MAX_MENDED_QUOTES = 50;

/** As Kubernetes does, see `indentQuoted`. */
function parseLeniently(given: MappedText): {
  readonly documents: readonly Document.Parsed[];
  readonly source: MappedText;
} {
  let source = given;
  for (let mended = 0; ; mended++) {
    const documents = [
      ...parseAllDocuments(source.text, {
        keepSourceTokens: true,
        prettyErrors: false,
        // Its own check is quadratic, and plain scalars are read in `fields.ts`.
        uniqueKeys: false,
        schema: "failsafe",
        logLevel: "silent",
      }),
    ];
    const fault = documents.flatMap(({ errors }) => errors).find(({ code }) => code === "MISSING_CHAR");
    const indented =
      fault === undefined || mended === MAX_MENDED_QUOTES ? undefined : indentQuoted(source, fault.pos[0]);
    if (indented === undefined || indented.text === source.text) return { documents, source };
    source = indented;
  }
}

const MAX_DEPTH = 200;
const MAX_MERGED_KEYS = 100_000;

/** Walks the library's nodes in the order of the document, so that an alias sees the anchors before it. */
class TreeBuilder {
  readonly errors: YamlFault[] = [];
  readonly duplicateKeys: YamlFault[] = [];
  private readonly anchors = new Map<string, YamlNode>();
  private mergedKeys = 0;

  constructor(private readonly origin: OffsetMap) {}

  node(node: Node | null | undefined, depth: number): YamlNode {
    if (isAlias(node)) return this.alias(node);
    const built = this.unnamed(node, depth);
    const anchor = (node as { anchor?: string } | null | undefined)?.anchor;
    if (anchor !== undefined) this.anchors.set(anchor, built);
    return built;
  }

  private unnamed(node: Node | null | undefined, depth: number): YamlNode {
    const start = sourceOffset(this.origin, node?.range?.[0] ?? 0);
    if (depth > MAX_DEPTH) throw new TreeTooLarge(`nested deeper than ${MAX_DEPTH} levels`, start);
    if (isMap(node)) return { kind: "map", start, entries: this.entries(node.items, depth) };
    if (isSeq(node)) {
      return { kind: "list", start, items: node.items.map((item) => this.node(item as Node | null, depth + 1)) };
    }
    if (!isScalar(node)) return { kind: "text", start, value: "", plain: true, within: this.origin };
    const token = node.srcToken;
    const value = typeof node.value === "string" ? node.value : "";
    const plain = node.type === "PLAIN" || node.type === undefined || node.type === null;
    const scalar = token !== undefined && "source" in token && isScalarToken(token) ? { token } : {};
    return { kind: "text", start, value, plain, within: this.origin, ...scalar };
  }

  private entries(items: readonly { key: unknown; value: unknown }[], depth: number): Map<string, Entry> {
    const entries = new Map<string, Entry>();
    const merged: YamlNode[] = [];
    for (const item of items) {
      const keyNode = item.key as Node | null;
      const key = this.node(keyNode, depth + 1);
      const value = this.node(item.value as Node | null, depth + 1);
      if (key.kind !== "text") continue;
      if (key.value === "<<" && key.plain) {
        merged.push(...(value.kind === "list" ? value.items : [value]));
        continue;
      }
      if (entries.has(key.value)) {
        this.duplicateKeys.push({ offset: key.start, message: `the key "${key.value}" is given twice` });
      }
      entries.set(key.value, { key: key.value, keyStart: key.start, value });
    }
    for (const map of merged) if (map.kind === "map") this.merge(map, entries);
    return entries;
  }

  private merge(from: MapNode, entries: Map<string, Entry>): void {
    this.mergedKeys += from.entries.size;
    if (this.mergedKeys > MAX_MERGED_KEYS) throw new TreeTooLarge("merge keys expand too far", from.start);
    for (const entry of from.entries.values()) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  }

  private alias(alias: Alias): YamlNode {
    const target = this.anchors.get(alias.source);
    if (target !== undefined) return target;
    const start = sourceOffset(this.origin, alias.range?.[0] ?? 0);
    this.errors.push({ offset: start, message: `the alias *${alias.source} has no anchor before it` });
    return { kind: "text", start, value: "", plain: true, within: this.origin };
  }
}

function isScalarToken(token: CST.Token): token is CST.FlowScalar | CST.BlockScalar {
  return token.type === "block-scalar" || token.type === "scalar" || token.type.endsWith("quoted-scalar");
}

/** The text of a scalar with the place of each character in the user's file. */
export function mappedText(node: TextNode): MappedText {
  if (node.token === undefined) return { text: node.value, origin: { segments: [{ offset: 0, source: node.start }] } };
  return through(scalarText(node.token), node.within);
}
