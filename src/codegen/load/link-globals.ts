import {
  type AnyCall,
  callArguments,
  type Expression,
  type Identifier,
  isCall,
  type Node,
  type Statement,
  type TableField,
} from "../../lua/ast.js";
import { isLibrary, libraryConstant, libraryFields, libraryFunction, pathOf, stringValue } from "../../lua/callee.js";
import { LIBRARY } from "../../lua/library.js";
import { identifier, type Place } from "../../lua/link-modules.js";
import { resolveScript } from "../../lua/resolve.js";
import type { Script } from "../../lua/script.js";
import { children, walk } from "../../lua/walk.js";
import type { Refusal } from "../refusal.js";
import { become, copyOf, placeOf } from "./rewrite.js";

/** The name of the table; no name of a script holds a space. */
const TABLE = "globals table";
const MISSING = "missing function";

/** What the host calls is looked up by name when the script is loaded; it never is an entry. */
const HANDLERS = new Set(["envoy_on_request", "envoy_on_response"]);

/**
 * `_G.name` is the global `name`. In a script that uses `_G` in any other way, the globals are entries of a table:
 *
 *     local <globals table> = { print = print, string = string, … }
 *     <globals table>._G = <globals table>
 *
 * and `counter` is `<globals table>.counter`. What the library has under names that the script never assigns is still called by its name.
 */
export function linkGlobals(script: Script): Script {
  if (!needsRewriting(script)) return script;
  const rewritten = copyOf(script);
  const names = resolveScript(rewritten);
  const isTable = globalsTableUse(names) !== undefined;
  const targets = new Rewriting(names, isTable);
  targets.rewrite();
  if (!isTable) return resolveScript(rewritten);
  const body = [...declaration(names), ...rewritten.chunk.body];
  return resolveScript({ ...rewritten, chunk: { ...rewritten.chunk, body } });
}

function needsRewriting(script: Script): boolean {
  const own = (name: string): boolean => script.globals.get(name)?.assignments.length === 0;
  return own("_G") || (own("getfenv") && getfenvCalls(script).length > 0);
}

/** What is not as in LuaJIT in a script whose globals are a table, with the place that makes them one. */
export function globalsTableUses(script: Script): readonly Omit<Refusal, "wayOut">[] {
  const use = globalsTableUse(script);
  return use ? [{ id: "globals-table", message: GLOBALS_TABLE, range: use.range }] : [];
}

const GLOBALS_TABLE =
  "`_G` as a table: what the library has under a name is still called by that name after it was replaced under a computed one; the functions that Envoy calls, and libraries that the script does not mention, are not in the table";

/** Where the globals have to be a table: the first use of `_G` but for `_G.name`; undefined when there is none. */
function globalsTableUse(script: Script): Node | undefined {
  let found: Node | undefined = getfenvCalls(script)[0];
  const isG = (node: Node): boolean => isGlobals(script, node);
  walk(script.chunk, (node, parents) => {
    if (found || !isG(node)) return;
    const parent = parents.at(-1);
    const isName =
      (parent?.type === "MemberExpression" && parent.indexer === "." && parent.base === node) ||
      (parent?.type === "IndexExpression" && parent.base === node && stringValue(parent.index) !== undefined);
    if (!isName) found = node;
  });
  return found;
}

/** `_G`, `_G._G`: nothing else is sure to be it. */
function isGlobals(script: Script, node: Node): boolean {
  if (node.type === "Identifier")
    return (
      node.name === "_G" &&
      script.bindingOf.get(node)?.kind === "global" &&
      !script.globals.get("_G")?.assignments.length
    );
  return node.type === "MemberExpression" && node.identifier.name === "_G" && isGlobals(script, node.base);
}

/** `getfenv()`, `getfenv(0)`, `getfenv(1)` in a script that sets no environment: `_G`. */
function getfenvCalls(script: Script): readonly AnyCall[] {
  if (script.globals.has("setfenv")) return [];
  const found: AnyCall[] = [];
  walk(script.chunk, (node) => {
    if (!isCall(node)) return;
    const [level, ...more] = callArguments(node);
    const isOwn = !level || (level.type === "NumericLiteral" && [0, 1].includes(level.value));
    if (pathOf(script, node.base) === "getfenv" && more.length === 0 && isOwn) found.push(node);
  });
  return found;
}

class Rewriting {
  private readonly calls: ReadonlySet<Node>;

  constructor(
    private readonly script: Script,
    private readonly isTable: boolean,
  ) {
    this.calls = new Set(getfenvCalls(script));
  }

  rewrite(): void {
    this.node(this.script.chunk);
  }

  private node(node: Node): void {
    if (this.calls.has(node)) become(node, identifier(TABLE, placeOf(node)));
    else if (node.type === "MemberExpression" || node.type === "IndexExpression") this.index(node);
    else if (node.type === "Identifier") this.name(node);
    else for (const child of children(node)) this.node(child);
  }

  private index(node: Extract<Node, { base: Expression }>): void {
    if (isGlobals(this.script, node)) {
      become(node, identifier(TABLE, placeOf(node)));
      return;
    }
    const key =
      node.type === "MemberExpression"
        ? node.indexer === "." && node.identifier.name
        : node.type === "IndexExpression" && stringValue(node.index);
    if (isGlobals(this.script, node.base) && typeof key === "string" && (!this.isTable || this.isStatic(key)))
      become(node, { ...identifier(key, placeOf(node)), isGlobal: true });
    else for (const child of children(node)) this.node(child);
  }

  private name(node: Identifier): void {
    const binding = this.script.bindingOf.get(node);
    if (!this.isTable || binding?.kind !== "global") return;
    const { range, loc, name } = node;
    if (isGlobals(this.script, node)) become(node, identifier(TABLE, placeOf(node)));
    else if (!this.isStatic(name))
      become(node, {
        type: "MemberExpression",
        indexer: ".",
        base: identifier(TABLE, placeOf(node)),
        identifier: { type: "Identifier", name, range, loc },
        isGlobal: true,
        range,
        loc,
      });
  }

  /** What the library has under the name, and the script leaves there. */
  private isStatic(name: string): boolean {
    if (HANDLERS.has(name)) return true;
    if (this.isAssigned(name)) return false;
    return NAMES.has(name) || libraryFunction(name) !== undefined || isLibrary(name);
  }

  private isAssigned(name: string): boolean {
    return (this.script.globals.get(name)?.assignments.length ?? 0) > 0 || this.assignedThroughG.has(name);
  }

  private get assignedThroughG(): ReadonlySet<string> {
    this.throughG ??= namesAssignedThroughG(this.script);
    return this.throughG;
  }
  private throughG: ReadonlySet<string> | undefined;
}

/** Names that are no functions and no libraries. */
const NAMES = new Set(["_VERSION", "EnvoyTimestampResolution", "require"]);

function namesAssignedThroughG(script: Script): ReadonlySet<string> {
  const found = new Set<string>();
  const note = (target: Node | null): void => {
    if (target?.type === "MemberExpression" && isGlobals(script, target.base)) found.add(target.identifier.name);
    if (target?.type === "IndexExpression" && isGlobals(script, target.base))
      found.add(stringValue(target.index) ?? "");
  };
  walk(script.chunk, (node) => {
    if (node.type === "AssignmentStatement") for (const target of node.variables) note(target);
    if (node.type === "FunctionDeclaration") note(node.identifier);
    if (!isCall(node)) return;
    const [table, key] = callArguments(node);
    if (table && key && isGlobals(script, table) && pathOf(script, node.base) === "rawset")
      found.add(stringValue(key) ?? "");
  });
  return found;
}

function declaration(script: Script): readonly Statement[] {
  const position = { line: 1, column: 0 };
  const at = script.ownLength;
  const place: Place = { range: [at + 1, at + 2], loc: { start: position, end: position } };
  const table: Expression = { type: "TableConstructorExpression", fields: entries(script, place), ...place };
  const own = (): Identifier => identifier(TABLE, place);
  const itself: Expression = {
    type: "MemberExpression",
    indexer: ".",
    base: own(),
    identifier: identifier("_G", place),
    ...place,
  };
  const missing = raising("this function of the library is not in the compiled module", place);
  return [
    { type: "LocalStatement", variables: [identifier(MISSING, place)], init: [missing], ...place },
    { type: "LocalStatement", variables: [own()], init: [table], ...place },
    { type: "AssignmentStatement", variables: [itself], init: [own()], ...place },
  ];
}

/** The library, functions that a module cannot have as functions that raise. */
function entries(script: Script, place: Place): readonly TableField[] {
  const names = new Set(LIBRARY.map(({ name }) => name.split(".")[0] as string));
  const entry = (name: string, value: Expression): TableField => ({
    type: "TableKeyString",
    key: identifier(name, place),
    value,
    ofGlobals: true,
    ...place,
  });
  const global = (name: string): Expression => ({ ...identifier(name, place), isGlobal: true });
  const missing = (): Expression => identifier(MISSING, place);
  const fields = [...names].map((name) => {
    const row = libraryFunction(name);
    if (row) return entry(name, row.status.kind === "refused" ? missing() : global(name));
    // A library of which the script knows nothing costs nothing.
    if (hasSomething(name) && new RegExp(`\\b${name}\\b`).test(script.bytes)) return entry(name, global(name));
    return entry(name, { type: "TableConstructorExpression", fields: [], ...place });
  });
  const zero = (value: number): Expression => ({ type: "NumericLiteral", value, raw: String(value), ...place });
  const resolutions = [entry("MILLISECOND", zero(0)), entry("MICROSECOND", zero(1))];
  return [
    ...fields,
    entry("_VERSION", global("_VERSION")),
    entry("require", missing()),
    entry("EnvoyTimestampResolution", { type: "TableConstructorExpression", fields: resolutions, ...place }),
  ];
}

function hasSomething(library: string): boolean {
  return libraryFields(library).some(
    (field) => libraryConstant(field.name) || ("status" in field && field.status.kind !== "refused"),
  );
}

/** `function() error("…", 0) end` */
function raising(message: string, place: Place): Expression {
  const text: Expression = { type: "StringLiteral", value: message, raw: "", ...place };
  const level: Expression = { type: "NumericLiteral", value: 0, raw: "0", ...place };
  const base: Expression = { ...identifier("error", place), isGlobal: true };
  const call: AnyCall = { type: "CallExpression", base, arguments: [text, level], ...place };
  const body: readonly Statement[] = [{ type: "CallStatement", expression: call, ...place }];
  return { type: "FunctionDeclaration", identifier: null, isLocal: true, parameters: [], body, ...place };
}
