import type { Program } from "./program.js";

const COMPARATORS = [
  "",
  ", function(a, b) return a < b end",
  ", function(a, b) return a > b end",
  ", function(a, b) return a <= b end",
  ", function() return true end",
  ", function() return false end",
  ", function() return nil end",
  ", function(a, b) return tostring(a) < tostring(b) end",
  ", function(a, b) error('no order') end",
  ", function(a, b) return (a or 0) < (b or 0) end",
  ", function(a, b) n = (n or 0) + 1 return n % 3 == 0 end",
];

/** A table used as a list, which keeps to a sequence: what `#` makes of holes is any border. */
export function lists(program: Program): readonly string[] {
  const { random } = program;
  const t = program.fresh("h");
  const item = (): string => random.pick(["1", "2", "3", '"a"', "true", "false", "0.5", "-1", '"10"', "7", "5"]);
  const number = (): string => random.pick(["1", "2", "3", "5", "4", "9", "-1", "0.5"]);
  const items = random.times(random.below(9), random.oneIn(2) ? number : item);
  const at = (): string =>
    random.pick(["1", "2", "3", "4", "5", "8", "0", "-1", `#${t}`, `#${t} + 1`, "1.5", '"1"', "2^31", "nil"]);
  const steps = random.times(1 + random.below(5), () =>
    random.pick([
      () => `${t}[#${t}${random.pick(["", " + 1"])}] = ${item()}`,
      () => `if #${t} > 0 then ${t}[#${t}] = nil end`,
      () => `print(#${t})`,
      () => `print(pcall(table.insert, ${t}, ${random.pick(["1", `#${t} + 1`, `math.min(2, #${t} + 1)`])}, ${item()}))`,
      () => `print(pcall(table.insert, ${t}, ${item()}))`,
      () => `print(pcall(table.remove, ${t}, ${at()}))`,
      () => `print(pcall(table.remove, ${t}))`,
      () =>
        `print(pcall(table.concat, ${t}, ${random.pick(['","', '""', "1", "nil", "true"])}${random.oneIn(2) ? `, ${at()}, ${at()}` : ""}))`.replaceAll(
          "2^31",
          "3",
        ),
      () =>
        `print(select("#", unpack(${t}, ${random.pick(["1", "2", "0", "-1"])}, ${random.pick(["3", "1", "0", "5", "nil"])})))`,
      () => `n = nil print(pcall(table.sort, ${t}${random.pick(COMPARATORS)}))`,
      () => `for i, v in ipairs(${t}) do print(i, show(v)) end`,
      () => `print(table.maxn(${t}), show(next(${t})))`,
      () => `for i = #${t}, 1, -1 do if i % 2 == 0 then table.remove(${t}, i) end end`,
      () =>
        `for i = 1, ${random.pick(["3", "5", "9", "20"])} do ${t}[i] = ${random.pick(["i", "i * 2 % 7", "tostring(i)"])} end`,
      () => `${t} = {unpack(${t})}`,
      () => `${t} = {${t}[1], n = #${t}}`,
      () => `${t}[${random.pick(["-1", "0.5", '"1"', "1e10"])}] = ${item()}`,
      () => `print(pcall(function() ${t}[${random.pick(["nil", "0/0", "1.5", '"x"'])}] = 1 end))`,
    ])(),
  );
  return [
    "do",
    "local n",
    `local ${t} = {${items.join(", ")}}`,
    ...steps,
    `print(#${t}, ${["1", "2", "3", "4", "5", `#${t}`].map((i) => `show(${t}[${i}])`).join(", ")})`,
    "end",
  ];
}
