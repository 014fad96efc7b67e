import { expression } from "./expressions.js";
import type { Kind, Program } from "./program.js";
import { statements } from "./statements.js";

/** First, last and step; all of them end soon, those without an end by `break`. */
const RANGES = [
  "1, 3",
  "3, 1, -1",
  "0, 1, 0.5",
  '"1", 2',
  "2, 1",
  "1, 2, 0.3",
  "-1, 1",
  "3, 1, -0.7",
  "1e15, 1e15 + 2",
  "2147483646, 2147483648",
];
const ODD_RANGES = [
  "0/0, 3",
  "1, 0/0",
  "1/0, 1",
  "1, -1/0",
  '1, "x"',
  "nil, 2",
  "1, 2, nil",
  "-0, 0",
  "0.1, 0.35, 0.1",
  '"3", "1", "-1"',
  "1, 3, {}",
];
const ENDLESS = ["1, 1/0", "1, 1e300", "0, -1/0, -1", "5, 1e15", "0, 3, 0", "2^53, 2^53 + 4"];

export function loop(program: Program): readonly string[] {
  const { random } = program;
  if (program.loops > 1) return ["do", ...program.block({}, () => statements(program, 1)), "end"];
  return random.pick([
    numeric,
    numeric,
    overList,
    overPairs,
    overBytes,
    counting,
    matches,
    continuing,
    repeating,
    leaving,
  ])(program);
}

function inLoop(
  program: Program,
  names: Readonly<Record<string, Kind>>,
  head: string,
  more: readonly string[] = [],
): readonly string[] {
  program.loops++;
  const body = program.block(names, () => {
    const lines = statements(program, 1 + program.random.below(2));
    const exit = program.random.oneIn(3) ? [`if ${expression(program, "boolean", 1)} then break end`] : [];
    return [...lines, ...exit];
  });
  program.loops--;
  return [head, ...more, ...body, "end"];
}

function numeric(program: Program): readonly string[] {
  const { random } = program;
  const name = random.pick(["i", "j", "x"]);
  if (random.oneIn(6)) {
    const guard = program.fresh("guard");
    const head = `for ${name} = ${random.pick(ENDLESS)} do --[[${guard}]]`;
    const stop = [`${guard} = ${guard} + 1`, `if ${guard} > 3 then break end`];
    return ["do", `local ${guard} = 0`, ...inLoop(program, { [name]: "number" }, head, stop), "end"];
  }
  const range = random.pick([...RANGES, ...RANGES, ...ODD_RANGES]);
  return inLoop(program, { [name]: "number" }, `for ${name} = ${range} do`);
}

function overList(program: Program): readonly string[] {
  const { random } = program;
  const list = random.pick([...program.names("list", "object"), "{1, 2, 3}", '{"a", nil, "c"}', "{4, 5}"]);
  // the body may make it longer
  return inLoop(program, { i: "number", v: "any" }, `for i, v in ipairs(${list}) do`, ["if i > 9 then break end"]);
}

/** Only keys with a fixed order: those of the array part. */
function overPairs(program: Program): readonly string[] {
  const { random } = program;
  const list = random.pick(['{1, 2, "c"}', '{"x", 2}', "{7}", "{}"]);
  const head = random.pick([`pairs(${list})`, `next, ${list}`, `next, ${list}, nil`]);
  return inLoop(program, { i: "any", v: "any" }, `for i, v in ${head} do`);
}

function matches(program: Program): readonly string[] {
  const subject = expression(program, "string", 1);
  const pattern = program.random.pick(['"%w+"', '"(%w)=(%w)"', '"()"', '"[^,]*"', '"a-"']);
  return inLoop(program, { v: "any", w: "any" }, `for v, w in string.gmatch(${subject}, ${pattern}) do`);
}

function counting(program: Program): readonly string[] {
  const guard = program.fresh("guard");
  const first = [`${guard} = ${guard} + 1`];
  const condition = expression(program, "boolean", 1);
  if (program.random.oneIn(2)) {
    const lines = inLoop(program, {}, `while ${guard} < 3 and (${condition}) do`, first);
    return ["do", `local ${guard} = 0`, ...lines, "end"];
  }
  program.loops++;
  const body = program.block({}, () => {
    const lines = statements(program, 1 + program.random.below(2));
    return [...lines, `until ${guard} > 2 or ${expression(program, "boolean", 1)}`];
  });
  program.loops--;
  return ["do", `local ${guard} = 0`, "repeat", ...first, ...body, "end"];
}

function continuing(program: Program): readonly string[] {
  const label = program.fresh("continue");
  program.loops++;
  const body = program.block({ i: "number" }, () => [
    `if ${expression(program, "boolean", 1)} then goto ${label} end`,
    "do",
    ...statements(program, 1 + program.random.below(2)),
    "end",
    `::${label}::`,
  ]);
  program.loops--;
  return ["for i = 1, 3 do", ...body, "end"];
}

function overBytes(program: Program): readonly string[] {
  const text = program.fresh("text");
  const byte = program.random.pick([`${text}:sub(i, i)`, `string.sub(${text}, i, i)`, `string.char(${text}:byte(i))`]);
  return [
    "do",
    `local ${text} = string.sub(${expression(program, "string", 1)}, 1, 4)`,
    ...inLoop(program, { i: "number", c: "string" }, `for i = 1, #${text} do`, [`local c = ${byte}`]),
    "end",
  ];
}

/** A loop made of a jump back. */
function repeating(program: Program): readonly string[] {
  const [label, guard] = [program.fresh("again"), program.fresh("guard")];
  program.loops++;
  const body = program.block({}, () => [
    ...statements(program, 1 + program.random.below(2)),
    `if ${guard} < 3 and ${expression(program, "boolean", 1)} then goto ${label} end`,
  ]);
  program.loops--;
  return ["do", `local ${guard} = 0`, `::${label}::`, `${guard} = ${guard} + 1`, ...body, "end"];
}

/** A jump out of two loops. */
function leaving(program: Program): readonly string[] {
  const label = program.fresh("done");
  program.loops += 2;
  const body = program.block({ i: "number", j: "number" }, () => [
    ...statements(program, 1),
    `if ${expression(program, "boolean", 1)} then goto ${label} end`,
  ]);
  program.loops -= 2;
  return ["do", "for i = 1, 2 do", "for j = i, 3 do", ...body, "end", "end", `::${label}::`, "end"];
}
