import { LIBRARY, type LibraryFunction, MODULES, type Parameter, type ResultType } from "../../src/lua/library.js";
import { type Guest, guest } from "./guest.js";

/** A Lua value in a test. Strings are latin1 (a character is a byte); an array is a table with keys 1…; `fn` names one of `FUNCTIONS`. */
export type LuaValue = null | boolean | number | string | LuaTable | { readonly fn: FunctionName };

export type LuaTable = readonly LuaValue[] | { readonly entries: readonly (readonly [LuaValue, LuaValue])[] };

export function entriesOf(table: LuaTable): readonly (readonly [LuaValue, LuaValue])[] {
  return Array.isArray(table)
    ? table.map((item, i) => [i + 1, item] as const)
    : (table as { entries: [LuaValue, LuaValue][] }).entries;
}

/** What a call gave: all results, or the error. */
export type Outcome = { readonly ok: boolean; readonly values: readonly LuaValue[] };

/** Functions that a test can pass, as Lua and as AssemblyScript of the same meaning. */
export const FUNCTIONS = {
  less: { lua: "function(a, b) return a < b end", guest: "return lua.return1(lua.boolean(lua.less(a, b, 1)));" },
  lessEqual: {
    lua: "function(a, b) return a <= b end",
    guest: "return lua.return1(lua.boolean(lua.lessEqual(a, b, 1)));",
  },
  always: { lua: "function() return true end", guest: "return lua.return1(lua.True);" },
  never: { lua: "function() return false end", guest: "return lua.return1(lua.False);" },
  nothing: { lua: "function() end", guest: "return lua.return0();" },
  echo: { lua: "function(...) return ... end", guest: "return lua.returnMany(lua.varargs(0, count, a, b, c));" },
  second: { lua: "function(a, b) return b end", guest: "return lua.return1(b);" },
  length: { lua: "function(a) return #a end", guest: "return lua.return1(lua.number(lua.toStr(a).length));" },
  aTable: { lua: "function() return {} end", guest: "return lua.return1(lua.table(lua.Table.create(0, 0)));" },
  fails: {
    lua: 'function() error("failed", 0) end',
    guest: 'lua.throwError(lua.stringValue(Str.of("failed"))); return lua.nil;',
  },
  nested: {
    lua: 'function(a) return (string.gsub(a, "%w", "<%0>")) .. string.match("xay", "a(.)") end',
    guest:
      'const inner = string.gsub(lua.checkString(a, 1, "gsub", 1), Str.of("%w"), lua.stringValue(Str.of("<%0>")), lua.ABSENT, 1); return lua.return1(lua.stringValue(lua.concat2(inner, lua.toStr(string.match(Str.of("xay"), Str.of("a(.)"), 1, 1)))));',
  },
} as const;
export type FunctionName = keyof typeof FUNCTIONS;
const functionNames = Object.keys(FUNCTIONS) as FunctionName[];

const rows = new Map<string, LibraryFunction>(
  [...LIBRARY, ...MODULES.flatMap((module) => module.functions)].map((row) => [row.name, row]),
);

/** The guest with some library functions, each called through its most general form as a function value would be, on line 1 of chunk `x`. */
export class LibraryGuest {
  private constructor(
    private readonly guest: Guest,
    private readonly names: readonly string[],
  ) {}

  /** `more`: functions of the test's own, by Lua name: AssemblyScript that returns `Values`, arguments in `args`, with the imports it needs. */
  static async of(
    names: readonly string[],
    more: Readonly<Record<string, string>> = {},
    imports = "",
  ): Promise<LibraryGuest> {
    return new LibraryGuest(
      await guest(program(names, more, imports), {
        metatables: true,
        stateful: process.env.STATEFUL === "1",
        env: { proxy_get_current_time_nanoseconds: () => 0 },
      }),
      [...names, ...Object.keys(more)],
    );
  }

  call(name: string, args: readonly LuaValue[]): Outcome {
    const { guest } = this;
    guest.call("start");
    for (const arg of args) guest.call("pass", this.put(arg));
    let count: number;
    try {
      count = guest.call("invoke", this.names.indexOf(name));
    } catch (cause) {
      throw new Error(`${name}(${args.map((arg) => JSON.stringify(arg)).join(", ")}) trapped`, { cause });
    }
    const values = Array.from({ length: Math.abs(count) }, (_, i) => this.get(guest.exports.got!(i + 1) as bigint));
    return count < 0 ? { ok: false, values } : { ok: true, values: values.slice(0, count) };
  }

  /** Frees what calls have made. */
  release(): void {
    this.guest.call("release");
  }

  private put(value: LuaValue): bigint {
    if (value === null || typeof value !== "object") return this.guest.box(value);
    if ("fn" in value) return this.guest.exports.fnOf!(functionNames.indexOf(value.fn)) as bigint;
    const table = this.guest.exports.newTable!() as bigint;
    const entries = entriesOf(value);
    for (const [key, item] of entries) this.guest.call("put", table, this.put(key), this.put(item));
    return table;
  }

  private get(bits: bigint): LuaValue {
    const value = this.guest.unbox(bits);
    if (value === null || typeof value !== "object") return value;
    if (value.type !== "table") return { entries: [[value.type, true]] };
    const entries: [LuaValue, LuaValue][] = [];
    for (let key = this.guest.box(null); ; ) {
      key = this.guest.exports.nextKey!(bits, key) as bigint;
      if (this.guest.unbox(key) === null) return { entries };
      entries.push([this.get(key), this.get(this.guest.exports.nextValue!() as bigint)]);
    }
  }
}

function program(names: readonly string[], more: Readonly<Record<string, string>>, imports: string): string {
  const known = names.map((name) => rows.get(name) ?? missing(name));
  const files = [...new Set([...known.map((row) => row.file), "string"])];
  const alias = (file: string) => (file === "string" ? "string" : `f_${file.replace(/\W/g, "_")}`);
  return `
    import { Closure } from "./runtime/closure";
    import { Values } from "./runtime/values";
    import { arenaRelease } from "./runtime/memory/arena";
    ${files.map((file) => `import * as ${alias(file)} from "./runtime/${file}";`).join("\n")}
    ${imports}
    let args = changetype<Values>(0), results = changetype<Values>(0);
    export function start(): void { args = Values.create(8); lua.setChunkName(Str.of("x")); }
    export function release(): void { arenaRelease(); }
    export function pass(v: Value): void { args = args.add(v); }
    export function newTable(): Value { return lua.table(lua.Table.create(0, 0)); }
    export function put(t: Value, key: Value, v: Value): void { lua.toTable(t).set(key, v, 0); }
    let after: Value = lua.nil;
    export function nextKey(t: Value, key: Value): Value {
      const table = lua.toTable(t), place = table.seek(table.placeAfter(key));
      if (!place) return lua.nil;
      after = table.valueAt(place);
      return table.keyAt(place);
    }
    export function nextValue(): Value { return after; }
    ${functionNames.map((name) => `function f_${name}(self: Closure, count: i32, a: Value, b: Value, c: Value): Value { ${FUNCTIONS[name].guest} }`).join("\n")}
    export function fnOf(i: i32): Value {
      switch (i) {
        ${functionNames.map((name, i) => `case ${i}: return lua.fn(Closure.create(f_${name}.index));`).join("\n")}
        default: return lua.nil;
      }
    }
    ${known.map((row, i) => wrapper(row, i, alias(row.file))).join("\n")}
    ${Object.values(more)
      .map((body, i) => `function call_${known.length + i}(): Values { ${body} }`)
      .join("\n")}
    function run(which: usize): void {
      switch (<i32>which) {
        ${[...known, ...Object.keys(more)].map((_, i) => `case ${i}: results = call_${i}(); return;`).join("\n")}
      }
    }
    export function invoke(which: i32): i32 {
      lua.setCallLine(0);
      if (!lua.protect(run.index, which)) return results.count;
      results = Values.create(1).add(lua.caught);
      return -1;
    }
    export function got(i: i32): Value { return results.at(i); }
  `;
}

function missing(name: string): never {
  throw new Error(`no row for ${name}`);
}

function wrapper(row: LibraryFunction, i: number, namespace: string): string {
  const form = row.forms.at(-1)!;
  const texts = form.parameters.map((parameter, n) => argument(parameter, n + 1, row.name.split(".").at(-1)!));
  const call = `${namespace}.${form.function}(${[...texts, ...(form.raises ? ["1"] : [])].join(", ")})`;
  return `function call_${i}(): Values { ${collected(call, form.results)} }`;
}

function argument({ type, default: fallback, strict }: Parameter, n: number, name: string): string {
  const check = {
    string: "checkString",
    number: "checkNumber",
    int: "checkNumber",
    table: "checkTable",
    function: "checkFunction",
    thread: "checkThread",
    any: "checkAny",
  };
  if (type === "values") return `args.from(${n})`;
  if (type === "value") return `args.at(${n})`;
  if (type === "boolean") return `lua.truthy(args.at(${n}))`;
  const checked = `lua.${check[type]}(args.at(${n}), ${n}, "${name}", 1, args.count < ${n})`;
  if (fallback === undefined) return checked;
  const present = strict ? `args.count >= ${n}` : `args.at(${n}) != lua.nil`;
  const otherwise = /^[A-Z]\w*$/.test(fallback) && fallback !== "Infinity" ? `lua.${fallback}` : fallback;
  return `(${present} ? ${checked} : ${otherwise})`;
}

const BOX: Readonly<Record<ResultType, (code: string) => string>> = {
  string: (code) => `lua.stringValue(${code})`,
  "string?": (code) => `lua.optional(${code})`,
  number: (code) => `lua.number(${code})`,
  "number?": (code) => `lua.numberOrNil(${code})`,
  boolean: (code) => `lua.boolean(${code})`,
  table: (code) => `lua.table(${code})`,
  value: (code) => code,
};

function collected(call: string, results: readonly ResultType[] | "multiple"): string {
  if (results === "multiple") return `const first = ${call}; return Values.create(4).addResults(first);`;
  const [first, ...more] = results;
  if (first === undefined) return `${call}; return Values.create(0);`;
  const rest = more.map((_, i) => `.add(lua.result(${i + 2}))`).join("");
  return `const first = ${BOX[first](call)}; return Values.create(4).add(first)${rest};`;
}
