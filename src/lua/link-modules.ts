import {
  type Chunk,
  callArguments,
  type FunctionDeclaration,
  type Identifier,
  isCall,
  type Node,
  type Statement,
} from "./ast.js";
import type { LinkedModule, ParsedScript } from "./parse.js";
import type { Script } from "./script.js";
import { walk } from "./walk.js";

/** A Lua module that is given to the compiler, for `require(name)`. */
export interface LuaModule {
  readonly name: string;
  /** As the user names it, for refusals. */
  readonly file: string;
  readonly parsed: ParsedScript;
}

/** Line L of the n-th module (from 1) is n * LINES_PER_CHUNK + L in the tree and in the runtime, see `src/runtime/error.ts`. */
export const LINES_PER_CHUNK = 1_000_000;

/** Where LuaJIT looks for a module first, from its working directory: `a/b.lua` for `a.b`. */
function modulePath(name: string): string {
  return `${name
    .split(".")
    .map((part) => part.replace(/[^\w-]/g, "_") || "_")
    .join("/")}.lua`;
}

/** Stands between the texts: neither a comment nor blank, so that no comment crosses it. */
export const SEPARATOR = "\n;;\n";

type Range = readonly [start: number, end: number];

/**
 * Puts the modules that a script requires by constant names, and those that they require, in front of it, as functions of the chunk:
 *
 *     local <loaded json>, <load json>
 *     <load json> = function(...) … end
 *
 * The names hold a space, so that no name of the script is the same. `resolveScript` knows what `require "json"` then means.
 */
export function linkModules(script: ParsedScript, modules: readonly LuaModule[]): ParsedScript {
  const wanted = requiredModules(script, new Map(modules.map((module) => [module.name, module])));
  if (wanted.length === 0) return script;
  let { bytes } = script;
  const labelOf = new Map(script.labelOf);
  const linked: LinkedModule[] = [];
  const statements: Statement[] = [];
  const comments = [...script.chunk.comments];
  for (const [i, { module, requiredAt }] of wanted.entries()) {
    bytes += SEPARATOR;
    const start = bytes.length;
    const firstLine = (i + 1) * LINES_PER_CHUNK;
    const { chunk, labelOf: labels } = moved(module.parsed, start, firstLine);
    for (const [jump, label] of labels) labelOf.set(jump, label);
    bytes += module.parsed.bytes;
    const { name, file } = module;
    linked.push({ name, file, path: modulePath(name), start, end: bytes.length, firstLine, requiredAt });
    statements.push(loaderStatement(module.name, chunk, [start, bytes.length]));
    comments.push(...chunk.comments);
  }
  const body = [declaration(linked, script.bytes.length), ...statements, ...script.chunk.body];
  const chunk = { ...script.chunk, body, comments };
  return { bytes, chunk, labelOf, modules: linked, ownLength: script.bytes.length };
}

interface Wanted {
  readonly module: LuaModule;
  /** The `require` of the script itself that leads to it. */
  readonly requiredAt: Range;
}

function requiredModules(script: ParsedScript, available: ReadonlyMap<string, LuaModule>): readonly Wanted[] {
  const wanted = new Map<string, Wanted>();
  const follow = (chunk: Chunk, from?: Range): void => {
    for (const { name, range } of requires(chunk)) {
      const module = available.get(name);
      if (!module || wanted.has(name)) continue;
      const requiredAt = from ?? range;
      wanted.set(name, { module, requiredAt });
      follow(module.parsed.chunk, requiredAt);
    }
  };
  follow(script.chunk);
  return [...wanted.values()];
}

/** `require "name"`, and `pcall(require, "name")`. */
function requires(chunk: Chunk): readonly { readonly name: string; readonly range: Range }[] {
  const found: { name: string; range: Range }[] = [];
  walk(chunk, (node) => {
    if (!isCall(node)) return;
    if (node.base.type !== "Identifier") return;
    const args = callArguments(node);
    const isProtected = node.base.name === "pcall" && args[0]?.type === "Identifier" && args[0].name === "require";
    const name = isProtected ? args[1] : node.base.name === "require" ? args[0] : undefined;
    if (name?.type === "StringLiteral") found.push({ name: name.value, range: node.range });
  });
  return found;
}

export const loadedName = (module: string): string => `loaded ${module}`;
export const loaderName = (module: string): string => `load ${module}`;

export type Place = Pick<Node, "range" | "loc">;

export const identifier = (name: string, place: Place): Identifier => ({ type: "Identifier", name, ...place });

function declaration(modules: readonly LinkedModule[], ownLength: number): Statement {
  const position = { line: 1, column: 0 };
  const place: Place = { range: [ownLength + 1, ownLength + 2], loc: { start: position, end: position } };
  const variables = modules.flatMap(({ name }) =>
    [loadedName(name), loaderName(name)].map((variable) => identifier(variable, place)),
  );
  return { type: "LocalStatement", variables, init: [], ...place };
}

function loaderStatement(name: string, chunk: Chunk, range: Range): Statement {
  const place: Place = { range, loc: chunk.loc };
  const loader: FunctionDeclaration = {
    type: "FunctionDeclaration",
    identifier: null,
    isLocal: true,
    parameters: [{ type: "VarargLiteral", raw: "...", ...place }],
    body: chunk.body,
    ...place,
  };
  return { type: "AssignmentStatement", variables: [identifier(loaderName(name), place)], init: [loader], ...place };
}

/** A copy of a tree, `bytes` and `lines` further on. */
export function moved(
  { chunk, labelOf }: ParsedScript,
  bytes: number,
  lines: number,
): Pick<ParsedScript, "chunk" | "labelOf"> {
  const copy = structuredClone({ chunk, labelOf });
  const shift = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) shift(item);
    else if (typeof value === "object" && value !== null) {
      const node = value as { range?: [number, number]; line?: number };
      if (node.range) node.range = [node.range[0] + bytes, node.range[1] + bytes];
      else if (typeof node.line === "number") node.line += lines;
      for (const [key, child] of Object.entries(value)) if (key !== "range") shift(child);
    }
  };
  shift(copy.chunk);
  return copy;
}

/** `FILE:LINE` of a place in a linked module, undefined for one in the script itself. */
export function placeInModule(
  script: Pick<Script, "bytes" | "modules">,
  at: number,
): { readonly module: LinkedModule; readonly line: number } | undefined {
  const module = [...script.modules.values()].find(({ start, end }) => at >= start && at <= end);
  if (!module) return undefined;
  return { module, line: script.bytes.slice(module.start, at).split("\n").length };
}
