import type { Companion } from "../analyzer/companion.js";
import type { PlacedObstacle } from "../analyzer/verdict.js";
import type { Method } from "../envoy/index.js";
import type { Statement } from "../lua/ast.js";
import { inferTypes, type Types } from "../lua/infer.js";
import { type LuaModule, linkModules, placeInModule } from "../lua/link-modules.js";
import { parseScript } from "../lua/parse.js";
import { resolveScript } from "../lua/resolve.js";
import type { Binding, FunctionInfo, Script } from "../lua/script.js";
import { findWholeNumbers } from "../lua/whole-numbers.js";
import { findAccumulators } from "./accumulators.js";
import { chunkName } from "./chunk-name.js";
import { FunctionContext, type ModuleContext, type Variable } from "./context.js";
import { findEndings } from "./endings.js";
import { type EntryNeeds, holdsHeaders, mayYield, NEVER_YIELDS, printEntry, type YieldKinds } from "./entry.js";
import { hasCoroutines, iteratesHeaders, keepsState, yieldKinds } from "./facts.js";
import { directFunctionName } from "./functions.js";
import { envoyObjects } from "./known-objects.js";
import { foldReflection } from "./load/fold-reflection.js";
import { linkEnvironments } from "./load/link-environments.js";
import { globalsTableUses, linkGlobals } from "./load/link-globals.js";
import { linkTexts } from "./load/link-texts.js";
import { lowerStatements } from "./lower/body.js";
import { printForwarding } from "./lower/handler.js";
import { declareLibraryTables, printLibraryTables } from "./lower/library-table.js";
import { printMethodTables } from "./lower/method-tables.js";
import { isConstant, kept, moduleVariables, printVisit } from "./module-variables.js";
import { TopLevelNames } from "./names.js";
import { Patterns } from "./patterns.js";
import { indent } from "./print.js";
import { printFile } from "./print-file.js";
import { type Refusal, Refused } from "./refusal.js";
import { replaceRecords } from "./replace-records.js";
import { StringConstants } from "./string-constants.js";

/** The generated sources of one filter and what its module needs, or why there is none. */
export interface GuestProgram {
  readonly refusals: readonly Refusal[];
  /** What is compiled, and does something a little else. */
  readonly deviations: readonly PlacedObstacle[];
  /** `filter.ts`, `entry.ts`; complete only without refusals. */
  readonly files: ReadonlyMap<string, string>;
  readonly needs: ProgramNeeds;
  /** What `entry.ts` was printed from. */
  readonly entry: EntryNeeds;
  /** What has to stand beside the filter for its dynamic metadata to be seen. */
  readonly companion?: Companion;
  readonly script: Script;
  readonly types: Types<Method>;
}

export interface ProgramNeeds {
  /** Several scripts in one module. */
  readonly bundle?: boolean;
  readonly stateful: boolean;
  readonly yields: boolean;
  /** The script may make coroutines of its own. */
  readonly coroutines: boolean;
  /** A function called as a value may suspend. */
  readonly indirectYields: boolean;
  readonly metatables: boolean;
  /** The plugin must be configured with `allow_on_headers_stop_iteration: true`. */
  readonly allowOnHeadersStopIteration: boolean;
}

/**
 * Lua → AssemblyScript. What does not compile is refused by name and place, never approximated in silence.
 * @throws {LuaSyntaxError} when the text is not Lua
 */
export function generate(text: string, options: GenerateOptions = {}): GuestProgram {
  return generateFrom(resolveScript(linkModules(parseScript(text), options.modules ?? [])), options);
}

export interface GenerateOptions {
  /** Modules that `require` can give. */
  readonly modules?: readonly LuaModule[];
  /** Name of the HTTP filter that the script stands in: `metadata()` looks under it. */
  readonly filterName?: string;
  /** How the dynamic metadata that it writes leaves the module. */
  readonly companion?: Companion;
  /** The filter shares its heap with others, which collect: its variables keep alive what they refer to even if they never change. */
  readonly bundled?: boolean;
}

/** The same for a script that is parsed and resolved. */
export function generateFrom(script: Script, options: GenerateOptions = {}): GuestProgram {
  return printProgram(lowerProgram(script, options), options);
}

/** What does not compile, and what does something else then, found out without printing the rest. */
export function judgeScript(script: Script): Pick<GuestProgram, "refusals" | "deviations"> {
  return lowerProgram(script);
}

/** A filter whose statements are lowered, before its files are put together. */
interface LoweredProgram {
  readonly script: Script;
  readonly types: Types<Method>;
  readonly module: ModuleContext;
  readonly moduleBindings: readonly Binding[];
  readonly handlers: Readonly<Record<"request" | "response", Handler>>;
  readonly waits: Readonly<Record<"request" | "response", YieldKinds>>;
  readonly exported: readonly string[];
  readonly tables: readonly string[];
  readonly main: readonly string[];
  readonly refusals: GuestProgram["refusals"];
  readonly deviations: GuestProgram["deviations"];
}

function lowerProgram(given: Script, { bundled }: GenerateOptions = {}): LoweredProgram {
  const { script: withTexts, refusals: unknownTexts } = linkTexts(given);
  const script = replaceRecords(linkGlobals(linkEnvironments(foldReflection(withTexts))));
  const coroutines = hasCoroutines(script);
  const types = inferTypes(script, envoyObjects(coroutines));
  const topLevel = new TopLevelNames();
  for (const name of ["envoy_on_request", "envoy_on_response"]) topLevel.taken.add(name);
  const handlers = {
    request: handlerOf(script, types, "envoy_on_request"),
    response: handlerOf(script, types, "envoy_on_response"),
  };
  const waits = {
    request: waitsOf(script, types, handlers.request),
    response: waitsOf(script, types, handlers.response),
  };
  const variables = new Map<Binding, Variable>();
  const moduleBindings = moduleVariables(script, types);
  for (const binding of moduleBindings) {
    variables.set(binding, {
      name: topLevel.declare(binding.name),
      type: kept(types.ofBinding(binding)),
      boxed: false,
      isModule: true,
    });
  }
  const stateful =
    bundled || keepsState(script, types, new Set(moduleBindings.filter((binding) => !isConstant(script, binding))));
  const called = hostCalled(handlers);
  const module: ModuleContext = {
    script,
    types,
    topLevel,
    strings: new StringConstants(topLevel),
    variables,
    functionNames: new Map(),
    imports: { namespaces: new Map(), objects: new Set() },
    declarations: [],
    refusals: [],
    deviations: [],
    dynamicMethods: new Set(),
    wrappers: new Map(),
    builtins: new Map(),
    libraryTables: new Map(),
    patterns: new Patterns(topLevel),
    loadedHooks: new Map(),
    wholeNumbers: findWholeNumbers(script, types),
    handlers: called,
    endings: findEndings(types, called.keys()),
    accumulators: findAccumulators(script, types),
    facts: {
      stateful,
      yields: mayYield(waits.request) || mayYield(waits.response),
      coroutines,
      iteratesHeaders: iteratesHeaders(script, types),
    },
  };
  declareLibraryTables(module);
  for (const fn of types.direct.values()) if (!module.handlers.has(fn)) directFunctionName(module, fn);
  const statements = lowerChunk(module, moduleBindings);
  const exported = [
    printHandlerOrNote(module, "envoy_on_request", handlers.request),
    printHandlerOrNote(module, "envoy_on_response", handlers.response),
  ];
  const tables = printMethodTables(module);
  const main = printMain(module, [...printLibraryTables(module), ...statements]);
  const refusals = [...unknownTexts, ...causes(module.refusals)].map((refusal) => placed(script, refusal));
  const deviations = [...globalsTableUses(withTexts), ...module.deviations].map((one) => placed(script, one));
  return { script, types, module, moduleBindings, handlers, waits, exported, tables, main, refusals, deviations };
}

function printProgram(lowered: LoweredProgram, { filterName, companion }: GenerateOptions): GuestProgram {
  const { script, types, module, moduleBindings, handlers, waits, exported, tables, main, refusals, deviations } =
    lowered;
  const { stateful, coroutines } = module.facts;
  const entry: EntryNeeds = {
    onRequest: handlers.request !== undefined,
    onResponse: handlers.response !== undefined,
    requestMayYield: waits.request,
    responseMayYield: waits.response,
    stateful,
    coroutines,
    hasMain: main.length > 0,
    installsMethods: tables.length > 0,
    usesDynamicMetadata: script.bytes.includes("dynamicMetadata"),
    chunkName: chunkName(script.bytes.slice(0, script.ownLength)),
    ...(filterName !== undefined && mentions(script, "metadata") && { filterName }),
    ...(companion && { companion }),
  };
  const body = [
    ...module.declarations,
    ...exported.filter((part) => part !== ""),
    ...(main.length > 0 ? [main.join("\n")] : []),
    ...tables,
  ];
  if (stateful) body.push(printVisit(module, moduleBindings));
  if (body.join("\n").includes("lua.print(")) body.push("lua.setPrinter(printLine.index);");
  const files = new Map([
    ["filter.ts", printFile(module, moduleBindings, body)],
    ["entry.ts", printEntry(entry)],
    ...(module.patterns.isEmpty ? [] : ([["patterns.ts", module.patterns.print()]] as const)),
  ]);
  const needs: ProgramNeeds = {
    stateful,
    yields: module.facts.yields,
    coroutines,
    indirectYields: true,
    // What dkjson decodes has metatables, by which it encodes it again.
    metatables:
      types.metamethods.size > 0 ||
      types.readsStringMetatable ||
      script.globals.has("newproxy") ||
      script.globals.has("setmetatable") ||
      mentions(script, "dkjson"),
    allowOnHeadersStopIteration: holdsHeaders(waits.request) || holdsHeaders(waits.response),
  };
  return { refusals, deviations, files, needs, entry, script, types, ...(companion && { companion }) };
}

/** Where a declaration is refused, its name cannot be assigned either: that is no reason of its own. */
function causes(refusals: readonly Refusal[]): readonly Refusal[] {
  const others = refusals.filter(({ id }) => id !== "assignment");
  return others.length > 0 ? others : refusals;
}

/** What is refused in a module stands, for the reader of the script, at the `require` that leads there. */
function placed<R extends Omit<Refusal, "wayOut">>(script: Script, refusal: R): R {
  const text = script.texts.find(({ start, end }) => refusal.range[0] >= start && refusal.range[0] <= end);
  if (text) return { ...refusal, message: `in a text that is loaded: ${refusal.message}`, range: text.loadedAt };
  const place = placeInModule(script, refusal.range[0]);
  if (!place) return refusal;
  const { module, line } = place;
  return { ...refusal, message: `${module.file}:${line}: ${refusal.message}`, range: module.requiredAt };
}

/** Whether the script names a method; when it does not, nothing of it needs to be configured. */
function mentions(script: Script, name: string): boolean {
  return script.bytes.includes(name);
}

/** Handlers that only the host calls: they are exported as they stand. */
function hostCalled(handlers: Readonly<Record<string, Handler>>): ReadonlyMap<FunctionInfo, string> {
  const own = Object.values(handlers).filter((handler) => handler?.fn && handler.binding.references.length === 0);
  return new Map(own.map((handler) => [handler?.fn as FunctionInfo, handler?.binding.name as string]));
}

/** A global function the script defines; `dynamic` when it is not a plain one. */
export type Handler = { readonly binding: Binding; readonly fn: FunctionInfo | undefined } | undefined;

function handlerOf(script: Script, types: Types<Method>, name: string): Handler {
  const binding = script.globals.get(name);
  if (!binding || binding.assignments.length === 0) return undefined;
  return { binding, fn: types.direct.get(binding) };
}

function waitsOf(script: Script, types: Types<Method>, handler: Handler): YieldKinds {
  return handler ? yieldKinds(script, types, handler.fn) : NEVER_YIELDS;
}

/** The chunk's own statements; its functions and constants become declarations of the file on the way. */
function lowerChunk(module: ModuleContext, moduleBindings: readonly Binding[]): readonly string[] {
  const context = new FunctionContext(module, module.script.main, { kind: "void" });
  context.varargs = "Values.create(0)";
  const constants = new Set(moduleBindings.filter((binding) => isConstant(module.script, binding)));
  const statements = module.script.chunk.body.filter((statement) => !declaresOnly(module.script, statement, constants));
  const hasLabels = statements.some(({ type }) => type === "LabelStatement");
  const lines: string[] = hasLabels
    ? [...lowerStatements(context, statements, { kind: "return", lines: ["return;"] })]
    : [];
  for (const [i, statement] of hasLabels ? [] : statements.entries()) {
    const before = module.declarations.length;
    const lowered = lowerStatements(context, [statement]);
    const code = lowered.filter((line) => line !== "" && !line.startsWith("//"));
    if (code.length > 0) lines.push(...(i > 0 && lines.length > 0 && lowered[0] === "" ? [""] : []), ...lowered);
    else if (module.declarations.length > before) attachComments(module, lowered);
  }
  return lines.length === 0 ? [] : [...context.temporaryDeclarations(), ...lines];
}

function printMain(module: ModuleContext, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const main = "/** The script's top level, run when the filter is configured. */\nexport function main(): void {";
  if (module.loadedHooks.size === 0) return [main, ...indent(lines), "}"];
  const chunk = module.topLevel.declare("chunk");
  const hooks = [...module.loadedHooks].map(([hook, value]) => `${hook} = ${value};`);
  return [`function ${chunk}(): void {`, ...indent(lines), "}", "", main, ...indent([`${chunk}();`, ...hooks]), "}"];
}

/** The comments in front of a function belong to its declaration. */
function attachComments(module: ModuleContext, comments: readonly string[]): void {
  const text = comments.filter((line) => line !== "");
  const last = module.declarations.pop();
  if (last !== undefined) module.declarations.push([...text, last].join("\n"));
}

function declaresOnly(script: Script, statement: Statement, constants: ReadonlySet<Binding>): boolean {
  return (
    statement.type === "LocalStatement" &&
    statement.variables.every((variable) => constants.has(script.bindingOf.get(variable) as Binding))
  );
}

function printHandlerOrNote(module: ModuleContext, name: string, handler: Handler): string {
  try {
    if (!handler || (handler.fn && module.handlers.has(handler.fn))) return "";
    return printForwarding(module, name, handler.binding, handler.fn);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    (module.refusals as Refusal[]).push(error.refusal);
    return "";
  }
}
