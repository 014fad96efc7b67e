import { Worker } from "node:worker_threads";
import { type GuestProgram, generate } from "../../src/codegen/generate.js";
import { compileQuickly } from "../../test/codegen/compile-quickly.js";
import type { Oracle } from "../../test/oracle/luajit.js";
import { type Instrumented, instrument, MARK, STOP_AT } from "./instrument.js";

/** What a file of a suite does in Envoy's LuaJIT and in the compiled module. */
export interface FileOutcome {
  /** Assertions that came out alike on both sides (nearly all: passed). */
  readonly alike: number;
  /** Among `alike`: those that fail in Envoy's LuaJIT, too. */
  readonly failLuaJit: number;
  /** Assertions that came out differently. */
  readonly differences: readonly string[];
  /** Assertions that neither side reached. */
  readonly unreached: number;
  /** Statements that are left out, and why; with the assertions that stand in them. */
  readonly leftOut: readonly LeftOut[];
}

interface LeftOut {
  readonly line: number;
  readonly side: "refused" | "luajit" | "compiled";
  readonly reason: string;
  readonly assertions: number;
}

/** Compiled at most as often as this: each statement that fails is left out and the rest tried again. */
const MAXIMUM_ATTEMPTS = 60;
const TIMEOUT_MS = 20_000;

/** Runs one file on both sides; what is refused or raises is left out, on both sides alike, until the rest runs through. */
export async function runFile(oracle: Oracle, source: string): Promise<FileOutcome> {
  const file = new SuiteFile(source);
  while (file.leaveRefused()) {}
  for (let attempt = 0; attempt < MAXIMUM_ATTEMPTS; attempt++) {
    const luajit = await throughLuaJit(oracle, file);
    const program = generate(file.parts.text);
    // What was left out may have been what made the rest compile.
    if (program.refusals.length > 0) {
      file.leaveRefused();
      continue;
    }
    const compiled = await inModule(program);
    if (compiled.error === undefined)
      return { ...compareOutcomes(file.parts.assertions, luajit, compiled), leftOut: file.leftOut };
    file.leave(compiled.at, "compiled", `${compiled.error} (LuaJIT goes on)`);
  }
  throw new Error(`still failing after ${MAXIMUM_ATTEMPTS} attempts`);
}

/** Leaves out what fails in LuaJIT, where that is so only because of what was left out before. */
async function throughLuaJit(oracle: Oracle, file: SuiteFile): Promise<Run> {
  for (;;) {
    const run = await inLuaJit(oracle, file.parts.text);
    if (run.error === undefined) return run;
    const at = run.error === ENDLESS ? await endless(oracle, file) : run.at;
    file.leave(at, "luajit", run.error);
  }
}

/** Line of the first statement with which LuaJIT does not end. */
async function endless(oracle: Oracle, file: SuiteFile): Promise<number> {
  const lines = file.parts.statements.map(({ line }) => line);
  let [low, high] = [0, lines.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const { error } = await inLuaJit(oracle, `${STOP_AT}${lines[middle]} ${file.parts.text}`);
    if (error === ENDLESS) high = middle;
    else low = middle;
  }
  return lines[low]!;
}

/** A file and what of it is left out. */
class SuiteFile {
  parts: Instrumented;
  readonly leftOut: LeftOut[] = [];
  private readonly starts = new Set<number>();

  constructor(private readonly source: string) {
    this.parts = instrument(source, this.starts);
  }

  /** Whether anything was refused that is left out now. */
  leaveRefused(): boolean {
    const { refusals, script } = generate(this.parts.text);
    const places = refusals.map(({ id, message, range }) => ({
      line: script.bytes.slice(0, range[0]).split("\n").length,
      reason: `${id}: ${message}`,
    }));
    for (const { line, reason } of places) this.leave(line, "refused", reason);
    return places.length > 0;
  }

  /** Leaves out the statement at a line or, when none begins there, around it. */
  leave(line: number, side: LeftOut["side"], reason: string): void {
    const place = this.parts.statements.findLast(
      (at) => at.line <= line && line <= at.endLine && !this.starts.has(at.start),
    );
    if (!place && this.parts.statements.some((at) => at.line <= line && line <= at.endLine)) return;
    if (!place) throw new Error(`line ${line}: ${side}: ${reason}`);
    const before = this.parts.assertions.length;
    this.starts.add(place.start);
    this.parts = instrument(this.source, this.starts);
    this.leftOut.push({ line: place.line, side, reason, assertions: before - this.parts.assertions.length });
  }
}

function compareOutcomes(assertions: readonly string[], luajit: Run, compiled: Run): Omit<FileOutcome, "leftOut"> {
  let alike = 0;
  let failLuaJit = 0;
  let unreached = 0;
  const differences: string[] = [];
  for (const place of assertions) {
    const [ours, theirs] = [compiled.outcomeOf(place), luajit.outcomeOf(place)];
    if (ours !== theirs) differences.push(`${place}: ${ours}, in LuaJIT ${theirs}`);
    else if (ours === "not reached") unreached++;
    else alike++;
    if (ours === theirs && ours.startsWith("fail")) failLuaJit++;
  }
  return { alike, failLuaJit, differences, unreached };
}

/** What one side has reported. */
class Run {
  /** Line of the statement that ran last. */
  readonly at: number;
  private readonly outcomes = new Set<string>();

  constructor(
    lines: readonly string[],
    readonly error: string | undefined,
  ) {
    let at = 0;
    for (const line of lines) {
      if (line.startsWith(`${MARK}at `)) at = Number(line.slice(4));
      else if (line.startsWith(MARK)) this.outcomes.add(line.slice(1));
    }
    this.at = at;
  }

  outcomeOf(place: string): string {
    const found = ["ok", "fail"].filter((outcome) => this.outcomes.has(`${outcome} ${place}`));
    const values = [...this.outcomes].filter((outcome) => outcome.startsWith(`value ${place} `));
    return [...found, ...values.map((value) => value.replace(ADDRESS, "0x…"))].join(" and ") || "not reached";
  }
}

const ADDRESS = /0x[0-9a-f]{8,}/g;

const ENDLESS = "does not end";

async function inLuaJit(oracle: Oracle, text: string): Promise<Run> {
  const [result] = await oracle.run([text]);
  if (!result || result.phase === "timeout") return new Run([], ENDLESS);
  return new Run(result.printed, result.ok ? undefined : (result.error ?? "an error that is no string"));
}

async function inModule(program: GuestProgram): Promise<Run> {
  const lines: string[] = [];
  const end = await inWorker(await compileQuickly(program), lines);
  const error = lines.find((line) => line.startsWith(LOAD_ERROR))?.slice(LOAD_ERROR.length);
  return new Run(lines, end ?? error);
}

const LOAD_ERROR = "script load error: ";

/** Runs the module's top level in a thread of its own, so that what does not end can be ended. */
function inWorker(bytes: Uint8Array, lines: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL("./module-worker.js", import.meta.url), { workerData: bytes });
    const timer = setTimeout(() => {
      resolve(ENDLESS);
      void worker.terminate();
    }, TIMEOUT_MS);
    worker.on("message", (line: string) => lines.push(line));
    worker.on("error", (error) => resolve(`trap: ${error.message}`));
    worker.on("exit", () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });
}
