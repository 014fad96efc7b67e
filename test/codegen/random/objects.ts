import { expression } from "./expressions.js";
import type { Program } from "./program.js";
import { statements } from "./statements.js";

const BINARY = ["__add", "__sub", "__mul", "__div", "__mod", "__pow", "__concat"];
const COMPARE = ["__eq", "__lt", "__le"];

/** A table with a metatable; `handlers` of it now and then stand in a table that two objects share. */
export function object(program: Program): readonly string[] {
  const { random } = program;
  const meta = program.fresh("meta");
  const handlers = random.times(1 + random.below(5), () => handler(program));
  const fields = random.times(random.below(3), () =>
    random.pick([
      () => `x = ${expression(program, "any", 1)}`,
      () => expression(program, "any", 1),
      () => "method = function(self, v) return v, self.x end",
    ])(),
  );
  const lines = [`local ${meta} = {${handlers.join(", ")}}`];
  if (random.oneIn(3))
    lines.push(`${meta}.__index = ${meta}`, `function ${meta}:method(v) return v, rawget(self, "x") end`);
  const name = program.declare("object");
  lines.push(`local ${name} = setmetatable({${fields.join(", ")}}, ${meta})`);
  if (random.oneIn(3))
    lines.push(`local ${program.declare("object")} = setmetatable({x = ${expression(program, "any", 1)}}, ${meta})`);
  return lines;
}

function handler(program: Program): string {
  const { random } = program;
  // The operands may be the objects themselves, so no statement inside knows them: an address differs.
  const write = (name: string, parameters: readonly string[], last: () => string): string => {
    const body = program.body({}, false, () => [...(random.oneIn(6) ? statements(program, 1) : []), last()]);
    return `${name} = function(${parameters.join(", ")}) ${body.join(" ")} end`;
  };
  const shown = (name: string): string => `(type(${name}) == "table" and "T" or ${name})`;
  return random.pick([
    () =>
      write(
        random.pick(BINARY),
        ["l", "r"],
        () =>
          `return ${random.pick([`tostring(${shown("l")}) .. tostring(${shown("r")})`, "1", "nil", "type(l), type(r)", shown("r")])}`,
      ),
    () =>
      write(
        random.pick(COMPARE),
        ["l", "r"],
        () => `return ${random.pick(["true", "false", "nil", "0", "type(l) < type(r)"])}`,
      ),
    () => write("__unm", ["l", "r"], () => `return ${random.pick(["-1", "rawequal(l, r)", '"minus"'])}`),
    () =>
      write("__index", ["l", "k"], () => `return ${random.pick(["k", "nil", 'tostring(k) .. "?"', "rawget(l, 1)"])}`),
    () => `__index = {x = ${expression(program, "any", 1)}, y = 2, method = function(self, v) return v end}`,
    () =>
      write("__newindex", ["l", "k", "w"], () =>
        random.pick(["rawset(l, 'y', w)", "error('read only', 2)", "rawset(l, 1, k)"]),
      ),
    () => "__newindex = {}",
    () => write("__call", ["l", "p", "q"], () => `return ${random.pick(["p, q", "q", "type(l)", "nil, p"])}`),
    () => write("__len", ["l"], () => `return ${random.pick(["42", '"len"', "nil", "0.5"])}`),
    () => write("__tostring", ["l"], () => `return ${random.pick(['"object"', 'rawget(l, "x") and "X" or "none"'])}`),
    () => `__metatable = ${random.pick(['"locked"', "false", "1"])}`,
    () => write("__ipairs", ["l"], () => "return function(s, i) if i < 2 then return i + 1, i end end, l, 0"),
  ])();
}
