import type { HeaderLines } from "../../src/harness/recording-upstream.js";

/** A request or response as the C++ test hands it to the filter, frame by frame. */
export interface Message {
  readonly headers: HeaderLines;
  /** Bodies that the test takes from a variable are not in its steps. */
  readonly chunks: readonly string[];
  readonly trailers?: HeaderLines;
  readonly endsWithHeaders: boolean;
}

/** One stream of the test, and what its side calls are answered with. */
export interface TestStream {
  readonly request: Message;
  readonly response?: Message;
  readonly calls: readonly Message[];
}

/** A line that the script must have logged; `level` in Envoy's spelling, its first four letters. */
export interface ExpectedLine {
  readonly level: string;
  readonly text: string;
}

interface OpenMessage {
  headers: HeaderLines;
  chunks: string[];
  trailers?: HeaderLines;
  endsWithHeaders: boolean;
}

interface OpenStream {
  request: OpenMessage;
  response?: OpenMessage;
  calls: OpenMessage[];
}

const FRAME = /(?:(\w+)->)?\b(decode|encode)(Headers|Data|Trailers)\((.*?)\)(?= -> |$)/;
const CALL_HEADERS = /^call response (\{.*\})$/;
const CALL_BODY = /^call response body (".*")$/;

/** The streams of a test in their order; every `decodeHeaders` opens one. */
export function streamsOf(steps: readonly string[]): readonly TestStream[] {
  const streams: OpenStream[] = [];
  const current = (): OpenStream => {
    if (streams.length === 0) streams.push({ request: opened("", true), calls: [] });
    return streams.at(-1)!;
  };
  for (const step of steps) {
    const call = CALL_HEADERS.exec(step)?.[1];
    if (call !== undefined) current().calls.push(opened(call, false));
    const callBody = CALL_BODY.exec(step)?.[1];
    if (callBody !== undefined) current().calls.at(-1)?.chunks.push(unquote(callBody));
    const frame = FRAME.exec(step);
    if (frame === null) continue;
    const [, peer, direction, part, given = ""] = frame;
    const isEnd = given.endsWith("end_stream");
    const content = given.replace(/,? ?end_stream$/, "");
    if (part === "Headers") {
      const message = opened(content, isEnd);
      if (direction === "decode") streams.push({ request: message, calls: [] });
      else if (peer === "lua_request_") current().calls.push(message);
      else current().response = message;
      continue;
    }
    const target =
      direction === "decode"
        ? current().request
        : peer === "lua_request_"
          ? current().calls.at(-1)
          : current().response;
    if (target === undefined) continue;
    if (part === "Trailers") target.trailers = readHeaders(content);
    else if (content.startsWith('"')) target.chunks.push(unquote(content));
  }
  return streams;
}

function opened(headers: string, endsWithHeaders: boolean): OpenMessage {
  return { headers: readHeaders(headers), chunks: [], endsWithHeaders };
}

/** `{:path: /, a: b, c}` as the digest writes header maps; anything else (a variable of the test) has none. */
function readHeaders(text: string): HeaderLines {
  const inner = /^\{(.*)\}$/s.exec(text)?.[1];
  if (inner === undefined || inner === "") return [];
  return inner.split(/, (?=:?[\w-]+: )/).map((line) => {
    const colon = line.indexOf(":", 1);
    return [line.slice(0, colon), line.slice(colon + 1).trim()] as const;
  });
}

/** What the test expects the script to log (`LOGS`), to print or to raise. */
export function expectedLines(steps: readonly string[]): readonly ExpectedLine[] {
  return steps.flatMap((step) => {
    const printed = /^print (".*")$/s.exec(step)?.[1];
    if (printed !== undefined) return [{ level: "info", text: unquote(printed) }];
    const thrown = /^THROWS (".*") <- /s.exec(step)?.[1];
    if (thrown !== undefined) return [{ level: "erro", text: unquote(thrown) }];
    const logs = /(?<!NOT )\bLOGS? \[(.*)\]$/s.exec(step)?.[1] ?? "";
    return [...logs.matchAll(/\b(trace|debug|info|warn|error|critical)\w*:("(?:\\.|[^"\\])*")/gs)].map(
      ([, level = "", text = ""]) => ({ level: level.slice(0, 4), text: evaluate(unquote(text)) }),
    );
  });
}

/** Last value of a filter counter that the test looks at. */
export function expectedCount(steps: readonly string[], counter: "errors" | "executions"): number | undefined {
  const values = steps.flatMap((step) => new RegExp(`^${counter}=(\\d+)$`).exec(step)?.[1] ?? []);
  return values.length === 0 ? undefined : Number(values.at(-1));
}

/** Names of the functions that a wrapper test starts, with the error that each must raise. */
export function startedFunctions(
  steps: readonly string[],
): readonly { readonly name: string; readonly error?: string }[] {
  return steps.flatMap((step) => {
    const match = /^(?:THROWS (".*") <- )?start\("(\w+)"\)$/s.exec(step);
    if (match === null) return [];
    const [, error, name = ""] = match;
    return [{ name, ...(error === undefined ? {} : { error: unquote(error) }) }];
  });
}

/** `std::string("resp\0nse", 8)`: the text that C++ makes of it. */
function evaluate(text: string): string {
  const match = /^std::string\((".*"), (\d+)\)$/s.exec(text);
  return match === null ? text : unquote(match[1]!).slice(0, Number(match[2]));
}

const SIMPLE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "0": "\0" };

/** A C++ string literal as latin1. */
function unquote(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|(.))/gs, (_, hex: string | undefined, char: string | undefined) =>
      hex === undefined ? (SIMPLE[char!] ?? char!) : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}
