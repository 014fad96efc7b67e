import { expression, returning } from "./expressions.js";
import type { Kind, Program } from "./program.js";

const KINDS = ["number", "string", "boolean", "any"] as const;

/** A table of which only the fields are used: each stands where a variable could. Some leave as a whole all the same. */
export function record(program: Program): readonly string[] {
  const { random } = program;
  const name = program.fresh("r");
  const later: [field: string, kind: Kind][] = [];
  const value = (field: string): string => {
    const kind = random.pick(KINDS);
    later.push([field, kind]);
    return expression(program, kind, 2);
  };
  const fields = [
    ...random.times(random.below(2), () => `x = ${value("x")}`),
    ...random.times(random.below(2), () => `["y"] = ${value("y")}`),
    ...random.times(random.below(2), () => `sub = {z = ${value("sub.z")}}`),
    ...random.times(random.below(2), () => `f = ${fieldFunction(program)}`),
  ];
  const hasFunction = fields.at(-1)?.startsWith("f = ") ?? false;
  const lines = [`local ${name} = {${fields.join(", ")}}`];
  for (const [field, kind] of later) program.name(`${name}.${field}`, kind);
  if (hasFunction) program.name(`${name}.f`, "function");
  if (random.oneIn(2)) lines.push(`${name}.w = ${expression(program, "any", 2)}`);
  program.name(`${name}.w`, "any");
  if (random.oneIn(3)) {
    lines.push(
      `function ${name}.g(p) ${returning(program.body({ p: "any" }, false, () => expression(program, "any", 2)))} end`,
    );
    program.name(`${name}.g`, "function");
  }
  return random.oneIn(6) ? [...lines, `print(type(${name}))`] : lines;
}

function fieldFunction(program: Program): string {
  return `function(p) ${returning(program.body({ p: "any" }, false, () => expression(program, "any", 2)))} end`;
}
