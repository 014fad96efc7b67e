import {
  type AnyCall,
  callArguments,
  type Expression,
  type FunctionDeclaration,
  type Identifier,
  isCall,
  type Statement,
} from "../../lua/ast.js";
import { pathOf } from "../../lua/callee.js";
import { identifier, LINES_PER_CHUNK, moved, type Place, SEPARATOR } from "../../lua/link-modules.js";
import { type LoadedText, LuaSyntaxError, type ParsedScript, parseBytes } from "../../lua/parse.js";
import { resolveScript } from "../../lua/resolve.js";
import type { Script } from "../../lua/script.js";
import { checkSyntax } from "../../lua/syntax/check-syntax.js";
import { walk } from "../../lua/walk.js";
import { shownChunkName } from "../chunk-name.js";
import type { Refusal } from "../refusal.js";
import { type Known, KnownTexts } from "./known-texts.js";

/**
 * Compiles the texts in that `load` and `loadstring` are given where all of them are known, as functions of the chunk that stand in front of it:
 *
 *     local function <load 1>() return function(...) <the text> end end
 *     local function <load 2>(text) if text == "x = 1" then return function(...) x = 1 end elseif text == "x =" then return nil, "…" end end
 *
 * The calls then call those. The names hold a space, so that no name of a script is the same. Texts that load others are gone through in turn.
 */
export function linkTexts(script: Script): LinkedTexts {
  if (!/\bload(?:string)?\b/.test(script.bytes)) return { script, refusals: [] };
  let linked = script;
  const refusals = new Map<string, Refusal>();
  let count = 0;
  for (let found = loadsIn(linked); found.size > 0; found = loadsIn(linked)) {
    for (const load of found.values())
      for (const call of load.unknown) refusals.set(String(call.range), refusal(load, call));
    linked = resolveScript(new Linker(linked, count).link(found));
    count += found.size;
  }
  return { script: linked, refusals: [...refusals.values()] };
}

/** A script with its texts, and the calls through which a text gets to `load` that is not known. */
interface LinkedTexts {
  readonly script: Script;
  readonly refusals: readonly Refusal[];
}

function refusal({ name }: Load, { range }: AnyCall): Refusal {
  const message = `${name} is given a text here that is only known at run time`;
  return { id: `library.${name}`, message, wayOut: "leave it out, or keep this filter in Lua", range };
}

/** Bytecode, a line for a shell, a byte order mark. */
const NOT_PLAIN = ["\x1b", "#", "\xef\xbb\xbf"];

/** A call of `load` of which everything is known. `at` is its place among all calls of the tree; `isProtected`: `pcall(load, "…")`. */
interface Load extends Known {
  readonly origins: KnownTexts["origins"];
  /** The text is a constant, and not only one of those that are known. */
  readonly isSure: boolean;
  /** What it is called by. */
  readonly name: string;
  readonly chunkName?: string;
  readonly isProtected: boolean;
}

function loadsIn(script: Script): ReadonlyMap<number, Load> {
  const loads = new Map<number, Load>();
  const known = new KnownTexts(script);
  walkCalls(script.chunk, (call, at) => {
    const load = isLoad(script, call.base) ? call.base : undefined;
    const [first, ...rest] = callArguments(call);
    const isProtected = !load && first !== undefined && isLoad(script, first) && pathOf(script, call.base) === "pcall";
    if (!load && !isProtected) return;
    const [text, name, mode, ...more] = isProtected ? rest : callArguments(call);
    const found = text && known.of(text);
    if (!found || more.some((node) => node.type !== "NilLiteral")) return;
    if (found.texts.some((one) => NOT_PLAIN.some((start) => one.startsWith(start)))) return;
    if (mode && mode.type !== "NilLiteral" && !(mode.type === "StringLiteral" && mode.value.includes("t"))) return;
    const chunkName = name?.type === "StringLiteral" ? name.value : undefined;
    if (name && chunkName === undefined && name.type !== "NilLiteral") return;
    const calledAs = calledName(load ?? (first as Expression));
    const isSure = text?.type === "StringLiteral";
    loads.set(at, {
      ...found,
      origins: known.origins,
      isSure,
      name: calledAs,
      isProtected,
      ...(chunkName !== undefined && { chunkName }),
    });
  });
  return loads;
}

function isLoad(script: Script, node: Expression): boolean {
  return node.type === "Identifier" && ["load", "loadstring"].includes(pathOf(script, node) ?? "");
}

function calledName(node: Expression): string {
  return node.type === "Identifier" ? node.name : "load";
}

function walkCalls(chunk: Script["chunk"], visit: (call: AnyCall, at: number) => void): void {
  let count = 0;
  walk(chunk, (node) => {
    if (isCall(node)) visit(node, count++);
  });
}

class Linker {
  private bytes: string;
  private readonly texts: LoadedText[];
  private readonly loaders: Statement[] = [];
  private readonly comments;
  private readonly labelOf;
  private readonly chunk;

  constructor(
    private readonly script: Script,
    /** Loaders that there are already. */
    private readonly before: number,
  ) {
    const { chunk, labelOf } = structuredClone({ chunk: script.chunk, labelOf: script.labelOf });
    this.chunk = chunk;
    this.labelOf = new Map(labelOf);
    this.comments = [...chunk.comments];
    this.bytes = script.bytes;
    this.texts = [...script.texts];
  }

  link(loads: ReadonlyMap<number, Load>): ParsedScript {
    walkCalls(this.chunk, (call, at) => {
      const load = loads.get(at);
      if (load) this.replace(call, load);
    });
    const { bytes, texts, labelOf, script } = this;
    const body = [...this.loaders, ...this.chunk.body];
    const chunk = { ...this.chunk, body, comments: this.comments };
    const modules = [...script.modules.values()];
    return { bytes, chunk, labelOf, modules, texts, ownLength: script.ownLength };
  }

  private replace(call: AnyCall, load: Load): void {
    const name = `load ${this.before + this.loaders.length + 1}`;
    const loader = load.isProtected ? callArguments(call)[0] : call.base;
    (loader as { name: string }).name = name;
    const start = this.bytes.length + SEPARATOR.length;
    const results = load.texts.map((text) => this.results(text, load, call));
    const { loc } = call;
    const place: Place = { range: [start, this.bytes.length], loc };
    this.loaders.push(loaderFunction(name, load, results, place));
  }

  /** What `load` gives for a text: a function, or nil and the message. */
  private results(text: string, load: Load, call: AnyCall): readonly Expression[] {
    this.bytes += SEPARATOR;
    const start = this.bytes.length;
    const place: Place = { range: [start, start + 1], loc: call.loc };
    const chunkName = shownChunkName(load.chunkName ?? text);
    const parsed = parsedOrMessage(text, chunkName);
    if (typeof parsed === "string")
      return [{ type: "NilLiteral", value: null, ...place }, stringLiteral(parsed, place)];
    const firstLine = (this.script.modules.size + this.texts.length + 1) * LINES_PER_CHUNK;
    const { chunk, labelOf } = moved(parsed, start, firstLine);
    this.bytes += text;
    for (const [jump, label] of labelOf) this.labelOf.set(jump, label);
    this.comments.push(...chunk.comments);
    const origin = load.origins.get(text) ?? call.range;
    const loadedAt = this.texts.find((outer) => isWithin(origin, outer))?.loadedAt ?? origin;
    this.texts.push({ chunkName, start, end: this.bytes.length, firstLine, loadedAt });
    const within: Place = { range: [start, this.bytes.length], loc: chunk.loc };
    const parameters = [{ type: "VarargLiteral", raw: "...", ...within } as const];
    return [{ type: "FunctionDeclaration", identifier: null, isLocal: true, parameters, body: chunk.body, ...within }];
  }
}

function isWithin([at]: LoadedText["loadedAt"], { start, end }: LoadedText): boolean {
  return at >= start && at <= end;
}

function parsedOrMessage(text: string, chunkName: string): ParsedScript | string {
  const fault = checkSyntax(text);
  if (fault) return `${chunkName}:${fault.line}: ${fault.message}`;
  try {
    return parseBytes(text);
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    return `${chunkName}:${error.at?.line}: ${error.message}`;
  }
}

const stringLiteral = (value: string, place: Place): Expression => ({
  type: "StringLiteral",
  value,
  raw: "",
  ...place,
});

function loaderFunction(
  name: string,
  { texts, isSure, name: calledAs }: Load,
  results: readonly (readonly Expression[])[],
  place: Place,
): FunctionDeclaration & Statement {
  const returned = (values: readonly Expression[]): Statement => ({
    type: "ReturnStatement",
    arguments: values,
    ...place,
  });
  const given = (): Identifier => identifier("text given", place);
  const clauses = texts.map((text, i) => ({
    type: i === 0 ? ("IfClause" as const) : ("ElseifClause" as const),
    condition: {
      type: "BinaryExpression",
      operator: "==",
      left: given(),
      right: stringLiteral(text, place),
      ...place,
    } as const,
    body: [returned(results[i] as readonly Expression[])],
    ...place,
  }));
  const body: readonly Statement[] = isSure
    ? [returned(results[0] as readonly Expression[])]
    : [{ type: "IfStatement", clauses, ...place }, badArgument(calledAs, given(), place)];
  const parameters = isSure ? [] : [given()];
  return {
    type: "FunctionDeclaration",
    identifier: identifier(name, place),
    isLocal: true,
    parameters,
    body,
    ...place,
  };
}

/** `error("bad argument #1 to 'load' (function expected, got " .. type(text) .. ")", 2)` for what is no string. */
function badArgument(calledAs: string, given: Identifier, place: Place): Statement {
  const call = (name: string, ...args: Expression[]): AnyCall => ({
    type: "CallExpression",
    base: identifier(name, place),
    arguments: args,
    ...place,
  });
  const join = (left: Expression, right: Expression): Expression => ({
    type: "BinaryExpression",
    operator: "..",
    left,
    right,
    ...place,
  });
  const start = stringLiteral(`bad argument #1 to '${calledAs}' (function expected, got `, place);
  const message = join(start, join(call("type", given), stringLiteral(")", place)));
  const two: Expression = { type: "NumericLiteral", value: 2, raw: "2", ...place };
  return { type: "CallStatement", expression: call("error", message, two), ...place };
}
