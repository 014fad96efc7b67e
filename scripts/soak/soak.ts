import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { Gateway } from "../../src/host/gateway.js";

/** Counts by key in a table that lives as long as the worker, and makes garbage on the way. */
const SCRIPT = `
local seen = {}

function envoy_on_request(handle)
  local key = handle:headers():get("x-key")
  local entry = seen[key] or {key = key, count = 0, trail = {}}
  seen[key] = {key = entry.key, count = entry.count + 1, trail = {entry.count, key .. "-" .. entry.count}}
  handle:headers():add("x-count", tostring(seen[key].count))
end`;

const KEYS = 1000;

export interface SoakResult {
  /** Of the module's memory after each part, bytes. */
  readonly sizes: readonly number[];
  /** What the last request of the last key was told: how often its key came. */
  readonly counted: string | undefined;
  /** Nothing should be logged. */
  readonly log: readonly string[];
}

/**
 * Sends requests through a filter that keeps a table.
 * @param parts of equal size; memory is measured after each
 */
export async function soak(
  requests: number,
  parts: number,
  onPart: (size: number, part: number) => void = () => {},
): Promise<SoakResult> {
  const { bytes } = await compileProgram(generate(SCRIPT));
  const gateway = new Gateway(await WebAssembly.compile(new Uint8Array(bytes)));
  const answers = { upstream: () => ({}), call: () => ({}) };
  const sizes: number[] = [];
  const log: string[] = [];
  let counted: string | undefined;
  for (let i = 0; i < requests; i++) {
    const headers = [["host", "a"] as const, ["x-key", `key ${i % KEYS}`] as const];
    const exchange = gateway.exchange({ method: "GET", path: "/", headers }, answers);
    counted = exchange.upstream[0]?.headers.find(([name]) => name === "x-count")?.[1];
    log.push(...exchange.failures, ...exchange.log.map(({ text }) => text));
    if ((i + 1) % Math.ceil(requests / parts) !== 0) continue;
    sizes.push(gateway.vm.memory.byteLength);
    onPart(sizes.at(-1)!, sizes.length);
  }
  return { sizes, counted, log };
}
