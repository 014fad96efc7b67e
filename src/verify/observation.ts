import type { LogLine } from "../harness/log-line.js";
import type { RecordedRequest } from "../harness/recording-upstream.js";
import type { Outcome } from "../harness/traffic.js";
import type { WrittenMetadata } from "./written-metadata.js";

/** Everything that could be seen of one request in one arm. */
export interface Observation {
  readonly outcome: Outcome;
  /** What the upstream got: one request, or none when the filter answered. */
  readonly upstream: readonly RecordedRequest[];
  readonly calls: readonly RecordedRequest[];
  /** What the script logged, script errors included. */
  readonly log: readonly { readonly level: string; readonly text: string }[];
  /** What Envoy said of a module that crashed, was refused or called the host wrongly; no Lua arm has any. */
  readonly wasmFailures: readonly string[];
  /** Marks that an instrumented script wrote. */
  readonly branches: readonly number[];
  /** Dynamic metadata of the stream when it ended; `unlogged` when Envoy did not tell in time, absent where nobody asked. */
  readonly metadata?: WrittenMetadata | "unlogged";
  /** Counted by Envoy; always 0 for a Wasm arm. */
  readonly scriptErrors: number;
}

/** Expression for the counter of script errors of an arm. */
export function scriptErrorStat(arm: string): string {
  return `^http\\.${arm}\\.lua\\.${arm}\\.errors$`;
}

/** What an instrumented script writes to standard error when it enters a branch. */
export const BRANCH_MARK = "moonshift-branch ";

const LUA_PREFIX = "script log: ";
/** `wasm log <plugin> <root id> <vm id>: `; none of the names that moonshift gives has a colon. */
const WASM_PREFIX = /^wasm log[^:]*: /;
const FAILURE_LEVELS = new Set(["error", "critical"]);

/** Sorts log lines into what the script said and what Envoy said of it; both arms' prefixes are taken off. */
export function readLogLines(lines: readonly LogLine[]): Pick<Observation, "log" | "wasmFailures" | "branches"> {
  const log: { level: string; text: string }[] = [];
  const wasmFailures: string[] = [];
  const branches: number[] = [];
  for (const { level, logger, message } of lines) {
    const wasmPrefix = logger === "wasm" ? WASM_PREFIX.exec(message) : null;
    if (logger === "lua" && message.startsWith(LUA_PREFIX)) {
      log.push({ level, text: message.slice(LUA_PREFIX.length) });
    } else if (wasmPrefix !== null) {
      log.push({ level, text: message.slice(wasmPrefix[0].length) });
    } else if (logger === "wasm" && FAILURE_LEVELS.has(level)) {
      wasmFailures.push(message);
    } else if (level === "raw" && message.startsWith(BRANCH_MARK)) {
      branches.push(Number(message.slice(BRANCH_MARK.length)));
    }
  }
  return { log, wasmFailures, branches };
}
