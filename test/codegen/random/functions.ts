import { expression, expressions } from "./expressions.js";
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
    random.oneIn(6) ? "" : `return ${expressions(program, random.below(3))}`,
  ]);
  const list = [...parameters, ...(varargs ? ["..."] : [])].join(", ");
  const name = program.declare("function");
  return [random.oneIn(3) ? `local ${name} = function(${list})` : `local function ${name}(${list})`, ...body, "end"];
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
