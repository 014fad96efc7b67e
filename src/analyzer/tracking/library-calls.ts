import type { AnyCall } from "../../lua/ast.js";
import { alwaysMatches } from "../patterns/lua-pattern.js";
import { callValue, maybeCall, unknown } from "./calls.js";
import type { Values } from "./expressions.js";
import type { Argument } from "./facts.js";
import { ACCEPTED, EXPECTED, resultValue, signatureOf } from "./library.js";
import type { Tracker } from "./tracker.js";
import {
  any,
  BOOLEAN,
  FUNCTION,
  mergeSources,
  NIL,
  type NilReason,
  NUMBER,
  STRING,
  string,
  TABLE,
  TRUTHY,
  USERDATA,
  type Value,
  withSources,
} from "./value.js";

/** @param how `method`: called as `s:find(…)`, whose first argument is the string itself */
export function callLibrary(
  t: Tracker,
  node: AnyCall,
  name: string,
  args: readonly Argument[],
  open: boolean,
  how?: "method",
): Values {
  const signature = signatureOf(name);
  if (!t.now || !signature) return unknown;
  t.note("libraryCalls", node, { node, name, arguments: args, where: t.where() });
  if (PROTECTED.has(name)) return callProtected(t, node, name, args);
  checkArguments(t, node, name, args, open, how);
  if (name === "string.format") checkFormat(t, node, args);
  if (signature.neverReturns) {
    t.now = undefined;
    t.endedBy = undefined;
    return { values: [], open: false };
  }
  callBacks(t, node, name, args);
  if (!t.now) return unknown;
  const special = SPECIAL[name]?.(t, node, args);
  if (special) return special;
  const sources = mergeSources(args.map(({ value }) => value));
  // One key for all captures: they are nil together.
  const match = t.freshKey();
  return {
    values: signature.results.map((letters) => resultOf(t, node, name, letters, args, sources, match)),
    open: signature.results.some((letters) => letters === "a"),
  };
}

function checkArguments(
  t: Tracker,
  node: AnyCall,
  name: string,
  args: readonly Argument[],
  open: boolean,
  how?: "method",
): void {
  const parameters = signatureOf(name)?.parameters ?? [];
  const short = name.includes(".") ? (name.split(".")[1] ?? name) : name;
  for (const [i, { takes, optional }] of parameters.entries()) {
    const argument = args[i];
    const position = how === "method" ? i : i + 1;
    const detail = {
      function: how === "method" ? short : name,
      argument: position,
      expected: EXPECTED[takes] ?? "value",
    };
    if (!argument) {
      if (!open && !optional)
        t.note("missingArguments", node, {
          node,
          function: detail.function,
          argument: position,
          expected: detail.expected,
          where: t.where(),
        });
      return;
    }
    const { value } = argument;
    if (takes === "v") {
      // Only a call in last place can give no value; a variable that is nil is a value.
      if (!optional && value.maybeNone && value.nil && t.now && t.now.typesOf(value) & NIL) {
        t.fault({ operation: "argument", node, operand: argument.node ?? node, value, problem: "none", detail });
      }
      continue;
    }
    const accepted = accepts(name, takes);
    t.expect(optional ? accepted | NIL : accepted, value, argument.node ?? node, node, "argument", detail);
  }
}

/** `string.format("%s", headers:get(x))`: nil would be printed, no value at all is an error. */
function checkFormat(t: Tracker, node: AnyCall, args: readonly Argument[]): void {
  const last = args.at(-1);
  if (args.length < 2 || !last?.value.maybeNone || !last.value.nil || !t.now || !(t.now.typesOf(last.value) & NIL))
    return;
  const detail = { function: "string.format", argument: args.length, expected: "value" };
  t.fault({ operation: "argument", node, operand: last.node ?? node, value: last.value, problem: "none", detail });
}

function accepts(name: string, takes: string): number {
  const types = ACCEPTED[takes] ?? 255;
  return name === "pairs" ? types | USERDATA : types;
}

const PROTECTED = new Set(["pcall", "xpcall"]);

function callProtected(t: Tracker, node: AnyCall, name: string, args: readonly Argument[]): Values {
  const [callee, ...rest] = name === "pcall" ? args : [args[0], ...args.slice(2)];
  const before = t.now;
  if (!before || !callee) return unknown;
  const untouched = before.copy();
  t.caught++;
  const results = callValue(
    t,
    node,
    callee.value,
    rest.filter((argument) => argument !== undefined),
    false,
  );
  t.caught--;
  const handler = name === "xpcall" ? args[1]?.value.callees?.[0] : undefined;
  if (handler?.kind === "script") maybeCall(t, node, handler.node);
  t.now = t.join(untouched, t.now);
  t.endedBy = undefined;
  const values = results.values.map((value) => unclaimed(value));
  return { values: [{ types: BOOLEAN }, ...values, any], open: true };
}

/** After an error the results are something else. */
function unclaimed(value: Value): Value {
  return withSources(any, value.sources);
}

/** Functions that the library calls for the script. */
function callBacks(t: Tracker, node: AnyCall, name: string, args: readonly Argument[]): void {
  const position = name === "string.gsub" ? 2 : name.startsWith("coroutine.") ? 0 : 1;
  for (const callee of args[position]?.value.callees ?? []) {
    if (callee.kind !== "script") continue;
    const sources = mergeSources([args[0]?.value]);
    const given = callee.node.parameters.map(() => (name === "string.gsub" ? withSources(string, sources) : any));
    t.callbacks++;
    maybeCall(t, node, callee.node, given);
    t.callbacks--;
  }
}

function resultOf(
  t: Tracker,
  node: AnyCall,
  name: string,
  letters: string,
  args: readonly Argument[],
  sources: ReadonlySet<string> | undefined,
  match: string,
): Value {
  const value = withSources({ ...resultValue(letters) }, sources);
  if (!letters.endsWith("?"))
    return { ...value, key: t.freshKey(), ...(assembles(name) && isVariable(args) && { assembled: true as const }) };
  const nil = noResult(name, node, args);
  return { ...value, types: value.types | NIL, key: match, ...(nil && { nil }) };
}

function assembles(name: string): boolean {
  return name === "string.format" || name === "table.concat" || name === "string.rep";
}

function isVariable(args: readonly Argument[]): boolean {
  return args.some(({ value }) => value.constant === undefined);
}

function noResult(name: string, node: AnyCall, args: readonly Argument[]): NilReason | undefined {
  const subject = args[0]?.value;
  switch (name) {
    case "os.getenv": {
      const fixed = args[0]?.value.constant;
      return { kind: "environment", name: fixed === undefined ? undefined : String(fixed), at: node };
    }
    case "tonumber":
      return { kind: "notANumber", outsideText: isHeaderValue(subject), at: node };
    default:
      return { kind: "noMatch", function: name, outsideText: isOutsideText(subject), at: node };
  }
}

/** A header as it came, which may be anything; `:status` is always a number. */
function isHeaderValue(value: Value | undefined): boolean {
  return /\.get\(/.test(value?.key ?? "") && !value?.sources?.has("response-header::status");
}

/** The client or the upstream decides what is in it. */
function isOutsideText(value: Value | undefined): boolean {
  return [...(value?.sources ?? [])].some((source) => /^(request|response)-/.test(source));
}

/** The client decides what is in it. */
export function isClientControlled(value: Value | undefined): boolean {
  return [...(value?.sources ?? [])].some((source) => /^request-(header|body|trailer)/.test(source));
}

type Special = (t: Tracker, node: AnyCall, args: readonly Argument[]) => Values | undefined;

const one = (value: Value): Values => ({ values: [value], open: false });

const SPECIAL: Readonly<Record<string, Special>> = {
  type: () => one(string),
  tostring: (_, __, [argument]) => {
    const value = argument?.value;
    if (value?.constant !== undefined && typeof value.constant !== "boolean")
      return one({ types: STRING, constant: String(value.constant) });
    return one(withSources(string, value?.sources));
  },
  tonumber: (t, _, [argument]) => {
    const value = argument?.value;
    if (!value || !t.now) return undefined;
    const types = t.now.typesOf(value);
    if (types === NUMBER) return one(value);
    if (typeof value.constant === "string" && /^\d+$/.test(value.constant))
      return one({ types: NUMBER, constant: Number(value.constant) });
    return undefined;
  },
  assert: (t, _, args) => {
    const [first] = args;
    if (first && t.now && !t.now.learn(first.value, TRUTHY)) t.now = undefined;
    return { values: args.map(({ value }) => (t.now ? t.now.narrowed(value) : value)), open: false };
  },
  setmetatable: (_, __, [argument]) => {
    const value = argument?.value ?? any;
    return one(value.table ? { ...value, table: { ...value.table, closed: false, other: any } } : value);
  },
  "string.match": (_, __, args) => matchResults(args, "string.match"),
  "string.find": (_, __, args) => matchResults(args, "string.find"),
  "string.gmatch": (t, node, args) => {
    const sources = mergeSources([args[0]?.value]);
    const nil: NilReason = {
      kind: "noMatch",
      function: "string.gmatch",
      outsideText: isOutsideText(args[0]?.value),
      at: node,
    };
    const item: Value = withSources({ types: STRING | NIL, key: t.freshKey(), nil }, sources);
    const items = Array.from({ length: 6 }, () => item);
    return one({
      types: FUNCTION,
      callees: [{ kind: "iterator", of: "gmatch", item: items, over: args[0]?.value ?? any }],
    });
  },
  pairs: (_, __, args) => iterate(args, "pairs"),
  ipairs: (_, __, args) => iterate(args, "ipairs"),
  require: (_, __, [argument]) => {
    const name = argument?.value.constant;
    if (typeof name === "string" && BUILT_IN_MODULES.has(name)) return undefined;
    return one({ types: TABLE | FUNCTION | USERDATA, key: `module:${name ?? "?"}` });
  },
};

const BUILT_IN_MODULES = new Set([
  "string",
  "table",
  "math",
  "os",
  "io",
  "bit",
  "coroutine",
  "debug",
  "jit",
  "package",
  "_G",
]);

function matchResults(args: readonly Argument[], name: string): Values | undefined {
  const pattern = args[1]?.value.constant;
  const plainFind = name === "string.find" && args[3]?.value.constant === true;
  if (typeof pattern !== "string" || plainFind || !alwaysMatches(pattern)) return undefined;
  const sources = mergeSources([args[0]?.value]);
  const found = name === "string.find" ? [{ types: NUMBER }, { types: NUMBER }] : [];
  return { values: [...found, ...Array.from({ length: 6 }, () => withSources(string, sources))], open: false };
}

function iterate([argument]: readonly Argument[], of: "pairs" | "ipairs"): Values {
  const value = argument?.value ?? any;
  const sources = value.sources;
  let item: readonly Value[] = [{ types: TRUTHY | 4 }, withSources({ types: TRUTHY | 4 }, sources)];
  if (value.object) {
    item = value.object.name === "Headers" ? headerItem(value) : [string, any];
  } else if (of === "ipairs") {
    item = [{ types: NUMBER }, withSources(listItem(value), sources)];
  } else if (value.table?.other?.nil?.kind === "callHeader") {
    item = [string, withSources({ types: STRING | TABLE }, sources)];
  }
  return one({ types: FUNCTION, callees: [{ kind: "iterator", of, item, over: value }] });
}

function headerItem(value: Value): readonly Value[] {
  const kind = value.object?.part === "trailers" ? "trailer" : "header";
  const source = `${value.object?.direction ?? "request"}-${kind}:*`;
  return [string, { ...string, sources: new Set([source]) }];
}

/** What a list of constants holds; otherwise anything but nil. */
function listItem(value: Value): Value {
  const contents = value.table;
  if (!contents?.closed || contents.fields.size === 0) return { types: TRUTHY | 4 };
  let types = 0;
  for (const item of contents.fields.values()) types |= item.types & ~NIL;
  return { types };
}
