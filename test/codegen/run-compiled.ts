import { type GuestProgram, generate } from "../../src/codegen/generate.js";
import type { Refusal } from "../../src/codegen/refusal.js";
import type { LuaModule } from "../../src/lua/link-modules.js";
import type { Oracle } from "../oracle/luajit.js";
import { compileQuickly } from "./compile-quickly.js";
import { runModule } from "./run-module.js";

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

export interface CompareOptions {
  readonly optimize?: boolean;
  /** What `require` can give. */
  readonly modules?: readonly LuaModule[];
  /** For the compiled module, which runs all cases; one that does not end counts as a difference. Default a minute. */
  readonly timeLimitMs?: number;
}

/** What the comparison of some cases found: those that differ, and those that the compiler refuses. */
export interface Comparison {
  readonly differences: readonly Difference[];
  readonly refused: ReadonlyMap<string, Refusal>;
}

/** In front of an outcome, so that no line a case prints itself is taken for one. */
const MARK = "\u0001";

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
  print("${MARK}" .. name .. "=" .. table.concat(parts, ", "))
end
`;

/**
 * Runs the cases in Envoy's LuaJIT and, in one compiled module, in Node's WebAssembly. Where one of the two stops early (a trap, a case that does not
 * end), the case to blame is the first one without an outcome: it is run alone, and those behind it together. Where there is no outcome at all
 * (sources that do not compile), halves are tried, down to the one case.
 */
export async function compare(
  oracle: Oracle,
  cases: readonly Case[],
  { optimize = true, modules = [], timeLimitMs = 60_000 }: CompareOptions = {},
): Promise<Comparison> {
  const options = { optimize, modules, timeLimitMs };
  const refused = new Map<string, Refusal>();
  let accepted = cases;
  let program = generated(accepted, modules);
  for (let found = refusedAmong(accepted, program); found.size > 0; found = refusedAmong(accepted, program)) {
    for (const [name, refusal] of found) refused.set(name, refusal);
    accepted = cases.filter(({ name }) => !refused.has(name));
    program = generated(accepted, modules);
  }
  return { differences: await differencesAmong(oracle, accepted, options, program), refused };
}

async function differencesAmong(
  oracle: Oracle,
  cases: readonly Case[],
  options: Required<CompareOptions>,
  program = generated(cases, options.modules),
): Promise<readonly Difference[]> {
  if (cases.length === 0) return [];
  const [luajit, compiled] = [
    await inLuaJit(oracle, scriptOf(cases).text, options.modules),
    await inModule(program, options),
  ];
  const failed = luajit.failure !== undefined || compiled.failure !== undefined;
  const blamed = failed
    ? cases.findIndex(({ name }) => !luajit.outcomes.has(name) || !compiled.outcomes.has(name))
    : -1;
  if (failed && cases.length === 1)
    return [{ ...(cases[0] as Case), compiled: compiled.failure ?? "runs", luajit: luajit.failure ?? "runs" }];
  if (blamed === 0) {
    const middle = cases.length >> 1;
    return [
      ...(await differencesAmong(oracle, cases.slice(0, middle), options)),
      ...(await differencesAmong(oracle, cases.slice(middle), options)),
    ];
  }
  const found = differing(blamed < 0 ? cases : cases.slice(0, blamed), luajit, compiled);
  const suspect = cases[blamed];
  if (!suspect) return failed ? [...found, unexplained(cases.at(-1) as Case, luajit, compiled)] : found;
  const alone = await differencesAmong(oracle, [suspect], options);
  return [
    ...found,
    ...(alone.length > 0 ? alone : [unexplained(suspect, luajit, compiled)]),
    ...(await differencesAmong(oracle, cases.slice(blamed + 1), options)),
  ];
}

function differing(cases: readonly Case[], luajit: Run, compiled: Run): readonly Difference[] {
  return cases.flatMap(({ name, lua }) => {
    const [ours, theirs] = [compiled.outcomes.get(name) ?? "nothing", luajit.outcomes.get(name) ?? "nothing"];
    return ours === theirs ? [] : [{ name, lua, compiled: ours, luajit: theirs }];
  });
}

/** A failure that comes only with what ran before. */
function unexplained(last: Case, luajit: Run, compiled: Run): Difference {
  const told = ({ failure }: Run): string =>
    failure === undefined ? "runs" : `${failure} (behind others; alone it runs)`;
  return { ...last, compiled: told(compiled), luajit: told(luajit) };
}

/** What one side gave, or why it gave nothing that can be trusted. */
interface Run {
  readonly outcomes: ReadonlyMap<string, string>;
  readonly failure?: string;
}

async function inLuaJit(oracle: Oracle, text: string, modules: readonly LuaModule[]): Promise<Run> {
  const name = `${text}envoy_on_request()\n`;
  const [result] = await oracle.run([{ text: `${preload(modules)}${name}`, name }]);
  const outcomes = outcomesIn(result?.printed ?? []);
  return result?.phase === "run" && result.ok
    ? { outcomes }
    : { outcomes, failure: `${result?.phase} ${result?.error}` };
}

/** What makes LuaJIT find the modules without a disk; on the first line, so that no other line moves. */
export function preload(modules: readonly LuaModule[]): string {
  const texts = modules.map(({ name, parsed }) => {
    const code = Array.from(parsed.bytes, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, "0")}`).join("");
    const path = `./${name.replaceAll(".", "/")}.lua`;
    return `package.loaded["${name}"] = nil; package.preload["${name}"] = setfenv(loadstring("${code}", "@${path}"), getfenv(1)); `;
  });
  return texts.join("");
}

async function inModule(program: GuestProgram, { optimize, timeLimitMs }: Required<CompareOptions>): Promise<Run> {
  const lines: string[] = [];
  try {
    await runModule(await compileQuickly(program, optimize), (line) => lines.push(line), timeLimitMs);
    return { outcomes: outcomesIn(lines) };
  } catch (error) {
    return { outcomes: outcomesIn(lines), failure: String(error) };
  }
}

function generated(cases: readonly Case[], modules: readonly LuaModule[]): GuestProgram {
  return generate(scriptOf(cases).text, { modules });
}

function scriptOf(cases: readonly Case[]): { readonly text: string; readonly ends: readonly number[] } {
  const ends: number[] = [];
  const parts = [PRELUDE, "function envoy_on_request(handle)\n"];
  let length = Buffer.byteLength(parts.join(""));
  for (const { name, lua } of cases) {
    const part = `  report("${name}", pcall(function()\n${lua}\n  end))\n`;
    parts.push(part);
    length += Buffer.byteLength(part);
    ends.push(length);
  }
  return { text: `${parts.join("")}end\n`, ends };
}

/** Lines that a case prints itself belong to the outcome that follows them. */
function outcomesIn(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let printed: string[] = [];
  for (const line of lines) {
    const outcome = OUTCOME.exec(line);
    if (!outcome) printed.push(line);
    else {
      found.set(outcome[1] as string, [...printed, outcome[2]].join("\n"));
      printed = [];
    }
  }
  return found;
}

const OUTCOME = new RegExp(`^${MARK}([^=]+)=([^]*)$`);

/** The cases in which something stands that is refused. */
function refusedAmong(cases: readonly Case[], { refusals }: GuestProgram): ReadonlyMap<string, Refusal> {
  const { ends } = scriptOf(cases);
  const refused = new Map<string, Refusal>();
  for (const refusal of refusals) {
    const found = cases[ends.findIndex((end) => refusal.range[0] < end)];
    if (!found) throw new Error(`refused outside of the cases: ${refusal.message}`);
    refused.set(found.name, refusal);
  }
  return refused;
}
