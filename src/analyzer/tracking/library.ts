/**
 * The Lua library as value tracking needs it: which arguments a function insists on, and what it gives. As Envoy's LuaJIT has it
 * (2.1 with LUA52COMPAT), measured; see the project's notes on LuaJIT.
 *
 * Arguments: `s` string or number, `n` number or numeric string, `t` table, `f` function, `v` anything but there must be a value,
 * `o` anything or nothing; `?` after a letter: nil and nothing are fine; `*` at the end: any number more.
 * Results: `s n b t f`, `a` anything, `s?` `n?` nil when there is no match or no number, `-` nothing, `!` never returns.
 */
import { any, boolean, type Callee, FUNCTION, NUMBER, STRING, TABLE, type Value } from "./value.js";

const SIGNATURES: Readonly<Record<string, string>> = {
  assert: "v o * -> a",
  collectgarbage: "o o -> a",
  dofile: "o -> a",
  error: "o o -> !",
  gcinfo: "-> n",
  getfenv: "o -> t",
  getmetatable: "v -> a",
  ipairs: "t -> f",
  load: "v o o o -> a",
  loadfile: "o o o -> a",
  loadstring: "s o o o -> a",
  module: "s * -> -",
  newproxy: "o -> a",
  next: "t o -> a a",
  pairs: "t -> f",
  pcall: "v * -> b a a a a",
  print: "* -> -",
  rawequal: "v v -> b",
  rawget: "t v -> a",
  rawlen: "v -> n",
  rawset: "t v v -> t",
  require: "s -> a",
  select: "v * -> a a a a",
  setfenv: "v t -> a",
  setmetatable: "t o -> t",
  tonumber: "v o -> n?",
  tostring: "v -> s",
  type: "v -> s",
  unpack: "t o o -> a a a a",
  xpcall: "v v * -> b a a a a",
  "string.byte": "s n? n? -> a a a",
  "string.char": "* -> s",
  "string.dump": "f o -> s",
  "string.find": "s s n? o -> n? n? s? s? s? s?",
  "string.format": "s * -> s",
  "string.gmatch": "s s -> f",
  "string.gsub": "s s v n? -> s n",
  "string.len": "s -> n",
  "string.lower": "s -> s",
  "string.match": "s s n? -> s? s? s? s? s? s? s? s? s?",
  "string.rep": "s n s? -> s",
  "string.reverse": "s -> s",
  "string.sub": "s n n? -> s",
  "string.upper": "s -> s",
  "table.concat": "t s? n? n? -> s",
  "table.foreach": "t f -> a",
  "table.foreachi": "t f -> a",
  "table.getn": "t -> n",
  "table.insert": "t v o -> -",
  "table.maxn": "t -> n",
  "table.move": "t n n n o -> t",
  "table.pack": "* -> t",
  "table.remove": "t n? -> a",
  "table.sort": "t o -> -",
  "table.unpack": "t o o -> a a a a",
  "math.random": "n? n? -> n",
  "math.randomseed": "n -> -",
  "math.max": "n * -> n",
  "math.min": "n * -> n",
  "math.frexp": "n -> n n",
  "math.modf": "n -> n n",
  "math.atan2": "n n -> n",
  "math.fmod": "n n -> n",
  "math.ldexp": "n n -> n",
  "math.pow": "n n -> n",
  "math.log": "n n? -> n",
  "os.clock": "-> n",
  "os.date": "s? n? -> a",
  "os.difftime": "n n? -> n",
  "os.execute": "o -> a",
  "os.exit": "o o -> !",
  "os.getenv": "s -> s?",
  "os.remove": "s -> a a",
  "os.rename": "s s -> a a",
  "os.setlocale": "o o -> a",
  "os.time": "o -> n",
  "os.tmpname": "-> s",
  "coroutine.create": "f -> a",
  "coroutine.isyieldable": "-> b",
  "coroutine.resume": "v * -> b a a a",
  "coroutine.running": "-> a a",
  "coroutine.status": "v -> s",
  "coroutine.wrap": "f -> f",
  "coroutine.yield": "* -> a a a",
};

const MATH_OF_ONE = "abs acos asin atan ceil cos cosh deg exp floor log10 rad sin sinh sqrt tan tanh".split(" ");
const BIT = "tobit tohex bnot band bor bxor lshift rshift arshift rol ror bswap".split(" ");
const IO = "close flush input lines open output popen read tmpfile type write".split(" ");
const DEBUG =
  "debug gethook getinfo getlocal getmetatable getregistry getupvalue sethook setlocal setmetatable setupvalue traceback".split(
    " ",
  );

const ALL: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SIGNATURES),
  ...MATH_OF_ONE.map((name): [string, string] => [`math.${name}`, "n -> n"]),
  ...BIT.map((name): [string, string] => [`bit.${name}`, name === "tohex" ? "n n? -> s" : "n * -> n"]),
  ...IO.map((name): [string, string] => [`io.${name}`, "* -> a a a"]),
  ...DEBUG.map((name): [string, string] => [`debug.${name}`, "* -> a"]),
]);

export interface Signature {
  readonly parameters: readonly { readonly takes: "s" | "n" | "t" | "f" | "v" | "o"; readonly optional: boolean }[];
  readonly results: readonly string[];
  /** `error`, `os.exit`. */
  readonly neverReturns: boolean;
}

const parsed: ReadonlyMap<string, Signature> = new Map([...ALL].map(([name, text]) => [name, parseSignature(text)]));

export function signatureOf(name: string): Signature | undefined {
  return parsed.get(name);
}

function parseSignature(text: string): Signature {
  const [before = "", after = ""] = text.split("->");
  const words = before
    .trim()
    .split(/\s+/)
    .filter((word) => word !== "" && word !== "*");
  return {
    parameters: words.map((word) => {
      const takes = word[0] as Signature["parameters"][number]["takes"];
      return { takes, optional: takes === "o" || word.endsWith("?") };
    }),
    results: after
      .trim()
      .split(/\s+/)
      .filter((word) => word !== "-" && word !== "!" && word !== ""),
    neverReturns: after.trim() === "!",
  };
}

/** `bad argument #1 to 'find' (string expected, got nil)`: the word for what was expected. */
export const EXPECTED: Readonly<Record<string, string>> = {
  s: "string",
  n: "number",
  t: "table",
  f: "function",
  v: "value",
};

/** Types an argument may have; a number is taken for a string and the other way round (numeric strings). */
export const ACCEPTED: Readonly<Record<string, number>> = {
  s: STRING | NUMBER,
  n: STRING | NUMBER,
  t: TABLE,
  f: FUNCTION,
  v: 255,
  o: 255,
};

const callee = (name: string): Value => ({ types: FUNCTION, callees: [{ kind: "library", name } satisfies Callee] });

/** Every global that a script finds when it starts. */
export const LIBRARY_GLOBALS: ReadonlyMap<string, Value> = libraryGlobals();

function libraryGlobals(): ReadonlyMap<string, Value> {
  const globals = new Map<string, Value>();
  const namespaces = new Map<string, Map<string, Value>>();
  for (const name of ALL.keys()) {
    const [space = "", member] = name.split(".");
    if (member === undefined) {
      globals.set(name, callee(name));
      continue;
    }
    const fields = namespaces.get(space) ?? new Map<string, Value>();
    fields.set(member, callee(name));
    namespaces.set(space, fields);
  }
  namespaces.get("math")?.set("pi", { types: NUMBER, constant: Math.PI }).set("huge", { types: NUMBER });
  for (const [name, fields] of namespaces) {
    globals.set(name, {
      types: TABLE,
      key: `library:${name}`,
      table: { node: undefined, fields, other: undefined, closed: false },
    });
  }
  for (const name of ["package", "jit", "_G"]) globals.set(name, { types: TABLE, key: `library:${name}` });
  globals.set("_VERSION", { types: STRING, constant: "Lua 5.1" });
  globals.set("EnvoyTimestampResolution", {
    types: TABLE,
    table: {
      node: undefined,
      fields: new Map([
        ["MILLISECOND", { types: NUMBER, constant: 0 }],
        ["MICROSECOND", { types: NUMBER, constant: 1 }],
      ]),
      other: undefined,
      closed: false,
    },
  });
  return globals;
}

/** Library tables of which every member is known: an unknown name in them is nil. */
export const COMPLETE_LIBRARIES: ReadonlySet<string> = new Set([
  "string",
  "table",
  "math",
  "os",
  "io",
  "bit",
  "coroutine",
  "debug",
]);

/** What one letter of a signature's results stands for. */
export function resultValue(letter: string): Value {
  switch (letter[0]) {
    case "s":
      return { types: STRING };
    case "n":
      return { types: NUMBER };
    case "b":
      return boolean;
    case "t":
      return { types: TABLE };
    case "f":
      return { types: FUNCTION };
    default:
      return any;
  }
}
