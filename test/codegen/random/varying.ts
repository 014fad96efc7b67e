import { expression, returning, within } from "./expressions.js";
import type { Program } from "./program.js";

const USES = [
  "x + 1",
  "x .. '!'",
  "#x",
  "x == 1",
  "x < 2",
  "-x",
  "x and 1 or 2",
  "not x",
  "x:upper()",
  "x:len()",
  "(x):rep(2)",
  "#tostring(x) > 2",
  "type(x)",
  "x or 'none'",
  "x.y",
  "x[1]",
  "x()",
  "x % 2",
  "x * '2'",
  "math.max(x, 1)",
  "string.sub(x, 1, 2)",
];

/** Uses of a name, each under `pcall`: what is asked of it may not be there. */
function uses(program: Program, name: string, count: number): readonly string[] {
  return program.random.times(
    count,
    () => `print(pcall(function() return show(${program.random.pick(USES).replaceAll("x", () => name)}) end))`,
  );
}

/** A variable whose type depends on the way that was taken: branches, loops, short circuits. */
export function varying(program: Program): readonly string[] {
  const { random } = program;
  const name = program.fresh("v");
  const some = (): string => expression(program, random.pick(["number", "string", "boolean", "any"] as const), 1);
  const condition = (): string => expression(program, "boolean", 1);
  const start = random.pick(["", "", ` = ${some()}`, " = nil", " = {1}"]);
  const change = random.pick([
    () => [`if ${condition()} then ${name} = ${some()} end`],
    () => [`if ${condition()} then ${name} = ${some()} else ${name} = ${some()} end`],
    () => [`if ${condition()} then ${name} = ${some()} elseif ${condition()} then ${name} = nil end`],
    () => [`for i = 1, 2 do ${name} = i == 1 and ${some()} or ${name} end`],
    () => [`for i = 1, 3 do if i == 2 then ${name} = ${some()} end ${uses(program, name, 1)[0]} end`],
    () => [`${name} = ${name} or ${some()}`],
    () => [`${name} = ${condition()} and ${some()} or nil`],
    () => ["repeat", `local last = ${name}`, `${name} = ${some()}`, "until last == nil or last ~= 1 or true"],
    () => [`pcall(function() ${name} = ${within(program, "any")} error("x") end)`],
    () => [`local function set(w) ${name} = w end`, `set(${some()})`],
  ]);
  const lines = [`local ${name}${start}`, ...change(), ...uses(program, name, 1 + random.below(3))];
  if (random.oneIn(3)) lines.push(...change(), `if ${name} then ${uses(program, name, 1)[0]} end`);
  if (random.oneIn(3))
    lines.push(
      `if type(${name}) == "${random.pick(["number", "string", "table"])}" then`,
      ...uses(program, name, 2),
      "end",
    );
  if (random.oneIn(4)) lines.push(`if ${name} == nil then ${name} = ${some()} end`, ...uses(program, name, 1));
  return ["do", ...lines, "end"];
}

/** A function whose name comes to stand for another one, or for none. */
export function reassigned(program: Program): readonly string[] {
  const { random } = program;
  const name = program.fresh("f");
  const body = (): string => program.body({ p: "any", q: "any" }, false, () => expression(program, "any", 2));
  const fn = (): string => `function(p, q) ${returning(body())} end`;
  const call = (): string =>
    `print(pcall(function() return show((${name}(${within(program, "any")}, ${within(program, "any", 0)}))) end))`;
  return [
    "do",
    random.oneIn(2) ? `local function ${name}(p) ${returning(body().replace(/\bq\b/g, "p"))} end` : `local ${name}`,
    random.pick([
      () => `if ${expression(program, "boolean", 1)} then ${name} = ${fn()} end`,
      () => `${name} = ${name} or ${fn()}`,
      () => `local old = ${name} ${name} = function(p, q) return old and old(p) or q end`,
      () => `for i = 1, 2 do local old = ${name} ${name} = function(p) if old then return old(i) end return p end end`,
      () => `${name} = ${random.pick(["nil", "tostring", "type", "string.upper", "math.floor", "select", "1", '"s"'])}`,
      () => `function ${name}(p, ...) return select("#", ...), p end`,
    ])(),
    call(),
    ...(random.oneIn(2) ? [call()] : []),
    "end",
  ];
}

/** Several targets, values and indices that log when they are evaluated. */
export function logged(program: Program): readonly string[] {
  const { random } = program;
  const [log, t] = [program.fresh("log"), program.fresh("t")];
  let n = 0;
  const v = (value: string): string => `v(${++n}, ${value})`;
  const index = (): string => v(random.pick(["1", "2", '"x"', "-1"]));
  const target = (): string =>
    random.pick([() => `${t}[${index()}]`, () => `${v(t)}.x`, () => "a", () => "b", () => `${t}[a]`])();
  const targets = random.times(1 + random.below(3), target);
  const values = random.times(1 + random.below(4), () =>
    random.pick([
      () => v(expression(program, "any", 1)),
      () => "a",
      () => `${t}.x`,
      () => `m(${++n})`,
      () => `(m(${++n}))`,
    ])(),
  );
  const arithmetic = random.pick([
    () => `${v("1")} + ${v("2")} * ${v("3")} ^ ${v("2")}`,
    () => `${v('"a"')} .. ${v("1")} .. ${v('"b"')}`,
    () => `${v("1")} < ${v("2")} and ${v("nil")} or ${v("3")}`,
    () => `${v("1")} == ${v("1")} or ${v("2")}`,
    () => `{${v("1")}, x = ${v("2")}, [${v("3")}] = ${v("4")}, m(9)}[2]`.replace(/^(\{.*\})(\[2\])$/, "($1)$2"),
    () => `select(${v("2")}, ${v('"p"')}, m(7))`,
  ])();
  return [
    "do",
    `local ${log}, ${t}, a, b = {}, {x = 0}, 1, "two"`,
    `local function v(n, ...) ${log}[#${log} + 1] = n return ... end`,
    `local function m(n) ${log}[#${log} + 1] = n return n, n + 0.5, nil end`,
    `${targets.join(", ")} = ${values.join(", ")}`,
    `print(pcall(function() return show((${arithmetic})) end))`,
    `print(table.concat(${log}, " "), show(${t}.x), show(${t}[1]), show(${t}[2]), show(a), show(b))`,
    "end",
  ];
}

/** Texts that are numbers or nearly so, and back. */
export function conversion(program: Program): readonly string[] {
  const { random } = program;
  const text = random.pick(NUMERALS);
  const number = random.pick(EDGES);
  return [
    random.pick([
      () => `print(show(tonumber(${text})), pcall(function() return ${text} + 0 end))`,
      () => `print(show(tonumber(${text}, ${random.pick(["2", "10", "16", "36", "8"])})))`,
      () => `print(tostring(${number}), (${number}) .. "", string.format("%.17g", ${number}))`,
      () => `print(pcall(function() return ${text} < ${random.oneIn(2) ? text : number} end))`,
      () => `print(${text} == ${number}, pcall(function() return ${text} * ${number} end))`,
      () => `print(pcall(function() for i = ${text}, 2 do print(i) break end end))`,
      () =>
        `print(pcall(string.rep, "ab", ${random.pick([text, "3"])}), pcall(string.char, ${random.pick([text, "65"])}))`,
      () => `print(pcall(math.floor, ${text}), pcall(math.fmod, ${number}, ${random.pick(["2", "0", "-3", "1/0"])}))`,
      () =>
        `print((${number}) % ${random.pick(["3", "-3", "0.7", "1/0", "-1/0"])}, (${number}) ^ ${random.pick(["2", "0.5", "-1", "0"])})`,
      () => `local n = ${number} print(n:len())`.replace(/^(.*)$/, "print(pcall(function() $1 end))"),
      () =>
        `local t = {} t[${random.pick(["1", "-0", "2^53", "1.5", "0/0", "nil"])}] = 1 print(t[${random.pick(["1.0", "0", "2^53", '"1"', "1.5"])}])`.replace(
          /^(.*)$/,
          "print(pcall(function() $1 end))",
        ),
      () =>
        `print(os.date("!${random.pick(["%Y-%m-%d", "%H:%M:%S", "%a %b %d", "%j %p %y", "%c", "%x %X"])}", ${random.pick(["0", "86399", "1e9", "1700000000", "951782400", '"60"'])}))`,
      () => `print(math.${random.pick(["floor", "ceil", "abs", "modf", "frexp", "sqrt"])}(${number}))`,
      () =>
        "math.randomseed(" +
        random.pick(["1", "42", "-7.5", "2^40"]) +
        ") print(math.random(), math.random(10), math.random(-3, 3), pcall(math.random, 0))",
    ])(),
  ];
}

const NUMERALS = [
  ...[
    '"10"',
    '" 10 "',
    '"0x10"',
    '"0X1p4"',
    '"1e2"',
    '"1e"',
    '"0x"',
    '""',
    '" "',
    '"1 2"',
    '"10abc"',
    '"inf"',
    '"nan"',
  ],
  ...[
    '"-0"',
    '"+5"',
    '"-0x10"',
    '".5"',
    '"5."',
    '"."',
    '"1e400"',
    '"0x.8"',
    '"1\\0"',
    '"\\t7\\n"',
    '"--1"',
    '"1e+2"',
    '"0b1"',
  ],
  ...[
    '"9007199254740993"',
    '"123456789012345678901234567890"',
    '"1e-400"',
    '"z"',
    '"zz"',
    '"7fffffffffffffff"',
    '"1_0"',
    '"0x1e1"',
  ],
];
const EDGES = [
  ...[
    "0",
    "-0",
    "1",
    "-1",
    "0.1",
    "1e15",
    "1e16",
    "123456789012345",
    "1e14 + 0.5",
    "1e100",
    "1e-5",
    "2^53",
    "2^63",
    "-2^31",
  ],
  ...[
    "1/0",
    "-1/0",
    "0/0",
    "1/3",
    "100",
    "5e-324",
    "1.7976931348623157e308",
    "99999999999999.9",
    "0x7fffffff",
    "3.14159265358979",
    "1e300 * 1e10",
  ],
];
