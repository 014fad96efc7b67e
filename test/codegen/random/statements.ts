import { classes } from "./classes.js";
import { coroutine, yieldStatement } from "./coroutines.js";
import { expression, expressions } from "./expressions.js";
import { closuresOfLoop, functionStatement, protectedCall, sharedUpvalues, varargs } from "./functions.js";
import { lists } from "./lists.js";
import { loop } from "./loops.js";
import { object } from "./objects.js";
import type { Kind, Program } from "./program.js";
import { record } from "./records.js";
import { tableStatement } from "./tables.js";
import { conversion, logged, reassigned, varying } from "./varying.js";

/** `count` statements, each one or more lines. */
export function statements(program: Program, count: number): readonly string[] {
  return program.random.times(count, () => statement(program)).flat();
}

function statement(program: Program): readonly string[] {
  const { random } = program;
  const simple = [local, local, assignment, severalAssigned, report, tableStatement];
  if (program.yields && random.oneIn(4)) return yieldStatement(program);
  if (program.depth > 2) return random.pick(simple)(program);
  return random.pick([
    ...simple,
    ...[local, table, table, record, record, object, object, tableStatement],
    ...[functionStatement, functionStatement, protectedCall, protectedCall, sharedUpvalues],
    ...[branch, loop, loop, block, coroutine],
    ...[varying, varying, reassigned, logged, conversion, lists, closuresOfLoop, varargs, classes],
  ])(program);
}

const VALUES = ["number", "string", "boolean", "any"] as const;

function local(program: Program): readonly string[] {
  const { random } = program;
  if (random.oneIn(5)) {
    const values = expressions(program, 1 + random.below(2));
    return [`local ${program.declare("any")}, ${program.declare("any")} = ${values}`];
  }
  const kind = random.pick(VALUES);
  const value = expression(program, kind, 3);
  return [`local ${program.declare(kind)} = ${value}`];
}

/** The type of a variable mostly stays, so that there is something to infer. */
function assignment(program: Program): readonly string[] {
  const { random } = program;
  const kind: Kind = random.pick(VALUES);
  const names = program.names(kind);
  if (names.length === 0) return local(program);
  const name = random.pick(names);
  if (!random.oneIn(5)) return [`${name} = ${expression(program, kind as (typeof VALUES)[number], 3)}`];
  program.loosen(name);
  return [`${name} = ${expression(program, "any", 3)}`];
}

function severalAssigned(program: Program): readonly string[] {
  const { random } = program;
  const targets = [
    ...program.names("any"),
    ...program
      .names("table", "object")
      .flatMap((name) => [`${name}.x`, `${name}[1]`, `${name}[${expression(program, "any", 1)}]`]),
  ];
  if (targets.length < 2) return local(program);
  const left = random.times(2 + random.below(2), () => random.pick(targets));
  return [`${left.join(", ")} = ${expressions(program, 1 + random.below(3))}`];
}

function report(program: Program): readonly string[] {
  return [`print(${expressions(program, 1 + program.random.below(2))})`];
}

function table(program: Program): readonly string[] {
  const { random } = program;
  if (random.oneIn(2)) {
    const items = random.times(random.below(5), () => expression(program, random.pick(["number", "string"]), 0));
    return [`local ${program.declare("list")} = {${items.map(notNil).join(", ")}}`];
  }
  const items = random.times(random.below(4), () =>
    random.pick([
      () => expression(program, "any", 1),
      () => `x = ${expression(program, "any", 1)}`,
      () => `["y"] = ${expression(program, "any", 1)}`,
      () => `[${expression(program, "number", 1)}] = ${expression(program, "any", 1)}`,
    ])(),
  );
  return [`local ${program.declare("table")} = {${items.join(", ")}}`];
}

/** A list has no holes. */
function notNil(text: string): string {
  return /^\W*[\d"]/.test(text) ? text : `tostring(${text})`;
}

function branch(program: Program): readonly string[] {
  const { random } = program;
  const some = (): readonly string[] => program.block({}, () => statements(program, 1 + random.below(2)));
  const lines = [`if ${expression(program, "boolean", 2)} then`, ...some()];
  if (random.oneIn(3)) lines.push(`elseif ${expression(program, "any", 1)} then`, ...some());
  if (random.oneIn(2)) lines.push("else", ...some());
  return [...lines, "end"];
}

function block(program: Program): readonly string[] {
  return ["do", ...program.block({}, () => statements(program, 1 + program.random.below(3))), "end"];
}
