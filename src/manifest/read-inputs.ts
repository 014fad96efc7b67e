import { isUtf8 } from "node:buffer";
import { createReadStream, type Dirent, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { holdsEmbeddedTexts } from "./embedded-texts.js";
import type { Note, Problem } from "./lua-site.js";

export type FileInput =
  | {
      readonly type: "file";
      readonly file: string;
      readonly text: string;
      /** Given by the user, rather than come upon in a directory: then its syntax is his concern even where it has no Lua. */
      readonly named: boolean;
    }
  | { readonly type: "problem"; readonly problem: Problem };

/** Where inputs are not files, there may be something to say about them all. */
export type Input = FileInput | { readonly type: "note"; readonly note: Note };

export interface ReadOptions {
  /** What `-` reads. */
  readonly stdin?: AsyncIterable<Buffer | string>;
  /** Files beyond this many bytes are problems, not read. */
  readonly maxBytes?: number;
  /** Also read the Markdown, Go, Python, HCL and TypeScript files of directories. */
  readonly embedded?: boolean;
}

/** What `-` is called in messages and positions. */
const STDIN_NAME = "<stdin>";

const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * The texts of files, of `*.yaml`, `*.yml`, `*.json` and `*.lua` in directories (depth first, by name, so that ids do not depend on the disk), and of
 * standard input for `-`. Left out of directories: what begins with a dot, `node_modules`, and directories behind symbolic links. No file comes
 * twice. What cannot be read, is binary, not UTF-8 (or UTF-16 with a byte order mark) or too large comes as a problem.
 */
export async function* readInputs(paths: readonly string[], options: ReadOptions = {}): AsyncGenerator<FileInput> {
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const seen = new Set<string>();
  for (const { path, named, problem } of paths.flatMap((path) => [...expand(path, options.embedded === true)])) {
    if (problem !== undefined) {
      yield { type: "problem", problem };
      continue;
    }
    const key = path === "-" ? "-" : resolve(path);
    if (seen.has(key)) continue;
    seen.add(key);
    const stdin = options.stdin ?? process.stdin;
    yield path === "-" ? await readStream(STDIN_NAME, stdin, maxBytes) : await readPath(path, named, maxBytes);
  }
}

interface InputPath {
  readonly path: string;
  readonly named: boolean;
  readonly problem?: Problem;
}

function* expand(path: string, embedded: boolean): Generator<InputPath> {
  const stats = path === "-" ? undefined : statOf(path);
  if (stats instanceof Error) yield { path, named: true, problem: failure(path, stats) };
  else if (stats?.isDirectory() === true) yield* search(path, embedded);
  else yield { path, named: true };
}

function* search(directory: string, embedded: boolean): Generator<InputPath> {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    yield { path: directory, named: false, problem: failure(directory, error) };
    return;
  }
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* search(path, embedded);
    else if (/\.(ya?ml|json|lua)$/i.test(entry.name) || (embedded && holdsEmbeddedTexts(entry.name)))
      yield* fileOrLink(path, entry);
  }
}

function* fileOrLink(path: string, entry: Dirent): Generator<InputPath> {
  if (entry.isFile()) yield { path, named: false };
  if (!entry.isSymbolicLink()) return;
  const stats = statOf(path);
  if (stats instanceof Error) yield { path, named: false, problem: failure(path, stats) };
  else if (stats.isFile()) yield { path, named: false };
}

function statOf(path: string): Stats | Error {
  try {
    return statSync(path);
  } catch (error) {
    return error as Error;
  }
}

async function readPath(path: string, named: boolean, maxBytes: number): Promise<FileInput> {
  try {
    const stats = statSync(path);
    if (stats.isFIFO()) return await readStream(path, createReadStream(path), maxBytes);
    if (!stats.isFile()) return { type: "problem", problem: { file: path, message: "not a file" } };
    if (stats.size > maxBytes) return tooLarge(path, maxBytes);
    return decode(path, readFileSync(path), named);
  } catch (error) {
    return { type: "problem", problem: failure(path, error) };
  }
}

async function readStream(file: string, stream: AsyncIterable<Buffer | string>, maxBytes: number): Promise<FileInput> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk);
    bytes += buffer.length;
    if (bytes > maxBytes) return tooLarge(file, maxBytes);
    chunks.push(buffer);
  }
  return decode(file, Buffer.concat(chunks), true);
}

function decode(file: string, bytes: Buffer, named: boolean): FileInput {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { type: "file", file, text: utf16(bytes, "utf-16le"), named };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { type: "file", file, text: utf16(bytes, "utf-16be"), named };
  if (bytes.includes(0)) return { type: "problem", problem: { file, message: "a binary file" } };
  if (isUtf8(bytes)) return { type: "file", file, text: bytes.toString("utf8"), named };
  return { type: "problem", problem: { file, ...firstBadByte(bytes) } };
}

function utf16(bytes: Buffer, encoding: "utf-16le" | "utf-16be"): string {
  return new TextDecoder(encoding).decode(bytes);
}

/** The decoder writes U+FFFD for what it cannot read: the first one that the file does not hold itself. */
function firstBadByte(bytes: Buffer): Omit<Problem, "file"> {
  let offset = 0;
  let line = 1;
  let column = 1;
  for (const character of bytes.toString("utf8")) {
    const length = Buffer.byteLength(character);
    if (character === "\uFFFD" && bytes.toString("latin1", offset, offset + length) !== "\xEF\xBF\xBD") break;
    offset += length;
    if (character === "\n") {
      line++;
      column = 1;
    } else column += character.length;
  }
  const byte = (bytes[offset] ?? 0).toString(16).padStart(2, "0");
  return { line, column, message: `not UTF-8 (byte 0x${byte})` };
}

function tooLarge(file: string, maxBytes: number): FileInput {
  const limit = maxBytes / (1024 * 1024);
  const shown = limit >= 1 ? `${Math.round(limit)} MB` : `${maxBytes} bytes`;
  return { type: "problem", problem: { file, message: `larger than ${shown}; split it` } };
}

const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: "no such file or directory",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ELOOP: "too many symbolic links",
  ENOTDIR: "no such file or directory",
  ENAMETOOLONG: "the name is too long",
};

function failure(file: string, error: unknown): Problem {
  const { code, message } = error as NodeJS.ErrnoException;
  return { file, message: FAILURES[code ?? ""] ?? message };
}
