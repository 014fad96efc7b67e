import { spellMethod } from "../../analyzer/verdict.js";
import { envoyApi, type Method, type ObjectName } from "../../envoy/index.js";
import { libraryFunction } from "../../lua/callee.js";
import { walk } from "../../lua/walk.js";
import { type Code, Precedence } from "../code.js";
import { FunctionContext, type ModuleContext } from "../context.js";
import { boxed } from "../convert.js";
import { indent } from "../print.js";
import { Refused } from "../refusal.js";
import { quote } from "../string-constants.js";
import { SHARED } from "./library-table.js";
import { builtin, libraryValue } from "./library-value.js";
import { noteDeviation, resultTypes } from "./method-call.js";
import { printModuleNames } from "./require.js";

/**
 * How `object:name(…)` finds a method when `object` may be anything: two functions `(kind, name) → function value`, for strings and for Envoy's
 * objects, that know only the names the script mentions.
 */
export function printMethodTables(module: ModuleContext): readonly string[] {
  const ownStrings = stringTable(module);
  const [moduleNames, installNames] = printModuleNames(module);
  const context = new FunctionContext(module, module.script.main, { kind: "void" });
  const names = [...module.dynamicMethods];
  // By its `__index`, which may be another by now.
  const strings = module.types.anyHasMetatable
    ? []
    : ownStrings
      ? [`return lua.indexString(lua.table(${ownStrings}), name, 0, "");`]
      : names.flatMap((name) => stringMethod(context, name));
  const shared = module.libraryTables.get(SHARED)?.name;
  const objects = reachableObjects(module).flatMap((object) => objectMethods(context, object, names));
  const installs = [
    ...(module.types.keepsLevels ? ["lua.keepLevels();"] : []),
    ...(installNames ? [installNames] : []),
    ...(shared ? ["lua.setSharedMetatables(metatables_of_types.index);"] : []),
    ...(strings.length > 0 ? ["lua.setStringMethods(string_methods.index);"] : []),
    ...(objects.length > 0 ? ["lua.setUserdataMethods(object_methods.index);"] : []),
  ];
  return [
    ...(shared ? [["function metatables_of_types(): Table {", ...indent([`return ${shared};`]), "}"].join("\n")] : []),
    ...(moduleNames ? [moduleNames] : []),
    ...(strings.length > 0 ? [table("string_methods", strings)] : []),
    ...(objects.length > 0 ? [table("object_methods", objects)] : []),
    ...(installs.length > 0 ? [["export function installMethods(): void {", ...indent(installs), "}"].join("\n")] : []),
  ];
}

/** The variable that holds the library `string`, when the script changes what is in it. */
function stringTable(module: ModuleContext): string | undefined {
  const changed = module.script.libraries.get("string")?.changed;
  return changed === "any" || (changed?.size ?? 0) > 0 ? module.libraryTables.get("string")?.name : undefined;
}

function table(name: string, lines: readonly string[]): string {
  const end = lines.at(-1)?.startsWith("return ") ? [] : ["return lua.nil;"];
  return [`function ${name}(kind: u32, name: Str): Value {`, ...indent([...lines, ...end]), "}"].join("\n");
}

function stringMethod(context: FunctionContext, name: string): readonly string[] {
  const row = libraryFunction(`string.${name}`);
  if (!row || row.status.kind === "refused") return [];
  return [`if (name == ${context.string(name).text}) return ${libraryValue(context, row).text};`];
}

/** Kinds of references by object, see `runtime/envoy/object.ts`. */
const KINDS: Readonly<Record<ObjectName, readonly number[]>> = {
  Handle: [1],
  Headers: [2, 3],
  Buffer: [4],
  Metadata: [5, 6, 7, 8],
  StreamInfo: [9],
  DynamicMetadata: [10],
  FilterState: [11],
  Connection: [12],
  SslConnection: [13],
  ParsedName: [14],
  PublicKey: [15],
  VirtualHost: [16],
  Route: [17],
  StatsScope: [18],
  Counter: [19],
  Gauge: [20],
  Histogram: [21],
  ConnectionStreamInfo: [],
  ConnectionDynamicMetadata: [],
};

function objectMethods(context: FunctionContext, object: ObjectName, names: readonly string[]): readonly string[] {
  const methods = names.flatMap((name) =>
    envoyApi.filter((method) => method.name === name && (method.object === object || method.object === "every object")),
  );
  if (methods.length === 0) return [];
  const condition = KINDS[object].map((kind) => `kind == ${kind}`).join(" || ");
  const lines = methods.map((method) => {
    refuseImpossible(context, method);
    noteDeviation(context, method, placeOf(context, method.name));
    return `if (name == ${context.string(method.name).text}) return ${builtin(context, methodWrapper(context, object, method)).text};`;
  });
  return [`if (${condition}) {`, ...indent(lines), "}"];
}

function refuseImpossible(context: FunctionContext, method: Method): void {
  const { fidelity, name } = method;
  if (fidelity.verdict !== "impossible") return;
  const range = placeOf(context, name);
  throw new Refused({
    id: `api.${spellMethod(method)}`,
    message: `\`${spellMethod(method)}\`: ${fidelity.reason}`,
    wayOut: fidelity.wayOut,
    range,
  });
}

function placeOf(context: FunctionContext, name: string): readonly [number, number] {
  let range: readonly [number, number] = [0, 0];
  walk(context.script.chunk, (node) => {
    if (node.type === "MemberExpression" && node.identifier.name === name) range = node.range;
  });
  return range;
}

/**
 *     function Headers_get(self: Closure, count: i32, object: Value, a: Value, b: Value): Value {
 *       lua.checkReceiver(object, 12, "get", lua.callLine, count < 1);
 *       return lua.returnPresent(lua.optional(lua.toObject<Headers>(object).get(count > 1 ? a : lua.absent, lua.callLine)));
 *     }
 */
function methodWrapper(context: FunctionContext, object: ObjectName, method: Method): string {
  const { module } = context;
  const key = `${object}:${method.name}`;
  const known = module.wrappers.get(key);
  if (known) return known;
  const name = module.topLevel.declare(`${object}_${method.name}`);
  module.wrappers.set(key, name);
  if (method.name === "__pairs") {
    module.declarations.push(printPairs(module, object, name));
    return name;
  }
  if (method.name === "bodyChunks" || (module.facts.coroutines && method.yields !== "never")) {
    module.declarations.push(printWaiting(module, method, name));
    return name;
  }
  const args = method.parameters.map((_, i) => {
    const value = ["a", "b"][i] ?? `lua.argument(${i + 2})`;
    return `count > ${i + 1} ? ${value} : lua.absent`;
  });
  const guest = method.name === "body" ? "bodyWrapped" : (method.guest?.split(".")[1] ?? method.name);
  const call = `lua.toObject<${object}>(object).${guest}(${[...(method.name === "body" ? ["count > 1 ? a : lua.absent"] : args), "lua.callLine"].join(", ")})`;
  module.declarations.push(
    [
      `function ${name}(self: Closure, count: i32, object: Value, a: Value, b: Value): Value {`,
      ...indent([checkReceiver(object, method.name), ...returned(method, call)]),
      "}",
    ].join("\n"),
  );
  return name;
}

/** A method that waits, in a script with coroutines: it gives what its coroutine is resumed with. `bodyChunks` gives a function anywhere. */
function printWaiting(module: ModuleContext, method: Method, name: string): string {
  module.imports.namespaces.set("waits", module.facts.coroutines ? "envoy/wait" : "envoy/chunk-iterator");
  const parameters = method.name === "body" ? ["alwaysWrap"] : method.parameters;
  const args = parameters.map((_, i) => `count > ${i + 1} ? ${["a", "b"][i] ?? `lua.argument(${i + 2})`} : lua.absent`);
  const call = `waits.${method.name}(${["lua.toObject<Handle>(object)", ...args, "lua.callLine"].join(", ")})`;
  const lines = [
    `function ${name}(self: Closure, count: i32, object: Value, a: Value, b: Value): Value {`,
    ...indent([
      checkReceiver("Handle", method.name),
      `return lua.${method.name === "bodyChunks" ? "return1" : "returnMany"}(${call});`,
    ]),
    "}",
  ];
  return lines.join("\n");
}

/** Called as a plain function, a method may get anything for its object. */
function checkReceiver(object: ObjectName, name: string): string {
  const kinds = KINDS[object].reduce((mask, kind) => mask | (1 << kind), 0);
  return `lua.checkReceiver(object, ${kinds}, ${quote(name)}, lua.callLine, count < 1);`;
}

/** `pairs(object)` as a function value that gives an iterator, which is a closure over the object's own. */
function printPairs(module: ModuleContext, object: ObjectName, name: string): string {
  const next = module.topLevel.declare(`${object}_next`);
  module.imports.objects.add(`${object}Pairs`);
  return `// @ts-ignore: decorator
@unmanaged
class ${next}_captures extends Closure {
  entries: ${object}Pairs | null;
}

function ${next}(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {
  const captured = changetype<${next}_captures>(self);
  const entries = captured.entries;
  if (!entries) return lua.raiseDead(lua.callLine);
  if (entries.next(lua.callLine)) return lua.return2(lua.boxed(entries.key), lua.boxed(entries.value));
  captured.entries = null;
  return lua.return0();
}

function ${name}(self: Closure, count: i32, object: Value, a: Value, b: Value): Value {
  const iterator = lua.closure<${next}_captures>(${next}.index);
  iterator.entries = lua.toObject<${object}>(object).pairs(lua.callLine);
  return lua.return1(lua.fn(iterator));
}`;
}

function returned(method: Method, call: string): readonly string[] {
  const [first, ...more] = resultTypes(method);
  if (more.length > 0) return [`return lua.returnMany(${call});`];
  if (first === undefined) return [`${call};`, "return lua.return0();"];
  const code: Code = { text: call, precedence: Precedence.Postfix, type: first, pure: false };
  const absent = method.results[0]?.absent === 0;
  return [`return lua.${absent ? "returnPresent" : "return1"}(${boxed(code).text});`];
}

/** Objects that the script can get hold of, by the names of the methods it mentions. */
function reachableObjects(module: ModuleContext): readonly ObjectName[] {
  const mentioned = new Set<string>();
  walk(module.script.chunk, (node) => {
    if (node.type === "MemberExpression") mentioned.add(node.identifier.name);
  });
  const found = new Set<ObjectName>(["Handle"]);
  for (const object of found) {
    for (const method of envoyApi) {
      if (method.object !== object || !mentioned.has(method.name)) continue;
      for (const { type } of method.results) if (/^[A-Z]/.test(type)) found.add(type as ObjectName);
    }
    if (mentioned.has("bodyChunks")) found.add("Buffer");
  }
  return [...found];
}
