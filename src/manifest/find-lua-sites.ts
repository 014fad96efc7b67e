import { assignIds } from "./assign-ids.js";
import type { Discovery, FoundOverride, FoundReference, FoundScript, Resource } from "./discovery.js";
import { holdsEmbeddedTexts } from "./embedded-texts.js";
import { excerptPieces } from "./excerpt.js";
import { defined } from "./fields.js";
import { FileDocuments } from "./file-documents.js";
import { luaFileDiscoveries } from "./lua-file.js";
import { isEnvoyScript, mentionsLua } from "./lua-mentions.js";
import type { LuaSite, LuaSource, Note, Position, Problem } from "./lua-site.js";
import { copiedFrom, type MappedText } from "./offset-map.js";
import { type LineStarts, lineStarts, locate, positionAt, positionMap } from "./position-map.js";
import { type Origin, resourceDiscoveries, templatedIdentity } from "./resource-discoveries.js";
import type { DocumentPart } from "./split-documents.js";
import { templateMarkerInLua, templateMarkerNear } from "./template-markers.js";
import { mappedText, readYaml, TreeTooLarge, type YamlDocument, type YamlFault, type YamlNode } from "./yaml-tree.js";

export interface LuaInFile {
  readonly sites: readonly LuaSite[];
  readonly problems: readonly Problem[];
  readonly notes: readonly Note[];
  /** Scripts that a policy takes from a ConfigMap, which may be in another file; `joinReferences` brings them together. */
  readonly references: readonly LuaReference[];
}

export const NOTHING_FOUND: LuaInFile = { sites: [], problems: [], notes: [], references: [] };

export interface LuaReference {
  readonly source: Pick<
    LuaSource,
    "file" | "document" | "kind" | "apiVersion" | "namespace" | "name" | "line" | "column"
  >;
  readonly configMap: FoundReference["configMap"];
  readonly filter: FoundReference["filter"];
}

export interface FindOptions {
  /** Also parse the documents that do not mention Lua, to report malformed ones. Costs up to 1 s per 500 KB. */
  readonly checkSyntax?: boolean;
  /** Look into Markdown's fences and the strings of programs (see `embedded-texts.ts`). */
  readonly embedded?: boolean;
}

/**
 * All the Lua in one file, in the order in which it stands there. A malformed document becomes a problem and does not keep the others
 * from being read; nothing is thrown.
 * @param file name for messages and positions; `.lua` at its end makes the whole text one script
 */
export function findLuaSites(file: string, text: string, options: FindOptions = {}): LuaInFile {
  return findInDocuments(new FileDocuments(file, text, options), options);
}

/** The same for documents that others go on reading. */
export function findInDocuments(documents: FileDocuments, options: FindOptions): LuaInFile {
  const search = new FileSearch(documents);
  search.run(options);
  const { problems, notes, references } = search;
  return { sites: assignIds(search.sites), problems, notes, references };
}

/** Kubernetes and its stores take no object beyond 3 MB; a longer one is no manifest. */
const MAX_PART = 4 * 1024 * 1024;
const MAX_UNRELATED_PART = 256 * 1024;
const MAX_STRINGS_IN_STRINGS = 4;

class FileSearch {
  readonly sites: LuaSite[] = [];
  readonly problems: Problem[] = [];
  readonly notes: Note[] = [];
  readonly references: LuaReference[] = [];
  private overrides: FoundOverride[] = [];
  private starts: LineStarts | undefined;

  private readonly file: string;
  private readonly text: string;

  constructor(private readonly documents: FileDocuments) {
    this.file = documents.file;
    this.text = documents.text;
  }

  run(options: FindOptions): void {
    if (options.embedded === true && holdsEmbeddedTexts(this.file)) {
      this.embedded();
      return;
    }
    if (/\.lua$/i.test(this.file) || isEnvoyScript(this.text)) {
      this.luaFile();
      return;
    }
    if (!mentionsLua(this.text) && options.checkSyntax !== true) return;
    for (const part of this.documents.parts) this.part(part, options);
  }

  private luaFile(): void {
    if (this.text.length > MAX_PART) {
      this.problem(0, `a script of ${megabytes(this.text.length)}; at most ${megabytes(MAX_PART)} are read`);
      return;
    }
    for (const discovery of luaFileDiscoveries(copiedFrom(0, this.text))) this.take(discovery, 0, 0);
  }

  private embedded(): void {
    if (!mentionsLua(this.text) || this.text.length > MAX_PART) return;
    for (const part of this.documents.parts) {
      const { source, document, path } = part;
      if (!mentionsLua(source.text)) continue;
      if (isEnvoyScript(source.text)) {
        const resource: Resource = { kind: "EmbeddedScript" };
        this.take({ type: "script", resource, script: source, path, filter: { attachment: "file" } }, document, 0);
      } else this.embeddedManifest(part);
    }
  }

  /** A text that does not parse need not be YAML at all. */
  private embeddedManifest(part: DocumentPart): void {
    const start = part.source.origin.segments[0]!.source;
    this.guarded(start, () => {
      for (const { root, errors } of this.documents.read(part)) {
        if (errors.length === 0) this.parsed(root, part, part.document);
        else if (/\b(inline_?code|inline_?string)\b/i.test(part.source.text) && !this.excerpt(part, part.document))
          this.note("excerpt", start, "mentions a Lua filter, but is not YAML as it stands");
      }
    });
  }

  private part(part: DocumentPart, options: FindOptions): void {
    const related = mentionsLua(part.source.text);
    const size = part.source.text.length;
    if (!related && (options.checkSyntax !== true || size > MAX_UNRELATED_PART)) return;
    const start = part.source.origin.segments[0]!.source;
    if (size > MAX_PART) {
      this.problem(start, `a document of ${megabytes(size)}; at most ${megabytes(MAX_PART)} are read`);
      return;
    }
    this.guarded(start, () => {
      // A long file has many documents that nobody will look at again.
      const documents = related ? this.documents.read(part) : readYaml(part.source);
      for (const [index, document] of documents.entries()) {
        this.document(document, part, part.document + index);
      }
    });
  }

  private document(document: YamlDocument, part: DocumentPart, index: number): void {
    const fault = document.errors[0];
    if (fault !== undefined) {
      if (!this.excerpt(part, index)) this.malformed(fault, part.source);
      return;
    }
    for (const duplicate of document.duplicateKeys.slice(0, 1)) this.problem(duplicate.offset, duplicate.message);
    // An item of a long list comes with its dash, as a list of one.
    const root = part.path !== "" && document.root.kind === "list" ? document.root.items[0] : document.root;
    if (root !== undefined) this.parsed(root, part, index);
  }

  private parsed(root: YamlNode, part: DocumentPart, index: number): void {
    const before = this.sites.length;
    this.overrides = [];
    try {
      this.resource(root, { path: part.path }, index, 0);
    } finally {
      const found = this.sites.splice(before);
      this.sites.push(...withoutHolders(found).map((site) => withOverrides(site, this.overrides)));
    }
  }

  /** Parts of a manifest that begins in the middle, when there is Lua in them. */
  private excerpt(part: DocumentPart, index: number): boolean {
    const pieces = excerptPieces(part.source).filter((piece) => mentionsLua(piece.text));
    const before = this.sites.length;
    for (const piece of pieces) {
      const documents = readYaml(piece);
      if (documents.some(({ errors }) => errors.length > 0)) continue;
      for (const { root } of documents) this.parsed(root, part, index);
    }
    if (this.sites.length === before) return false;
    const at = part.source.origin.segments[0]!.source;
    this.note("excerpt", at, "the file begins in the middle of a manifest; what stands around the script is unknown");
    return true;
  }

  private malformed(fault: YamlFault, source: MappedText): void {
    const start = source.origin.segments[0]!.source;
    const marker = templateMarkerNear(source.text, fault.offset - start);
    if (marker === undefined) this.problem(fault.offset, fault.message.replace(/\s+/g, " "));
    else this.note("template", start + marker.offset, `looks like ${marker.language}; ${marker.remedy}`);
  }

  private resource(root: YamlNode, origin: Origin, document: number, depth: number): void {
    const before = this.sites.length;
    for (const discovery of resourceDiscoveries(root, origin)) this.take(discovery, document, depth);
    const templated = this.sites.length > before ? templatedIdentity(root) : undefined;
    if (templated !== undefined) {
      this.note("template", templated.start, "a template fills in the name or namespace; render it first");
    }
  }

  private take(discovery: Discovery, document: number, depth: number): void {
    switch (discovery.type) {
      case "script":
        this.site(discovery, document);
        break;
      case "override":
        this.overrides.push(discovery);
        break;
      case "reference":
        this.reference(discovery, document);
        break;
      case "resource":
        this.resource(discovery.node, discovery, document, depth);
        break;
      case "manifest-text":
        if (depth < MAX_STRINGS_IN_STRINGS) this.manifestText(discovery, document, depth + 1);
        break;
      case "note":
        this.note(discovery.code, discovery.offset, discovery.message);
        break;
      case "problem":
        this.problem(discovery.offset, discovery.message);
        break;
    }
  }

  private manifestText(found: Extract<Discovery, { type: "manifest-text" }>, document: number, depth: number): void {
    const source = mappedText(found.node);
    this.guarded(found.node.start, () => {
      for (const inner of readYaml(source)) {
        const fault = inner.errors[0];
        // Any text may mention Lua; that this one should be YAML, only its name can say.
        if (fault === undefined)
          this.resource(inner.root, { path: found.path, owner: found.resource }, document, depth);
        else if (/\.(ya?ml|json)"\]$/.test(found.path)) this.malformedText(fault, source, found.node.start);
      }
    });
  }

  private malformedText(fault: YamlFault, { text }: MappedText, start: number): void {
    const marker = templateMarkerNear(text, text.length);
    if (marker === undefined) this.problem(fault.offset, fault.message.replace(/\s+/g, " "));
    else this.note("template", start, `holds what looks like ${marker.language}; ${marker.remedy}`);
  }

  private site({ resource, script, path, filter }: FoundScript, document: number): void {
    const positions = positionMap(script, this.lines());
    const at = locate(positions, 0);
    const surrogate = script.text.search(/\p{Surrogate}/u);
    if (surrogate !== -1) {
      const where = { file: this.file, ...locate(positions, surrogate) };
      this.problems.push({ ...where, message: "half a surrogate pair, which UTF-8 cannot carry" });
      return;
    }
    const source: LuaSource = { file: this.file, document, ...resource, path, ...at };
    this.sites.push({ id: "", text: script.text, source, positions, filter });
    const marker = templateMarkerInLua(script.text);
    if (marker === undefined) return;
    const where = { file: this.file, ...locate(positions, marker.offset) };
    const message = `the script holds what looks like ${marker.language}; ${marker.remedy}`;
    this.notes.push({ ...where, code: "template", message });
  }

  private reference({ resource, configMap, offset, filter }: FoundReference, document: number): void {
    const source = { file: this.file, document, ...identityOf(resource), ...this.position(offset) };
    this.references.push({ source, configMap, filter });
  }

  /** What cannot be read because of its size or depth becomes a problem. */
  private guarded(offset: number, read: () => void): void {
    try {
      read();
    } catch (error) {
      if (error instanceof TreeTooLarge) this.problem(error.offset, error.message);
      else if (error instanceof RangeError) this.problem(offset, "nested too deeply");
      else throw error;
    }
  }

  private problem(offset: number, message: string): void {
    this.problems.push({ file: this.file, ...this.position(offset), message });
  }

  private note(code: Note["code"], offset: number, message: string): void {
    this.notes.push({ file: this.file, ...this.position(offset), code, message });
  }

  private position(offset: number): Position {
    return positionAt(this.lines(), offset);
  }

  private lines(): LineStarts {
    this.starts ??= lineStarts(this.text);
    return this.starts;
  }
}

/** What Lua of the same filter the routes switch off or choose. */
function withOverrides(site: LuaSite, overrides: readonly FoundOverride[]): LuaSite {
  if (site.filter.attachment === "perRoute") return site;
  const own = overrides.filter(({ filterName }) => filterName === site.filter.filterName);
  if (own.length === 0) return site;
  return { ...site, filter: { ...site.filter, routeOverrides: own.map(({ override }) => override) } };
}

/** A script that stands under an anchor, for filters to refer to, is not a filter of its own. */
function withoutHolders(sites: readonly LuaSite[]): LuaSite[] {
  const place = ({ source }: LuaSite) => `${source.line}:${source.column}`;
  const filters = new Set(sites.filter(({ filter }) => filter.filterName !== undefined).map(place));
  return sites.filter((site) => site.filter.filterName !== undefined || !filters.has(place(site)));
}

function identityOf({
  kind,
  apiVersion,
  namespace,
  name,
}: Resource): Pick<Resource, "kind" | "apiVersion" | "namespace" | "name"> {
  return { kind, ...defined({ apiVersion, namespace, name }) };
}

function megabytes(characters: number): string {
  return `${(characters / (1024 * 1024)).toFixed(1)} MB`;
}
