import type { CST } from "yaml";
import { type MappedText, MappedTextBuilder } from "./offset-map.js";

/**
 * The text of a YAML scalar (or JSON string) with the place of each character, as YAML 1.2 §7.3 and §8.1 define it. The `yaml` library gives
 * the same text without the places; the tests hold the two together. Origins are offsets into the text that was parsed.
 */
export function scalarText(token: CST.FlowScalar | CST.BlockScalar): MappedText {
  switch (token.type) {
    case "block-scalar":
      return blockScalar(token);
    case "double-quoted-scalar":
      return doubleQuoted(token.source, token.offset);
    case "single-quoted-scalar":
      return foldedLines(token.source.slice(1, -1), token.offset + 1, true);
    default:
      return foldedLines(token.source, token.offset, false);
  }
}

const LINE_BREAK = /\r?\n/g;

/** Plain and single-quoted: white space around a line break goes, one break becomes a space, n + 1 breaks become n. */
function foldedLines(source: string, start: number, quoted: boolean): MappedText {
  const out = new MappedTextBuilder();
  const breaks = [...source.matchAll(LINE_BREAK)];
  let pendingAt = -1;
  let emptyLines = 0;
  for (let index = 0; index <= breaks.length; index++) {
    let from = index === 0 ? 0 : breaks[index - 1]!.index + breaks[index - 1]![0].length;
    let to = breaks[index]?.index ?? source.length;
    if (index > 0) while (from < to && isBlank(source[from])) from++;
    if (index < breaks.length) while (to > from && isBlank(source[to - 1])) to--;
    const last = index === breaks.length;
    if (from === to && index > 0 && !last) {
      emptyLines++;
      continue;
    }
    if (index > 0) appendFold(out, emptyLines, start + pendingAt);
    appendQuoted(out, source.slice(from, to), start + from, quoted);
    pendingAt = to;
    emptyLines = 0;
  }
  return out.build(start);
}

function appendFold(out: MappedTextBuilder, emptyLines: number, at: number): void {
  out.appendEscape(emptyLines === 0 ? " " : "\n".repeat(emptyLines), at);
}

function appendQuoted(out: MappedTextBuilder, line: string, start: number, quoted: boolean): void {
  let from = 0;
  if (quoted) {
    for (let quote = line.indexOf("''"); quote !== -1; quote = line.indexOf("''", from)) {
      out.append(line.slice(from, quote + 1), start + from);
      from = quote + 2;
    }
  }
  out.append(line.slice(from), start + from);
}

function isBlank(character: string | undefined): boolean {
  return character === " " || character === "\t";
}

function doubleQuoted(source: string, start: number): MappedText {
  const out = new MappedTextBuilder();
  const end = source.length - 1;
  let at = 1;
  while (at < end) {
    const run = nextSpecial(source, at, end);
    out.append(source.slice(at, run), start + at);
    at = run;
    if (at >= end) break;
    at = source[at] === "\\" ? escapeSequence(source, at, start, out) : fold(source, at, start, out);
  }
  return out.build(start + 1);
}

/** The next backslash, or the next white space that leads to a line break. */
function nextSpecial(source: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    if (source[at] === "\\" || isBreak(source, at)) return at;
    if (!isBlank(source[at])) continue;
    const blanks = at;
    while (isBlank(source[at + 1])) at++;
    if (isBreak(source, at + 1)) return blanks;
  }
  return end;
}

function isBreak(source: string, at: number): boolean {
  return source[at] === "\n" || (source[at] === "\r" && source[at + 1] === "\n");
}

/** A line break with the white space around it, and the empty lines that follow. */
function fold(source: string, from: number, start: number, out: MappedTextBuilder): number {
  let at = from;
  let breaks = 0;
  while (isBlank(source[at]) || isBreak(source, at)) {
    if (source[at] === "\n") breaks++;
    at++;
  }
  out.appendEscape(breaks === 1 ? " " : "\n".repeat(breaks - 1), start + from);
  return at;
}

function escapeSequence(source: string, from: number, start: number, out: MappedTextBuilder): number {
  const code = source[from + 1]!;
  const digits = HEX_DIGITS[code];
  if (digits !== undefined) {
    out.appendEscape(
      String.fromCodePoint(Number.parseInt(source.slice(from + 2, from + 2 + digits), 16)),
      start + from,
    );
    return from + 2 + digits;
  }
  if (code === "\n" || code === "\r") {
    let at = from + (code === "\r" ? 3 : 2);
    while (isBlank(source[at])) at++;
    return at;
  }
  out.appendEscape(ESCAPES[code] ?? code, start + from);
  return from + 2;
}

const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  N: "\u0085",
  _: "\u00a0",
  L: "\u2028",
  P: "\u2029",
};

interface BlockLine {
  readonly indent: number;
  /** Without the indentation and the line break. */
  readonly content: string;
  /** Offset of the indentation. */
  readonly start: number;
}

function blockScalar(token: CST.BlockScalar): MappedText {
  const header = token.props.find((prop) => prop.type === "block-scalar-header");
  const marks = header !== undefined && "source" in header ? header.source : "|";
  const explicit = Number(/[1-9]/.exec(marks)?.[0] ?? 0);
  const bodyStart =
    token.offset + token.props.reduce((sum, prop) => sum + ("source" in prop ? prop.source.length : 0), 0);
  const lines = blockLines(token.source, bodyStart);

  let contentEnd = lines.findLastIndex((line) => line.content !== "") + 1;
  const out = new MappedTextBuilder();
  if (contentEnd === 0) {
    const kept = marks.includes("+") && token.source !== "" ? Math.max(1, lines.length - 1) : 0;
    out.append("\n".repeat(kept), bodyStart);
    return out.build(bodyStart);
  }
  const contentStart = lines.findIndex((line) => line.content !== "");
  const trim = explicit === 0 ? lines[contentStart]!.indent : token.indent + explicit;
  // Trailing lines of blanks only that reach further than the indentation are content.
  for (let index = lines.length - 1; index >= contentEnd; index--) {
    if (lines[index]!.indent > trim) contentEnd = index + 1;
  }

  for (const line of lines.slice(0, contentStart)) appendLine(out, line, trim, "\n");
  const content = lines.slice(contentStart, contentEnd);
  if (marks.startsWith("|")) appendLiteral(out, content, trim);
  else appendFolded(out, content, trim);
  appendEnd(out, lines, contentEnd, trim, marks);
  return out.build(bodyStart);
}

function blockLines(source: string, start: number): BlockLine[] {
  const lines: BlockLine[] = [];
  for (let from = 0; from <= source.length; ) {
    const found = source.indexOf("\n", from);
    const end = found === -1 ? source.length : found;
    let indent = 0;
    while (source[from + indent] === " ") indent++;
    const raw = source.slice(from + indent, end);
    lines.push({ indent, content: raw.endsWith("\r") ? raw.slice(0, -1) : raw, start: start + from });
    from = end + 1;
  }
  return lines;
}

function endOf(line: BlockLine): number {
  return line.start + line.indent + line.content.length;
}

function appendLine(out: MappedTextBuilder, line: BlockLine, trim: number, ending: string): void {
  const indent = Math.min(trim, line.indent);
  out.append(" ".repeat(line.indent - indent) + line.content, line.start + indent);
  out.append(ending, endOf(line));
}

function appendLiteral(out: MappedTextBuilder, lines: readonly BlockLine[], trim: number): void {
  for (const [index, line] of lines.entries()) appendLine(out, line, trim, index === lines.length - 1 ? "" : "\n");
}

/** Breaks between lines of the same indentation fold; those around more-indented lines stay (YAML 1.2 §8.1.3). */
function appendFolded(out: MappedTextBuilder, lines: readonly BlockLine[], trim: number): void {
  let separator = "";
  let previousMoreIndented = false;
  for (const [index, line] of lines.entries()) {
    const separatorAt = index === 0 ? line.start : endOf(lines[index - 1]!);
    if (line.indent > trim || line.content.startsWith("\t")) {
      if (separator === " ") separator = "\n";
      else if (!previousMoreIndented && separator === "\n") separator = "\n\n";
      out.append(separator, separatorAt);
      appendLine(out, line, trim, "");
      separator = "\n";
      previousMoreIndented = true;
    } else if (line.content === "") {
      if (separator === "\n") out.append("\n", separatorAt);
      else separator = "\n";
    } else {
      out.append(separator, separatorAt);
      appendLine(out, line, trim, "");
      separator = " ";
      previousMoreIndented = false;
    }
  }
}

/** Chomping: `-` drops the final break, `+` keeps it and the empty lines after it, else one break stays. */
function appendEnd(
  out: MappedTextBuilder,
  lines: readonly BlockLine[],
  contentEnd: number,
  trim: number,
  marks: string,
): void {
  if (marks.includes("-")) return;
  const last = lines[contentEnd - 1]!;
  if (!marks.includes("+") || contentEnd === lines.length) {
    out.append("\n", endOf(last));
    return;
  }
  for (const [index, line] of lines.slice(contentEnd).entries()) {
    out.append("\n", endOf(lines[contentEnd + index - 1]!));
    appendLine(out, line, trim, "");
  }
}
