import { expression } from "./expressions.js";
import type { Program } from "./program.js";

const COMPARATORS = [
  "",
  ", function(a, b) return tostring(a) > tostring(b) end",
  ", function(a, b) return a > b end",
  ", function(a, b) return #tostring(a) < #tostring(b) end",
  ", function() return error('compare', 0) end",
  ", nil",
  ", 1",
];

/** What changes a table, or looks at it whole. Lists keep to sequences. */
export function tableStatement(program: Program): readonly string[] {
  const { random } = program;
  const lists = program.names("list");
  const tables = program.names("table", "object");
  if (lists.length > 0 && random.oneIn(2)) return [listStatement(program, random.pick(lists))];
  if (tables.length === 0) return [`print(${expression(program, "any", 2)})`];
  const table = random.pick(tables);
  const value = expression(program, "any", 2);
  return [
    random.pick([
      () => `${table}${random.pick([".x", ".y", "[1]", "[2]", '["x"]', "[1.5]", "[-1]"])} = ${value}`,
      () => `${table}[${expression(program, "any", 1)}] = ${value}`,
      () => `rawset(${table}, ${expression(program, "string", 1)}, ${value})`,
      () => `${table}.method = function(self, v) return v, self == ${table} end`,
      () => `print(pcall(setmetatable, ${table}, nil) and "plain")`,
      () => `print(next(${table}) == nil, rawequal(${table}, ${table}))`,
      () => `print(#${table} == #${table})`,
    ])(),
  ];
}

function listStatement(program: Program, list: string): string {
  const { random } = program;
  const some = (): string => random.pick(["1", '"z"', "2.5", '"10"', "-3"]);
  return random.pick([
    () => `table.insert(${list}, ${some()})`,
    () => `table.insert(${list}, 1, ${some()})`,
    () => `${list}[#${list} + 1] = ${some()}`,
    () => `print(table.remove(${list}))`,
    () => `print(table.remove(${list}, 1))`,
    () => `print(table.remove(${list}, ${random.pick(["0", "7", "-1", '"1"', "{}"])}))`,
    () =>
      `print(pcall(table.insert, ${list}, ${random.pick(["", "1, 2, 3", "{}, 1", "nil, nil", '"x", 1'])}))`.replace(
        ", )",
        ")",
      ),
    () => `print(pcall(table.sort, ${list}${random.pick(COMPARATORS)}) and table.concat(${list}, " "))`,
    () => `table.sort(${list}, function(a, b) return tostring(a) < tostring(b) end)`,
    () => `print(table.concat(${list}, ","), #${list})`,
    () => `print(unpack(${list}))`,
    () => `print(select("#", unpack(${list})), (unpack(${list}, 2)))`,
    () => `print(table.maxn(${list}), next(${list}))`,
  ])();
}
