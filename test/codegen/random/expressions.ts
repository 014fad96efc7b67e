import { parseScript } from "../../../src/lua/parse.js";
import { yieldExpression } from "./coroutines.js";
import { libraryCall } from "./library-calls.js";
import type { Kind, Program } from "./program.js";

const NUMBERS = [
  "0",
  "1",
  "2",
  "3",
  "-1",
  "0.5",
  "10",
  "1e15",
  "7",
  "-0",
  "255",
  "2^31",
  "-2.5",
  "1e300",
  "0x7fffffff",
];
const ODD_NUMBERS = ["1/0", "-1/0", "0/0", "2^53", "1e-7", "123456789012345"];
const STRINGS = [
  '"a"',
  '"b"',
  '"10"',
  '""',
  '"abc"',
  '"0x1F"',
  '"a,b,c"',
  '" 5 "',
  '"1e2"',
  '"A\\0z"',
  '"\\xff\\n"',
  '"k=v; x=y"',
];
type Wanted = "number" | "string" | "boolean" | "any";

/** An expression that mostly gives what is wanted: where it does not, both sides must say so alike. */
export function expression(program: Program, wanted: Wanted, size = 2): string {
  const { random } = program;
  if (size <= 0) return atom(program, wanted);
  const kind = random.oneIn(14) ? random.pick(["number", "string", "boolean", "any"] as const) : wanted;
  const of = (type: Wanted): string => expression(program, type, size - 1);
  if (random.oneIn(5)) return atom(program, kind);
  if (random.oneIn(9)) return `(${of(kind)} ${random.pick(["and", "or"])} ${of(kind)})`;
  if (program.yields && random.oneIn(12)) return yieldExpression(program);
  if (random.oneIn(8)) return callOf(program, size) ?? atom(program, kind);
  switch (kind) {
    case "number":
      return random.pick([
        () => `(${of("number")} ${random.pick(["+", "-", "*", "/", "%", "^"])} ${of("number")})`,
        () => `(${of("number")} ${random.pick(["+", "-", "*"])} ${of("number")})`,
        () => `(-${of("number")})`,
        () => `#${parenthesised(of("string"))}`,
        () => `tonumber(${of("any")})`,
        () => libraryCall(program, "number", of),
        () => counted(program) ?? of("number"),
      ])();
    case "string":
      return random.pick([
        () => `(${of("string")} .. ${of(random.pick(["string", "number"]))})`,
        () => `(${of("string")} .. ${of("number")} .. ${of("string")})`,
        () => `tostring(${of("any")})`,
        () => `type(${of("any")})`,
        () => libraryCall(program, "string", of),
        () => libraryCall(program, "string", of),
      ])();
    case "boolean":
      return random.pick([
        () => `(${of("any")} ${random.pick(["==", "~="])} ${of("any")})`,
        () => `(${of("number")} ${random.pick(["<", "<=", ">", ">="])} ${of("number")})`,
        () => `(${of("string")} ${random.pick(["<", "<=", ">", ">="])} ${of("string")})`,
        () => `(not ${of("any")})`,
        () => withObjects(program, of) ?? of("boolean"),
      ])();
    default:
      return random.pick([
        () => field(program) ?? of("any"),
        () => withObjects(program, of) ?? of("any"),
        () => libraryCall(program, "any", of),
        () => of(random.pick(["number", "string", "boolean"])),
        () =>
          program.varargs ? random.pick(["(...)", '(select("#", ...))', `(select(${of("number")}, ...))`]) : of("any"),
      ])();
  }
}

/**
 * `return` of some values, which calls no method last: where its object may be anything, a plain function does not tell the method of the line at which
 * it was called itself, and by what name.
 */
export function returning(values: string): string {
  const [statement] = parseScript(`return ${values}`).chunk.body;
  const [only, ...more] = statement?.type === "ReturnStatement" ? statement.arguments : [];
  const isMethod =
    only?.type === "CallExpression" && only.base.type === "MemberExpression" && only.base.indexer === ":";
  return isMethod && more.length === 0 ? `return (${values})` : `return ${values}`;
}

/** An expression that stands in a function of its own without parameters, as under `pcall`. */
export function within(program: Program, wanted: Wanted, size = 1): string {
  return program.body({}, false, () => expression(program, wanted, size));
}

/** One or several values in a list: the last may give any number of them. */
export function expressions(program: Program, count: number, size = 1): string {
  const list = program.random.times(count, () => expression(program, "any", size));
  if (program.random.oneIn(3)) list.push(several(program) ?? "nil");
  return list.join(", ");
}

/** What can give any number of values. */
function several(program: Program): string | undefined {
  const call = callOf(program, 1)?.slice(1, -1);
  const more = [
    ...(call ? [call] : []),
    ...(program.varargs ? ["..."] : []),
    ...program.names("list").map((name) => `unpack(${name})`),
    'string.byte("abc", 1, -1)',
    'string.find("k=v", "(%w)=(%w)")',
  ];
  return more.length > 0 ? program.random.pick(more) : undefined;
}

function callOf(program: Program, size: number): string | undefined {
  const names = program.names("function");
  if (names.length === 0) return undefined;
  const args = program.random.times(program.random.below(4), () => expression(program, "any", size - 1));
  return `(${program.random.pick(names)}(${args.join(", ")}))`;
}

function field(program: Program): string | undefined {
  const tables = program.names("table", "list", "object");
  if (tables.length === 0) return undefined;
  return `${program.random.pick(tables)}${program.random.pick([".x", ".y", "[1]", "[2]", '["x"]', "[1.5]", "[-0]", ".missing"])}`;
}

function counted(program: Program): string | undefined {
  const tables = program.names("list");
  return tables.length > 0 ? `#${program.random.pick(tables)}` : undefined;
}

/** Operators on tables with metatables, and on tables without. */
function withObjects(program: Program, of: (wanted: Wanted) => string): string | undefined {
  const objects = program.names("object", "object", "table");
  if (objects.length === 0) return undefined;
  const { random } = program;
  const object = (): string => random.pick(objects);
  return random.pick([
    () => `(${object()} ${random.pick(["+", "-", "*", "/", "%", "^", ".."])} ${of("any")})`,
    () => `(${of("any")} ${random.pick(["+", "-", "*", "/", "%", "^", ".."])} ${object()})`,
    () => `(${object()} ${random.pick(["<", "<=", ">", ">=", "==", "~="])} ${object()})`,
    () => `(${object()} ${random.pick(["<", "<=", "==", "~="])} ${of("any")})`,
    () => `(-${object()})`,
    () => `${object()}(${of("any")}, ${of("any")})`,
    () => `${object()}:method(${of("any")})`,
    () => `(rawget(${object()}, ${of("string")}))`,
    () => `rawequal(${object()}, ${object()})`,
    () => `type(getmetatable(${object()}))`,
    () => `${object()}[${of("any")}]`,
  ])();
}

function parenthesised(text: string): string {
  return /^[\w(]/.test(text) ? `(${text})` : text;
}

function atom(program: Program, wanted: Wanted): string {
  const { random } = program;
  const kinds: readonly Kind[] = wanted === "any" ? ["number", "string", "boolean", "any"] : [wanted];
  const names = program.names(...kinds);
  if (names.length > 0 && random.below(3) > 0) return random.pick(names);
  switch (wanted) {
    case "number":
      return random.oneIn(8) ? `(${random.pick(ODD_NUMBERS)})` : literal(random.pick(NUMBERS));
    case "string":
      return random.pick(STRINGS);
    case "boolean":
      return random.pick(["true", "false"]);
    default:
      return random.pick([literal(random.pick(NUMBERS)), random.pick(STRINGS), "nil", "true", "false"]);
  }
}

/** A negative number in front of `^` would be something else. */
function literal(number: string): string {
  return /^-|\^/.test(number) ? `(${number})` : number;
}
