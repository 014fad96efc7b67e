import { expression, expressions } from "./expressions.js";
import type { Program } from "./program.js";
import { statements } from "./statements.js";

/** Resumed some times by hand, through `wrap`, or gone through by a loop that ends after some steps. */
export function coroutine(program: Program): readonly string[] {
  const { random } = program;
  const body = program.coroutineBody({ p: "any" }, () => [
    ...(random.oneIn(2) ? ["coroutine.yield(...)"] : []),
    ...statements(program, 1 + random.below(3)),
    random.oneIn(6) ? raise(program) : `return ${expressions(program, random.below(3))}`,
  ]);
  const thread = program.fresh("co");
  return random.pick([
    () => [
      `local ${thread} = coroutine.create(function(p, ...)`,
      ...body,
      "end)",
      ...random.times(1 + random.below(4), () => step(program, "coroutine.resume", thread)).flat(),
      `print(coroutine.status(${thread}), coroutine.running() == ${thread})`,
    ],
    () => [
      `local ${thread} = coroutine.wrap(function(p, ...)`,
      ...body,
      "end)",
      ...random.times(1 + random.below(4), () => step(program, "pcall", thread)).flat(),
    ],
    () => stepped(program, body),
  ])();
}

/** An error may be a table, which has an address. */
function step(program: Program, call: string, thread: string): readonly string[] {
  const [ok, first, second] = [program.declare("boolean"), program.fresh("r"), program.fresh("r")];
  return [
    `local ${ok}, ${first}, ${second} = ${call}(${[thread, expressions(program, program.random.below(3))].filter(Boolean).join(", ")})`,
    `print(${ok}, type(${first}) == "table" and "table" or ${first}, type(${second}))`,
  ];
}

function stepped(program: Program, body: readonly string[]): readonly string[] {
  const steps = program.fresh("steps");
  return [
    "do",
    `local ${steps} = 0`,
    `for k, v in coroutine.wrap(function(p, ...) --[[${steps}]]`,
    ...body,
    "end) do",
    `${steps} = ${steps} + 1`,
    "print(k, v)",
    `if ${steps} > ${1 + program.random.below(3)} then break end`,
    "end",
    "end",
  ];
}

function raise(program: Program): string {
  return `error(${expression(program, "any", 1)})`;
}

/** Inside of a coroutine: hands values out and takes others in. */
export function yieldStatement(program: Program): readonly string[] {
  const { random } = program;
  const values = expressions(program, random.below(3));
  if (random.oneIn(2)) return [`coroutine.yield(${values})`];
  return [`local ${program.declare("any")}, ${program.declare("any")} = coroutine.yield(${values})`];
}

export function yieldExpression(program: Program): string {
  return `(coroutine.yield(${expression(program, "any", 0)}))`;
}
