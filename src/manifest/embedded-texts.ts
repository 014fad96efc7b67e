import { copiedFrom, type MappedText, MappedTextBuilder } from "./offset-map.js";

/** How a kind of source file writes texts of many lines. */
interface Syntax {
  readonly lineComments: readonly string[];
  readonly blockComments: boolean;
  /** Opening delimiters, the longest first; each closes with itself. */
  readonly quotes: readonly Quote[];
  readonly heredocs?: boolean;
  /** Literals with this between them are one text. */
  readonly joint: RegExp;
}

interface Quote {
  readonly mark: string;
  readonly lines: boolean;
  readonly escapes: boolean;
}

const DOUBLE: Quote = { mark: '"', lines: false, escapes: true };
const SINGLE: Quote = { mark: "'", lines: false, escapes: true };

const GO: Syntax = {
  lineComments: ["//"],
  blockComments: true,
  quotes: [{ mark: "`", lines: true, escapes: false }, DOUBLE, SINGLE],
  joint: /\s*\+\s*/y,
};
const PYTHON: Syntax = {
  lineComments: ["#"],
  blockComments: false,
  quotes: [{ mark: '"""', lines: true, escapes: true }, { mark: "'''", lines: true, escapes: true }, DOUBLE, SINGLE],
  joint: /\s*\+?\s*(?=["'])/y,
};
const HCL: Syntax = {
  lineComments: ["#", "//"],
  blockComments: true,
  quotes: [DOUBLE],
  heredocs: true,
  joint: /(?!)/y,
};
const TYPESCRIPT: Syntax = {
  lineComments: ["//"],
  blockComments: true,
  quotes: [{ mark: "`", lines: true, escapes: true }, DOUBLE, SINGLE],
  joint: /\s*\+\s*/y,
};

const SYNTAXES: Readonly<Record<string, Syntax>> = {
  go: GO,
  py: PYTHON,
  tf: HCL,
  hcl: HCL,
  ts: TYPESCRIPT,
  tsx: TYPESCRIPT,
  mts: TYPESCRIPT,
  js: TYPESCRIPT,
  mjs: TYPESCRIPT,
};

/** Markdown, Go, Python, HCL, TypeScript, JavaScript: files that may hold manifests or scripts among other things. */
export function holdsEmbeddedTexts(file: string): boolean {
  return /\.(md|markdown)$/i.test(file) || syntaxOf(file) !== undefined;
}

/** The texts of more than one word inside such a file: Markdown's fences, a program's string literals, each with its origin. */
export function embeddedTexts(file: string, text: string): readonly MappedText[] {
  const syntax = syntaxOf(file);
  return syntax === undefined ? fences(text) : [...literals(text, syntax)];
}

function syntaxOf(file: string): Syntax | undefined {
  const extension = /\.(\w+)$/.exec(file)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(SYNTAXES, extension) ? SYNTAXES[extension] : undefined;
}

function fences(text: string): readonly MappedText[] {
  const found: MappedText[] = [];
  let open: { readonly mark: string; readonly indent: number; readonly start: number } | undefined;
  let builder = new MappedTextBuilder();
  for (const { line, start } of linesOf(text)) {
    const fence = /^([ \t>]*(?:[-*+][ \t]+|\d+\.[ \t]+)?)(`{3,}|~{3,})([^`]*)$/.exec(line.trimEnd());
    if (open === undefined) {
      if (fence === null) continue;
      builder = new MappedTextBuilder();
      open = { mark: fence[2]!, indent: fence[1]!.length, start: start + line.length };
    } else if (fence !== null && fence[3]!.trim() === "" && fence[2]!.startsWith(open.mark)) {
      found.push(builder.build(open.start));
      open = undefined;
    } else {
      // A fence inside a list or a quotation: its lines begin as deep as it does.
      const inside = Math.min(open.indent, /^[ \t>]*/.exec(line)![0].length);
      builder.append(line.slice(inside), start + inside);
    }
  }
  if (open !== undefined) found.push(builder.build(open.start));
  return found;
}

/** Lines with their line break. */
function* linesOf(text: string): Generator<{ readonly line: string; readonly start: number }> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf("\n", start) + 1 || text.length;
    yield { line: text.slice(start, end), start };
    start = end;
  }
}

function* literals(text: string, syntax: Syntax): Generator<MappedText> {
  for (let at = 0; at < text.length; ) {
    const heredoc = syntax.heredocs === true ? heredocAt(text, at) : undefined;
    if (heredoc !== undefined) {
      yield heredoc.text;
      at = heredoc.end;
      continue;
    }
    const quote = syntax.quotes.find(({ mark }) => text.startsWith(mark, at));
    if (quote === undefined) {
      at = afterComment(text, at, syntax) ?? at + 1;
      continue;
    }
    const builder = new MappedTextBuilder();
    const end = joined(text, at, syntax, builder);
    if (end > at + quote.mark.length) yield builder.build(at + quote.mark.length);
    at = end;
  }
}

function afterComment(text: string, at: number, { lineComments, blockComments }: Syntax): number | undefined {
  if (lineComments.some((mark) => text.startsWith(mark, at))) return text.indexOf("\n", at) + 1 || text.length;
  if (blockComments && text.startsWith("/*", at)) {
    const end = text.indexOf("*/", at + 2);
    return end === -1 ? text.length : end + 2;
  }
  return undefined;
}

/** Reads a literal and those that are added to it. Gives the place behind them. */
function joined(text: string, start: number, syntax: Syntax, builder: MappedTextBuilder): number {
  let end = start;
  for (let at = start; ; ) {
    const quote = syntax.quotes.find(({ mark }) => text.startsWith(mark, at));
    if (quote === undefined) return end;
    const isRaw = quote.escapes && /(?:^|[^\w])[bBfFuU]?[rR][bBfF]?$/.test(text.slice(Math.max(0, at - 4), at));
    end = literal(text, at, { ...quote, escapes: quote.escapes && !isRaw }, builder);
    syntax.joint.lastIndex = end;
    const joint = syntax.joint.exec(text);
    if (joint === null) return end;
    at = syntax.joint.lastIndex;
  }
}

/** Reads one literal; one that ends with its line, though it should not, ends there (an apostrophe, a regular expression). */
function literal(text: string, start: number, { mark, lines, escapes }: Quote, builder: MappedTextBuilder): number {
  let at = start + mark.length;
  while (at < text.length) {
    if (text.startsWith(mark, at)) return at + mark.length;
    if (text[at] === "\n" && !lines) return at;
    if (escapes && text[at] === "\\") {
      const { character, length } = escapeAt(text, at);
      builder.appendEscape(character, at);
      at += length;
      continue;
    }
    const next = nextSpecial(text, at, mark);
    builder.append(text.slice(at, next), at);
    at = next;
  }
  return at;
}

function nextSpecial(text: string, from: number, mark: string): number {
  let at = from + 1;
  while (at < text.length && text[at] !== mark[0] && text[at] !== "\\" && text[at] !== "\n") at++;
  return at;
}

const LETTERS: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", v: "\v", "0": "\0" };

function escapeAt(text: string, at: number): { readonly character: string; readonly length: number } {
  const code = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\}|U([0-9a-fA-F]{8}))/y;
  code.lastIndex = at;
  const found = code.exec(text);
  if (found !== null) {
    const point = Number.parseInt(found.slice(1).find((digits) => digits !== undefined)!, 16);
    return { character: point <= 0x10ffff ? String.fromCodePoint(point) : "\uFFFD", length: found[0].length };
  }
  const letter = text[at + 1] ?? "";
  if (letter === "\n") return { character: "", length: 2 };
  return { character: LETTERS[letter] ?? letter, length: 2 };
}

interface Heredoc {
  readonly text: MappedText;
  readonly end: number;
}

/** `<<EOT` … `EOT`; with `<<-EOT` the lines' common indentation is not part of the text. */
function heredocAt(text: string, at: number): Heredoc | undefined {
  if (!text.startsWith("<<", at)) return undefined;
  const opening = /<<(-?)([A-Za-z_]\w*)[ \t]*\r?\n/y;
  opening.lastIndex = at;
  const found = opening.exec(text);
  if (found === null) return undefined;
  const from = opening.lastIndex;
  const closing = new RegExp(`^[ \\t]*${found[2]}[ \\t]*\\r?$`, "m").exec(text.slice(from));
  const end = closing === null ? text.length : from + closing.index;
  const body = text.slice(from, end);
  if (found[1] === "") return { text: copiedFrom(from, body), end };
  const indents = [...linesOf(body)].flatMap(({ line }) =>
    line.trim() === "" ? [] : [/^[ \t]*/.exec(line)![0].length],
  );
  const indent = Math.min(...indents, body.length);
  const builder = new MappedTextBuilder();
  for (const { line, start } of linesOf(body)) {
    const cut = Math.min(indent, /^[ \t]*/.exec(line)![0].length);
    builder.append(line.slice(cut), from + start + cut);
  }
  return { text: builder.build(from), end };
}
