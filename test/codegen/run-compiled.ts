import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import type { Refusal } from "../../src/codegen/refusal.js";
import type { Oracle } from "../oracle/luajit.js";

/** A piece of Lua that stands in a function of its own; what it returns or raises is compared. */
export interface Case {
  readonly name: string;
  readonly lua: string;
}

export interface Difference {
  readonly name: string;
  readonly lua: string;
  readonly compiled: string;
  readonly luajit: string;
}

/** What the comparison of some cases found: those that differ, and those that the compiler refuses. */
export interface Comparison {
  readonly differences: readonly Difference[];
  readonly refused: ReadonlyMap<string, Refusal>;
}

/** Every value with its type and all bits of a number. Written in Lua, so that both sides tell it in the same way. */
const PRELUDE = `local function show(v)
  local kind = type(v)
  if kind == "number" then return string.format("%.17g", v) end
  if kind == "string" then return string.format("%q", v) end
  if kind == "nil" or kind == "boolean" then return tostring(v) end
  return kind
end
local function report(name, ...)
  local parts = {}
  for i = 1, select("#", ...) do parts[i] = show((select(i, ...))) end
  print(name .. "=" .. table.concat(parts, ", "))
end
`;

/** Runs the cases in Envoy's LuaJIT and, in one compiled module, in Node's WebAssembly. */
export async function compare(oracle: Oracle, cases: readonly Case[]): Promise<Comparison> {
  const refused = refusedAmong(cases);
  const accepted = cases.filter(({ name }) => !refused.has(name));
  const text = scriptOf(accepted);
  const [result] = await oracle.run([`${text}envoy_on_request()\n`]);
  if (result?.phase !== "run" || !result.ok) throw new Error(`LuaJIT: ${result?.phase} ${result?.error}\n${text}`);
  const luajit = outcomes(result.printed.map((line) => line.replace(CHUNK_OF_ORACLE, "[string]")));
  const compiled = outcomes((await runCompiled(text)).map((line) => line.replace(CHUNK_OF_ORACLE, "[string]")));
  const differences = accepted.flatMap(({ name, lua }) => {
    const [ours, theirs] = [compiled.get(name) ?? "nothing", luajit.get(name) ?? "nothing"];
    return ours === theirs ? [] : [{ name, lua, compiled: ours, luajit: theirs }];
  });
  return { differences, refused };
}

const CHUNK_OF_ORACLE = /\[string "local function show\(v\)\.\.\."\]/g;

function scriptOf(cases: readonly Case[]): string {
  const functions = cases.map(({ name, lua }) => `  report("${name}", pcall(function()\n${lua}\n  end))\n`);
  return `${PRELUDE}function envoy_on_request(handle)\n${functions.join("")}end\n`;
}

/** Lines that a case prints itself belong to the outcome that follows them. */
function outcomes(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let printed: string[] = [];
  for (const line of lines) {
    const outcome = /^([\w -]+)=([\s\S]*)$/.exec(line);
    if (!outcome) printed.push(line);
    else {
      found.set(outcome[1] as string, [...printed, outcome[2]].join("\n"));
      printed = [];
    }
  }
  return found;
}

function refusedAmong(cases: readonly Case[]): ReadonlyMap<string, Refusal> {
  if (generate(scriptOf(cases)).refusals.length === 0) return new Map();
  const refused = new Map<string, Refusal>();
  for (const one of cases) {
    const [refusal] = generate(scriptOf([one])).refusals;
    if (refusal) refused.set(one.name, refusal);
  }
  return refused;
}

type Exports = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

/** Compiles a script, gives it one request and returns what it logged, latin1. */
async function runCompiled(text: string): Promise<readonly string[]> {
  const program = generate(text);
  if (program.refusals.length > 0) throw new Error(program.refusals.map(({ message }) => message).join("; "));
  return await runModule((await compileProgram(program)).bytes);
}

async function runModule(bytes: Uint8Array): Promise<readonly string[]> {
  const logged: string[] = [];
  let exports: Exports;
  const calls: Record<string, (...args: number[]) => number> = {
    proxy_log: (_level, message, size) => {
      logged.push(Buffer.from(exports.memory.buffer, message, size).toString("latin1"));
      return 0;
    },
    proxy_get_current_time_nanoseconds: () => 0,
  };
  const OK = 0;
  const env = new Proxy(calls, { get: (known, name) => known[name as string] ?? (() => OK) });
  const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes), { env: env as WebAssembly.ModuleImports });
  exports = instance.exports as Exports;
  exports._initialize?.();
  exports.proxy_on_context_create?.(1, 0);
  exports.proxy_on_configure?.(1, 0);
  exports.proxy_on_context_create?.(2, 1);
  exports.proxy_on_request_headers?.(2, 0, 1);
  return logged;
}
