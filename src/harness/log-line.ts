/** One message of Envoy's log. */
export interface LogLine {
  /** `warning`, `error`…; `raw` for a line that is not in Envoy's log format (a crash report, a message of the loader). */
  readonly level: string;
  /** Envoy's logger, e.g. `lua`, `wasm`, `main`. */
  readonly logger: string;
  /** The message as latin1: one character is one byte, line breaks inside the message included. */
  readonly message: string;
}

/** Flags under which `parseLogLine` gets every message back byte for byte, however many line breaks it has. */
export const LOG_FORMAT_FLAGS = ["--log-format-escaped", "--log-format", "[%l][%n] %v"] as const;

const LINE = /^\[(\w+)\]\[([\w-]+)\] (.*)$/s;

/** Reads one line (latin1, without its line break) written under `LOG_FORMAT_FLAGS`. */
export function parseLogLine(line: string): LogLine {
  const match = LINE.exec(line);
  if (match === null) return { level: "raw", logger: "", message: line };
  return { level: match[1]!, logger: match[2]!, message: unescapeC(match[3]!) };
}

const SIMPLE: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "'": "'", "\\": "\\" };

/** Undoes absl::CEscape, which `--log-format-escaped` applies to every message. */
function unescapeC(text: string): string {
  return text.replace(/\\(?:([0-7]{3})|(.))/gs, (whole, octal: string | undefined, char: string | undefined) =>
    octal !== undefined ? String.fromCharCode(Number.parseInt(octal, 8)) : (SIMPLE[char!] ?? whole),
  );
}
