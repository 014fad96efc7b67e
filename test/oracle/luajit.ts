import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { RunningEnvoy } from "../../src/harness/envoy.js";
import { renderFilterArms } from "../../src/harness/filter-arms.js";
import { sendHttp1 } from "../../src/harness/traffic.js";
import { packageRoot } from "../../src/support/package-root.js";

/** Lua source: a string is sent as UTF-8, bytes as they are. `name` is the chunk name (`=x`, `@x` or text); default the text itself, as Envoy does. */
export type OracleChunk = string | Uint8Array | { readonly text: string | Uint8Array; readonly name: string };

/** A Lua value with its type; nothing is lost. Comparable with `toEqual`: table entries are sorted, tables numbered in that order. */
export type OracleValue =
  | { readonly type: "nil" | "function" | "thread" | "userdata" | "cdata" }
  | { readonly type: "boolean"; readonly value: boolean }
  /** `%.17g`, so `-0`, `inf`, `nan` and every bit are told apart. */
  | { readonly type: "number"; readonly value: string }
  | { readonly type: "string"; readonly hex: string }
  | { readonly type: "table"; readonly id: number; readonly entries: readonly (readonly [OracleValue, OracleValue])[] }
  /** A table that was written out before, under that id. */
  | { readonly type: "seen"; readonly id: number };

export interface OracleResult {
  /** `load`: did not compile; `run`: returned or failed; `yield`: yielded outside any coroutine of its own; `timeout`: did not end. */
  readonly phase: "load" | "run" | "yield" | "timeout";
  readonly ok: boolean;
  /** What the chunk returned or yielded; when not ok, the error object alone. */
  readonly values: readonly OracleValue[];
  /** The error as text (latin1), when it is a string. */
  readonly error?: string;
  /** Lines given to `print`, latin1. */
  readonly printed: readonly string[];
}

/** Runs chunks in Envoy's own LuaJIT, each with fresh globals, in order. One Envoy for the whole call (about 0.3 s); see `startOracle` for many calls. */
export async function luajit(chunks: readonly OracleChunk[]): Promise<OracleResult[]> {
  await using oracle = await startOracle();
  return await oracle.run(chunks);
}

export interface Oracle extends AsyncDisposable {
  run(chunks: readonly OracleChunk[]): Promise<OracleResult[]>;
}

/** @param timeoutMs for all chunks of a request; one that does not end costs a restart of Envoy. Long, since machines have other things to do */
export async function startOracle(timeoutMs = 60_000): Promise<Oracle> {
  const launcher = await chooseLocalEnvoy();
  const lua = readFileSync(join(packageRoot(), "test/oracle/luajit.lua"), "utf8");
  const { bootstrap } = renderFilterArms([{ name: "oracle", lua: { text: lua } }], [], { bufferLimitBytes: 1 << 28 });
  let envoy: RunningEnvoy = await launcher.start(bootstrap);

  const runBatch = async (batch: readonly Buffer[]): Promise<OracleResult[]> => {
    const request = { method: "POST", path: "/", headers: [["host", "oracle"]] as const, body: Buffer.concat(batch) };
    const outcome = await sendHttp1(envoy.port("oracle"), request, { timeoutMs });
    if (outcome.kind === "response" && outcome.response.status === 200 && outcome.response.body.length > 0) {
      return (JSON.parse(outcome.response.body.toString("latin1")) as RawResult[]).map(canonical);
    }
    if (outcome.kind === "response") throw new Error(`oracle failed: ${errorsOf(envoy)}`);
    await envoy.stop();
    envoy = await launcher.start(bootstrap);
    if (batch.length === 1) return [{ phase: "timeout", ok: false, values: [], printed: [] }];
    const results: OracleResult[] = [];
    for (const chunk of batch) results.push(...(await runBatch([chunk])));
    return results;
  };
  return {
    async run(chunks) {
      const results: OracleResult[] = [];
      for (const batch of batches(chunks.map(encodeChunk))) results.push(...(await runBatch(batch)));
      return results;
    },
    [Symbol.asyncDispose]: () => envoy.stop(),
  };
}

const BATCH_BYTES = 256 * 1024;
const BATCH_CHUNKS = 200;

function batches(chunks: readonly Buffer[]): Buffer[][] {
  const result: Buffer[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const chunk of chunks) {
    const last = result.at(-1);
    if (last === undefined || bytes + chunk.length > BATCH_BYTES || last.length === BATCH_CHUNKS) {
      result.push([chunk]);
      bytes = chunk.length;
    } else {
      last.push(chunk);
      bytes += chunk.length;
    }
  }
  return result;
}

function encodeChunk(chunk: OracleChunk): Buffer {
  const given = typeof chunk === "string" || chunk instanceof Uint8Array ? { text: chunk, name: "" } : chunk;
  const text = Buffer.from(given.text as string);
  const name = Buffer.from(given.name);
  return Buffer.concat([Buffer.from(`${name.length} ${text.length}\n`), name, text]);
}

type RawResult = Omit<OracleResult, "error">;

function canonical(raw: RawResult): OracleResult {
  const values = renumber(raw.values);
  const first = values[0];
  return {
    phase: raw.phase,
    ok: raw.ok,
    values,
    ...(!raw.ok && first?.type === "string" ? { error: fromHex(first.hex) } : {}),
    printed: raw.printed.map(fromHex),
  };
}

/** Sorts table entries by key and numbers tables in the order in which they are then met: `next` has no order of its own. */
function renumber(values: readonly OracleValue[]): OracleValue[] {
  const tables = new Map<number, OracleValue & { type: "table" }>();
  const collect = (value: OracleValue): void => {
    if (value.type !== "table") return;
    tables.set(value.id, value);
    for (const entry of value.entries) entry.forEach(collect);
  };
  values.forEach(collect);

  const numbers = new Map<number, number>();
  const visit = (value: OracleValue): OracleValue => {
    if (value.type !== "table" && value.type !== "seen") return value;
    const known = numbers.get(value.id);
    if (known !== undefined) return { type: "seen", id: known };
    const id = numbers.size + 1;
    numbers.set(value.id, id);
    const entries = [...tables.get(value.id)!.entries].sort(([a], [b]) => compareText(sortKey(a), sortKey(b)));
    return { type: "table", id, entries: entries.map(([key, item]) => [visit(key), visit(item)] as const) };
  };
  return values.map(visit);
}

function sortKey(key: OracleValue): string {
  return key.type === "number" ? `number ${key.value.padStart(30, "0")}` : JSON.stringify({ ...key, id: 0 });
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fromHex(hex: string): string {
  return Buffer.from(hex, "hex").toString("latin1");
}

function errorsOf(envoy: RunningEnvoy): string {
  return envoy.logs
    .filter((line) => line.logger === "lua")
    .map((line) => line.message)
    .slice(-3)
    .join("; ");
}
