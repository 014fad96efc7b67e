import { readFileSync } from "node:fs";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { InputError } from "../support/failure.js";
import { isHar, requestsFromHar } from "./har.js";
import { requestFile } from "./request-file-schema.js";
import type { VerifyRequest } from "./verify-request.js";

/**
 * Reads a file of requests: moonshift's own YAML (see docs/request-files.md) or a HAR.
 * @throws InputError with the place of the first fault
 */
export function readRequestFile(file: string): VerifyRequest[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(`cannot be read: ${(error as Error).message}`, { file });
  }
  return parseRequests(text, file);
}

/** As `readRequestFile`, for text. @param file name for error messages */
export function parseRequests(text: string, file: string): VerifyRequest[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const fault = document.errors[0];
  if (fault !== undefined) throw new InputError(firstLine(fault.message), { file, ...place(lines, fault.pos[0]) });
  const value: unknown = toPlain(document, file);
  if (isHar(value)) return requestsFromHar(value, file);
  const result = requestFile.safeParse(value);
  if (!result.success) throw complain(result.error, document, lines, file);
  return result.data.requests.flatMap(({ repeat, name, body, trailers, client, dynamicMetadata, ...rest }) => {
    const request: VerifyRequest = {
      name: name ?? `${rest.method} ${rest.path}`,
      ...rest,
      ...(body === undefined ? {} : { body }),
      ...(trailers === undefined ? {} : { trailers }),
      ...(client === undefined ? {} : { client }),
      ...(dynamicMetadata === undefined ? {} : { dynamicMetadata }),
    };
    return Array.from({ length: repeat }, () => request);
  });
}

function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    throw new InputError((error as Error).message, { file, line: 1, column: 1 });
  }
}

/** The deepest complaint of the first fault, at the YAML node that it is about. */
function complain(error: z.ZodError, document: Document, lines: LineCounter, file: string): InputError {
  const { path, message } = deepest(error.issues[0]!);
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range != null) {
      const where = path.length === 0 ? "the file" : path.map(String).join(".");
      return new InputError(`${where}: ${message}`, { file, ...place(lines, node.range[0]) });
    }
  }
  return new InputError(message, { file, line: 1, column: 1 });
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** In a union, the alternative that got furthest says best what is wrong. */
function deepest(issue: z.core.$ZodIssue): Fault {
  if (issue.code !== "invalid_union") return issue;
  const inner = issue.errors.flatMap((issues) => issues.slice(0, 1).map(deepest));
  const best = inner.sort((a, b) => b.path.length - a.path.length)[0];
  return best === undefined || best.path.length === 0
    ? { path: issue.path, message: best?.message ?? issue.message }
    : { path: [...issue.path, ...best.path], message: best.message };
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

function firstLine(message: string): string {
  return message.split("\n")[0]!;
}
