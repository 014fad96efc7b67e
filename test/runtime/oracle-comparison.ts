import fc from "fast-check";
import { type OracleResult, type OracleValue, startOracle } from "../oracle/luajit.js";
import { entriesOf, FUNCTIONS, type LibraryGuest, type LuaValue, type Outcome } from "./library-guest.js";

/** A call of a library function. */
export interface Call {
  readonly name: string;
  readonly args: readonly LuaValue[];
}

/** `SEED=… COUNT=…` of the environment: which random calls, and how many of them, a test makes. */
const seed = Number(process.env.SEED ?? Date.now() % 1e9);
const count = Number(process.env.COUNT ?? 3000);
export const run = `SEED=${seed} COUNT=${count}`;

export function sample(calls: fc.Arbitrary<Call>, numRuns = count): Call[] {
  return fc.sample(calls, { seed, numRuns });
}

/** Makes all calls in the guest and in Envoy's LuaJIT; what differs. `prelude`: Lua in front of each call. */
export async function differences(guest: LibraryGuest, calls: readonly Call[], prelude = ""): Promise<string[]> {
  await using oracle = await startOracle();
  const results = await oracle.run(calls.map((call) => chunkOf(call, prelude)));
  return calls.flatMap((call, i) => {
    const [ours, theirs] = [show(guest.call(call.name, call.args)), show(outcomeOf(results[i]!))];
    guest.release();
    return ours === theirs ? [] : [`${call.name}(${call.args.map(literal).join(", ")}): ${ours}, in LuaJIT ${theirs}`];
  });
}

/** The chunk that makes the call as `LibraryGuest` does: on line 1 of chunk `x`, not as a tail call. */
function chunkOf({ name, args }: Call, prelude = ""): { readonly text: Uint8Array; readonly name: string } {
  const text = `${prelude} return (function(...) return ... end)(${name}(${args.map(literal).join(", ")}))`;
  return { text: Buffer.from(text, "latin1"), name: "=x" };
}

/** Lua source of a value. */
function literal(value: LuaValue): string {
  if (value === null) return "nil";
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return numeral(value);
  if (typeof value === "string")
    return `"${value.replace(/[^ !#-[\]-~]/g, (c) => `\\${c.charCodeAt(0).toString().padStart(3, "0")}`)}"`;
  if ("fn" in value) return `(${FUNCTIONS[value.fn].lua})`;
  if (Array.isArray(value)) return `{${value.map(literal).join(", ")}}`;
  return `{${entriesOf(value)
    .map(([key, item]) => `[${literal(key)}] = ${literal(item)}`)
    .join(", ")}}`;
}

function numeral(n: number): string {
  if (Number.isNaN(n)) return "(0/0)";
  if (!Number.isFinite(n)) return n > 0 ? "(1/0)" : "(-1/0)";
  return Object.is(n, -0) ? "(-0)" : n < 0 ? `(${n})` : String(n);
}

/** What the oracle saw, as `LibraryGuest` tells it. */
function outcomeOf(result: OracleResult): Outcome {
  return { ok: result.ok, values: result.values.map(fromOracle) };
}

function fromOracle(value: OracleValue): LuaValue {
  switch (value.type) {
    case "nil":
      return null;
    case "boolean":
      return value.value;
    case "number":
      return numberOf(value.value);
    case "string":
      return Buffer.from(value.hex, "hex").toString("latin1");
    case "table":
      return { entries: value.entries.map(([key, item]) => [fromOracle(key), fromOracle(item)] as const) };
    default:
      return { entries: [[value.type, true]] };
  }
}

function numberOf(text: string): number {
  if (/nan/.test(text)) return Number.NaN;
  if (/inf/.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

/** Text by which outcomes are compared: types, signs of zero and every bit of numbers show. */
export function show({ ok, values }: Outcome): string {
  return `${ok ? "" : "error "}${values.map(showValue).join(", ")}`;
}

function showValue(value: LuaValue): string {
  if (value === null) return "nil";
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value !== "object") return JSON.stringify(value);
  if ("fn" in value) return value.fn;
  const entries = entriesOf(value);
  return `{${entries
    .map(([key, item]) => `${showValue(key)}: ${showValue(item)}`)
    .sort()
    .join(", ")}}`;
}
