import { type Exception, METADATA_FATES, type Method } from "../envoy/index.js";
import { callArguments } from "../lua/ast.js";
import { LIBRARY, MODULES } from "../lua/library.js";
import type { Script } from "../lua/script.js";
import type { LuaSite } from "../manifest/lua-site.js";
import type { ApiUse, Judgement, Location, Verdict } from "./assessment.js";
import { fateOf } from "./companion.js";
import { isAsynchronous } from "./tracking/envoy-calls.js";
import type { Facts, LibraryCall, MetadataWrite, MethodCall } from "./tracking/facts.js";
import { TRUE } from "./tracking/value.js";

/** Something in the script that Wasm cannot do, or does a little differently; ranges are bytes of the script. */
interface Obstacle {
  /** Stable: `api.Handle:connectionStreamInfo`, `library.io.open`, `coroutines`. */
  readonly id: string;
  readonly message: string;
  readonly wayOut?: string;
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

export interface Obstacles {
  /** Each makes the script impossible. */
  readonly reasons: readonly Obstacle[];
  readonly deviations: readonly Obstacle[];
}

/** What the compiler says of the script's language. It stands to the right of the analyzer, so it is handed in. */
export type JudgeLanguage = (script: Script, facts: Facts) => LanguageObstacles;

/** As the compiler lists its refusals: one per place. */
export interface LanguageObstacles {
  readonly reasons: readonly PlacedObstacle[];
  readonly deviations: readonly PlacedObstacle[];
}

export interface PlacedObstacle {
  readonly id: string;
  readonly message: string;
  readonly wayOut?: string;
  readonly range: readonly [start: number, end: number];
}

/**
 * Everything that stands between a script and an exact Wasm filter: the Envoy API, the library, and the language (modules that
 * are not there to be compiled in belong to it).
 * @param modules names of the Lua modules that are compiled in besides those of the runtime
 */
export function findObstacles(
  site: LuaSite,
  facts: Facts,
  language: LanguageObstacles,
  modules: readonly string[] = [],
): Obstacles {
  const reasons = new Grouped();
  const deviations = new Grouped();
  for (const call of facts.methodCalls) judgeCall(site, facts, call, reasons, deviations);
  for (const call of facts.methodCalls) if (waitsInCallback(call)) reasons.add(callbackObstacle(call));
  for (const write of facts.metadataWrites) judgeMetadataWrite(write, deviations);
  for (const call of facts.libraryCalls) judgeLibrary(call, reasons, deviations);
  const required = new Set<number>();
  for (const call of facts.libraryCalls.filter(({ name }) => name === "require")) {
    const module = call.arguments[0]?.value.constant;
    if (typeof module !== "string") continue;
    required.add(call.node.range[0]);
    judgeModule(module, modules, call.node.range, reasons, deviations);
  }
  for (const reason of language.reasons) {
    const isTold = /^(native|unknown)-module$/.test(reason.id) && required.has(reason.range[0]);
    if (!isTold) reasons.add(reason);
  }
  const followed = new Set(facts.metadataWrites.map(({ node }) => node.range[0]));
  for (const deviation of language.deviations) {
    const isFollowed = deviation.id.startsWith("api.DynamicMetadata:set") && followed.has(deviation.range[0]);
    if (!isFollowed) deviations.add(deviation);
  }
  return { reasons: reasons.all(), deviations: deviations.all() };
}

class Grouped {
  private readonly byId = new Map<string, Obstacle & { ranges: (readonly [number, number])[] }>();

  add({ id, message, wayOut, range }: PlacedObstacle): void {
    const group = this.byId.get(id);
    if (!group) this.byId.set(id, { id, message, ...(wayOut !== undefined && { wayOut }), ranges: [range] });
    else if (!group.ranges.some(([start, end]) => start <= range[0] && range[0] < end)) group.ranges.push(range);
  }

  all(): readonly Obstacle[] {
    return [...this.byId.values()];
  }
}

function judgeCall(site: LuaSite, facts: Facts, call: MethodCall, reasons: Grouped, deviations: Grouped): void {
  const { method, node } = call;
  if (!method) return;
  const { range } = node;
  const name = spellMethod(method);
  const { fidelity } = method;
  if (fidelity.verdict === "impossible") {
    reasons.add({ id: `api.${name}`, message: `\`${name}\`: ${fidelity.reason}`, wayOut: fidelity.wayOut, range });
    return;
  }
  // Judged by what is written and when, see judgeMetadataWrite.
  const deviation = writesMetadata(method) ? undefined : deviationOf(method, range);
  if (deviation) deviations.add(deviation);
  for (const exception of method.exceptions) {
    if (!applies(exception, site, facts, call)) continue;
    const to = exception.verdict === "impossible" ? reasons : deviations;
    to.add({
      id: `api.${name}.${exception.when}`,
      message: `\`${name}\`: ${exception.deviation}`,
      ...wayOut(exception.wayOut),
      range,
    });
  }
}

/** Where Lua cannot suspend the script it raises an error, with the call on its way all the same; a module would wait. */
function waitsInCallback({ method, where, arguments: args }: MethodCall): boolean {
  return method?.yields === "httpCall" && where.callback && !isAsynchronous(args);
}

function callbackObstacle({ node }: MethodCall): PlacedObstacle {
  return {
    id: "waits-in-callback",
    message:
      "`Handle:httpCall` inside a function that `gsub` or `table.sort` calls: Lua raises `attempt to yield across C-call boundary` there and then stumbles over the reply",
    wayOut: "make the call outside of that function",
    range: node.range,
  };
}

/**
 * How a method deviates wherever it is called; undefined for one that does not. What is written into dynamic metadata counts as seen by the
 * script alone: that is said of a write of which no more is known than that it is one.
 */
export function deviationOf(method: Method, range: PlacedObstacle["range"]): PlacedObstacle | undefined {
  const { fidelity } = method;
  if (fidelity.verdict !== "approximate") return undefined;
  if (writesMetadata(method)) return metadataDeviation("own", range);
  const message = `\`${shownName(method)}\`: ${fidelity.deviation}`;
  return { id: deviationId(method), message, ...wayOut(fidelity.wayOut), range };
}

function writesMetadata({ object, name }: Method): boolean {
  return object === "DynamicMetadata" && name === "set";
}

function judgeMetadataWrite(write: MetadataWrite, deviations: Grouped): void {
  deviations.add(metadataDeviation(fateOf(write), write.node.range));
}

function metadataDeviation(name: keyof typeof METADATA_FATES, range: PlacedObstacle["range"]): PlacedObstacle {
  const { suffix, deviation, wayOut: way } = METADATA_FATES[name];
  const id = `api.DynamicMetadata:set${suffix}`;
  return { id, message: `\`DynamicMetadata:set\`: ${deviation}`, ...wayOut(way), range };
}

function wayOut(text: string | undefined): { readonly wayOut?: string } {
  return text === undefined ? {} : { wayOut: text };
}

/** All six log functions deviate in the same way: one deviation. */
function deviationId(method: Method): string {
  return method.object === "every object" ? "api.log" : `api.${spellMethod(method)}`;
}

function shownName(method: Method): string {
  return method.object === "every object" ? "log functions" : spellMethod(method);
}

/** `Headers:get`; `pairs(Headers)`. */
export function spellMethod({ object, name }: Pick<Method, "object" | "name">): string {
  const owner = object === "every object" ? "Handle" : object;
  return name === "__pairs" ? `pairs(${owner})` : `${owner}:${name}`;
}

function applies({ when }: Exception, site: LuaSite, facts: Facts, call: MethodCall): boolean {
  switch (when) {
    case "alwaysWrap":
      return mayWrap(call) && !facts.methodCalls.some((other) => writesBody(other, call));
    case "alwaysWrapWritten":
      return mayWrap(call) && facts.methodCalls.some((other) => writesBody(other, call));
    case "headersContinued":
      return call.headersGone !== undefined;
    case "routeChanged":
      return call.object.direction !== "response" && facts.methodCalls.some(writesRequestHeader);
    case "keepsRouteCache":
      return site.filter.clearRouteCache === false && call.object.direction !== "response";
    case "contentLengthClearsRoute":
      return call.object.direction !== "response";
    case "afterHttpCall":
      return facts.methodCalls.some(({ name }) => name === "httpCall");
    case "keyIsNotFactory":
      return certainlyDiffer(call.arguments.slice(0, 2).map(({ value }) => value.constant));
  }
}

function certainlyDiffer([one, other]: readonly (string | number | boolean | undefined)[]): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function mayWrap({ arguments: [always] }: MethodCall): boolean {
  return always !== undefined && (always.value.types & TRUE) !== 0;
}

/** Whether a body is written that may be the one of `body`. */
function writesBody({ object, name }: MethodCall, body: MethodCall): boolean {
  const [written, read] = [object.direction, body.object.direction];
  return object.name === "Buffer" && name === "setBytes" && (written === read || !written || !read);
}

function writesRequestHeader({ object, name }: MethodCall): boolean {
  return object.name === "Headers" && object.direction !== "response" && ["add", "replace", "remove"].includes(name);
}

const libraryRows = new Map(LIBRARY.map((row) => [row.name, row]));

function judgeLibrary(call: LibraryCall, reasons: Grouped, deviations: Grouped): void {
  const { name } = call;
  const { range } = call.node;
  // Only a time that is put together knows a time zone.
  if (name === "os.time" && callArguments(call.node).length === 0) return;
  const status = libraryRows.get(name)?.status;
  if (status?.kind === "refused" && !COMPILED_IN.has(name))
    reasons.add({ id: `library.${name}`, message: `\`${name}\`: ${status.reason}`, range });
  if (status?.kind === "approximate")
    deviations.add({ id: `library.${name}`, message: `\`${name}\`: ${status.reason}`, range });
}

/** Refused only where the compiler does not know what they are given: it says so itself. */
const COMPILED_IN = new Set(["load", "loadstring", "getfenv", "setfenv"]);

const BUILT_IN = new Set([
  "string",
  "table",
  "math",
  "os",
  "io",
  "bit",
  "coroutine",
  "debug",
  "package",
  "_G",
  "table.new",
  "table.clear",
]);

const NATIVE =
  /^(?:ffi|jit(?:\..*)?|string\.buffer|lpeg|lfs|lsqlite3|luasql\..*|socket(?:\..*)?|ssl(?:\..*)?|openssl(?:\..*)?|zlib|rdkafka\..*|redis|resty\..*)$/;

function judgeModule(
  name: string,
  given: readonly string[],
  range: readonly [number, number],
  reasons: Grouped,
  deviations: Grouped,
): void {
  const id = `module.${name}`;
  if (given.includes(name) || MODULES.some((served) => served.name === name)) {
    const message = `\`require "${name}"\`: the module is compiled in; the Lua looks for it on the proxy, and fails where it is not installed`;
    deviations.add({ id, message, range });
    return;
  }
  if (BUILT_IN.has(name)) return;
  const isNative = NATIVE.test(name);
  reasons.add({
    id,
    message: isNative
      ? `\`require "${name}"\`: the module does its work in native code, which there is none of inside a Wasm module`
      : `\`require "${name}"\`: the module's code is not here`,
    wayOut: isNative
      ? "do it in plain Lua, or keep this filter in Lua"
      : `give a pure-Lua module with \`--module ${name}=FILE.lua\`; a C module cannot be carried over`,
    range,
  });
}

/** The verdict with its places in the user's file. */
export function judge(
  { reasons, deviations }: Obstacles,
  locate: (range: readonly [number, number]) => Location,
): Judgement {
  const verdict: Verdict = reasons.length > 0 ? "refused" : deviations.length > 0 ? "approximate" : "exact";
  const place = ({ id, message, wayOut: way, ranges }: Obstacle) => ({
    construct: id,
    message,
    ...wayOut(way),
    locations: ranges.map(locate),
  });
  return { verdict, deviations: deviations.map(place), reasons: reasons.map(place) };
}

/** How often each method of the Envoy API is called (call sites, not runs). */
export function countApi(facts: Facts): readonly ApiUse[] {
  const uses = new Map<string, ApiUse & { count: number }>();
  for (const { method } of facts.methodCalls) {
    if (!method) continue;
    const name = spellMethod(method);
    const use = uses.get(name) ?? { method: name, count: 0, fidelity: method.fidelity.verdict };
    use.count++;
    uses.set(name, use);
  }
  return [...uses.values()].toSorted((a, b) => (a.method < b.method ? -1 : 1));
}
