import { expression, returning } from "./expressions.js";
import type { Program } from "./program.js";

/** What scripts call a class: a table that is its own `__index`, one derived from it, objects of both, methods that call each other. */
export function classes(program: Program): readonly string[] {
  const { random } = program;
  const [base, derived, a, b] = ["Base", "Derived", "one", "two"].map((name) => program.fresh(name)) as [
    string,
    string,
    string,
    string,
  ];
  const value = (): string =>
    program.body({}, false, () =>
      returning(expression(program, random.pick(["number", "string", "any"] as const), 1)).slice("return ".length),
    );
  const result = (): string =>
    random.pick([
      "self.x",
      "self.y",
      "p",
      "self:get()",
      "self.count",
      "self[2]",
      "self.x + 1",
      "self.x .. '/'",
      "self == p",
      "self[1]",
      "p.x",
      value(),
    ]);
  const lines = [
    `local ${base} = {${random.pick(["", "count = 0", `x = ${value()}`, "kind = 'base'"])}}`,
    `${base}.__index = ${base}`,
    random.pick([
      `function ${base}.new(x, y) return setmetatable({x = x, y = y}, ${base}) end`,
      `function ${base}.new(x) local self = setmetatable({}, ${base}) self.x = x return self end`,
      `function ${base}.new(...) local self = {(...)} self.x = select("#", ...) return setmetatable(self, ${base}) end`,
    ]),
    `function ${base}:get() return ${random.pick(["self.x", "self.x, self.y", "(rawget(self, 'x'))", value()])} end`,
    `function ${base}:set(p) self.${random.pick(["x", "y"])} = p ${random.pick(["", "return self", `${base}.count = (${base}.count or 0) + 1`])} end`,
    `function ${base}:calculate(p) return ${result()} end`,
    ...(random.oneIn(2)
      ? [
          `${base}.__${random.pick(["tostring", "len", "call", "unm"])} = function(self, p) return ${result().replace("self[2]", "1")} end`,
        ]
      : []),
    ...(random.oneIn(2)
      ? [
          `${base}.__${random.pick(["eq", "lt", "le"])} = function(l, r) return ${random.pick(["l.x == r.x", "rawequal(l, r)", "l.x", "tostring(l.x) < tostring(r.x)", "true"])} end`,
        ]
      : []),
    ...(random.oneIn(2)
      ? [
          `${base}.__${random.pick(["add", "concat", "sub", "div"])} = function(l, r) return ${random.pick(["l", `${base}.new(1)`, "(l.x or 0) + 1", "type(l) .. type(r)", "error('cannot')", "error('cannot', 2)", "error({})"])} end`,
        ]
      : []),
    ...(random.oneIn(3)
      ? [
          `${base}.__newindex = function(self, k, v) ${random.pick(["rawset(self, k, v)", "rawset(self, k, tostring(v))", "error('no ' .. k)", "error('no ' .. k, 2)", `${base}[k] = v`])} end`,
        ]
      : []),
  ];
  if (random.oneIn(2))
    lines.push(
      `local ${derived} = setmetatable({}, {__index = ${base}${random.oneIn(2) ? `, __call = function(c, ...) return c.new(...) end` : ""}})`,
      `${derived}.__index = ${random.pick([derived, derived, `function(self, k) return ${derived}[k] or k end`])}`,
      `function ${derived}.new(x) local self = ${base}.new(x) return setmetatable(self, ${derived}) end`,
      `function ${derived}:get() return ${random.pick([`${base}.get(self)`, `${base}.get(self), 1`, `(${base}.get(self))`, "self.y", value()])} end`,
    );
  else lines.push(`local ${derived} = ${base}`);
  lines.push(
    `local ${a} = ${base}.new(${value()}${random.oneIn(2) ? `, ${value()}` : ""})`,
    `local ${b} = ${random.pick([`${derived}.new(${value()})`, `${derived}.new(${value()})`, `${derived}(${value()})`])}`.replace(
      /= (\w+)\(/,
      (whole, name) =>
        lines.some((line) => line.includes(`local ${name} = setmetatable`) && line.includes("__call"))
          ? whole
          : `= ${name}.new(`,
    ),
  );
  const object = (): string => random.pick([a, b]);
  const tried = [
    () => `${object()}:get()`,
    () => `${object()}:set(${value()})`,
    () => `${object()}:calculate(${random.oneIn(3) ? object() : value()})`,
    () => `${object()}.x`,
    () => `${object()}.missing`,
    () => `${object()}:missing()`,
    () => `${object()} == ${object()}`,
    () => `${object()} < ${object()}`,
    () => `${object()} <= ${random.oneIn(3) ? "1" : object()}`,
    () => `${object()} + ${random.pick([a, b, "1", '"s"'])}`,
    () => `${object()} .. ${random.pick([a, b, "1", '"s"'])}`,
    () => `1 .. ${object()} .. "s"`,
    () => `#${object()}`,
    () => `-${object()}`,
    () => `${object()}(${value()})`,
    () => `${object()}.get(${random.pick([a, b, "nil", "{}", "1"])})`,
    () => `getmetatable(${object()}) == ${base}`,
    () => `rawget(${object()}, "get")`,
    () => `${derived}.get == ${base}.get`,
    () => `#tostring(${object()}) > 0`,
  ];
  for (let i = 2 + random.below(4); i > 0; i--)
    lines.push(`do local ok, e = pcall(function() return ${random.pick(tried)()} end) print(ok, show(e)) end`);
  if (random.oneIn(3))
    lines.push(
      `print((pcall(function() ${object()}.${random.pick(["x", "z", "get"])} = ${value()} end)), show(${a}.x), show(${b}.z))`,
    );
  return ["do", ...lines, "end"];
}
