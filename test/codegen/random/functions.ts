import { expression, expressions, returning, within } from "./expressions.js";
import type { Kind, Program } from "./program.js";
import { statements } from "./statements.js";

/** Functions call only those declared before them, so that all end. */
export function functionStatement(program: Program): readonly string[] {
  const { random } = program;
  const parameters = ["p", "q", "r"].slice(0, random.below(4));
  const varargs = random.oneIn(3);
  const kinds = Object.fromEntries(parameters.map((name) => [name, "any" as Kind]));
  const body = program.body(kinds, varargs, () => [
    ...statements(program, random.below(3)),
    random.oneIn(6) ? "" : returning(expressions(program, random.below(3))),
  ]);
  const list = [...parameters, ...(varargs ? ["..."] : [])].join(", ");
  const name = program.declare("function");
  // An earlier function of that name is not yet hidden in `local f = function`; `local function` would call itself without end.
  const isAssigned = random.oneIn(3) || [...body].some((line) => new RegExp(`\\b${name}\\b`).test(line));
  return [isAssigned ? `local ${name} = function(${list})` : `local function ${name}(${list})`, ...body, "end"];
}

/** Two closures over one variable, and a fresh one for every call. */
export function sharedUpvalues(program: Program): readonly string[] {
  const { random } = program;
  const kind = random.pick(["number", "string", "any"] as const);
  const start = expression(program, kind, 1);
  const change = program.body({ n: kind, p: "any" }, false, () => expression(program, kind, 2));
  const make = program.fresh("make");
  const [set, get] = [program.declare("function"), program.declare("function")];
  return [
    `local function ${make}(n)`,
    `return function(p) n = ${change} return n end, function() return n end`,
    "end",
    `local ${set}, ${get === set ? `${get}2` : get} = ${make}(${start})`,
    ...(random.oneIn(2) ? [`print(${set}(${expression(program, "any", 1)}))`] : []),
  ];
}

/** A closure for every time round, each with variables of its own: kept, and called afterwards, some more than once. */
export function closuresOfLoop(program: Program): readonly string[] {
  const { random } = program;
  const list = program.fresh("fs");
  const change = program.body({ i: "number", n: "any", p: "any" }, false, () => expression(program, "any", 1));
  const body = [
    `local n = ${expression(program, random.pick(["number", "any"] as const), 1)}`,
    random.pick(["", "if i == 2 then goto next end", "if i == 3 then break end", "i = i + 10"]),
    `${list}[#${list} + 1] = function(p) ${random.pick(["n", "i", "n, i"])} = ${change} return i, n end`,
    random.pick(["", `${list}[#${list} + 1] = function() i = i + 1 return i end`, "local n = i"]),
  ];
  const loop = random.pick([
    () => ["for i = 1, 3 do", "do", ...body, "end", "::next::", "end"],
    () => ["for i, v in ipairs({1, 2, 3}) do", "do", ...body, "end", "::next::", "end"],
    () => ["local i = 0", "while i < 3 do", "i = i + 1", "local i = i", "do", ...body, "end", "::next::", "end"],
    () => ["local k = 0", "repeat", "k = k + 1", "local i = k", "do", ...body, "end", "::next::", "until k > 2"],
    () => [
      "local k = 0",
      "::again::",
      "do",
      "k = k + 1",
      "local i = k",
      "do",
      ...body.filter((line) => !line.includes("break")),
      "end",
      "::next::",
      "end",
      "if k < 3 then goto again end",
    ],
  ])();
  const calls = random.times(2 + random.below(3), () => {
    const called = `${list}[${random.pick(["1", "2", "3", `#${list}`])}]`;
    return `print(pcall(function() local r, s = ${called}(${within(program, "any", 0)}) return show(r), show(s) end))`;
  });
  return ["do", `local ${list} = {}`, ...loop, ...calls, "end"];
}

/** `...` in every place where it can stand. */
export function varargs(program: Program): readonly string[] {
  const { random } = program;
  const name = program.fresh("va");
  const fixed = random.pick(["", "", "p, "]);
  const body = random.pick([
    'return select("#", ...), ...',
    "local t = {...} return t[1], t[2], t[3]",
    'local t = {n = select("#", ...), ...} return t.n, t[1], t[t.n]',
    "local a, b = ... return b, a, (...)",
    "return (select(2, ...))",
    "return (select(-1, ...))",
    'local s = "" for i = 1, select("#", ...) do s = s .. type((select(i, ...))) .. " " end return s',
    "local function inner(...) return ... end return inner(1, ...), inner(..., 2)",
    "local t = {..., ...} return #t >= 0, select('#', ..., ...)",
    "local f = function() return 1 end return f(...), ...",
    "for i, v in ipairs({...}) do if v == 1 then return i, ... end end return nil, ...",
    "return pcall(error, ...)",
    "local a = ... a = a or 'none' return a, ... == a",
    "return math.max(0, select('#', ...)), tostring(...) ",
    "return string.format('%s %s', tostring((...)), select('#', ...))",
  ]);
  const calls = random.times(1 + random.below(3), () => {
    const args = program.body({}, false, () => expressions(program, random.below(4)));
    return `print(pcall(function() local a, b, c, d = ${name}(${args}) return show(a), show(b), show(c), show(d) end))`;
  });
  const wrapped = program.random.oneIn(3)
    ? [
        `local ${name}_inner = ${name} local function ${name}(...) return ${name}_inner(${random.pick(["...", "1, ...", "(...)", "..., 1"])}) end`,
      ]
    : [];
  return ["do", `local function ${name}(${fixed}...) ${body} end`, ...wrapped, ...calls, "end"];
}

/** What is raised: texts with and without position, and values that are no strings. */
export function protectedCall(program: Program): readonly string[] {
  const { random } = program;
  const varargs = random.oneIn(3);
  const body = program.body({ p: "any" }, varargs, () => [
    ...statements(program, random.below(2)),
    random.pick([
      () => `return ${expressions(program, 1)}`,
      () => `return ${expressions(program, 2)}`,
      () => raise(program),
      () => `if ${expression(program, "boolean", 1)} then ${raise(program)} end`,
    ])(),
  ]);
  const [ok, error, more] = [program.declare("boolean"), program.fresh("e"), program.fresh("e")];
  const args = random.oneIn(2) ? `, ${expressions(program, 1)}` : "";
  const protect = random.oneIn(3)
    ? {
        open: "xpcall(",
        close: `, function(e) ${random.pick(["return type(e)", "return e", "return type(e) .. '!', 1", "error(e)", "local x = e.code return x"])} end${args})`,
      }
    : { open: "pcall(", close: `${args})` };
  return [
    `local ${ok}, ${error}, ${more} = ${protect.open}function(p${varargs ? ", ..." : ""})`,
    ...body,
    `end${protect.close}`,
    `print(${ok}, type(${error}) == "table" and tostring(${error}.code) or ${error}, type(${more}))`,
  ];
}

function raise(program: Program): string {
  const { random } = program;
  return random.pick([
    () => `error(${expression(program, "string", 1)})`,
    () => `error(${expression(program, "any", 1)})`,
    () => `error(${expression(program, "string", 1)}, ${random.pick(["0", "1", "2", "nil", '"1"', "1.5"])})`,
    () => `error({code = ${expression(program, "any", 1)}})`,
    () => "error()",
    () => `assert(${expression(program, "any", 1)}, ${expression(program, "any", 1)})`,
    () => `assert(${expression(program, "boolean", 1)})`,
    () => `print(p.missing.field)`,
    () => `p()`,
    () => `p:method()`,
    () => `p.x = 1`,
  ])();
}
