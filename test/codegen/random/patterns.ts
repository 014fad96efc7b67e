import type { Case } from "../run-compiled.js";
import { Random } from "./random.js";

const SUBJECTS_PER_PATTERN = 10;

/**
 * Random pattern × subject × function, `count` pairs of them, ten subjects a case. Each pair is tried with the pattern as a constant, which is
 * compiled, and as a value, which is interpreted; every eighth case has formats and arguments instead.
 */
export function randomPatterns(seed: number, count: number, from = 0): readonly Case[] {
  const first = Math.floor(from / SUBJECTS_PER_PATTERN);
  return Array.from({ length: Math.ceil(count / SUBJECTS_PER_PATTERN) }, (_, i) => {
    const random = new Random(seed * 1_000_003 + 500_000_000 + first + i);
    return {
      name: `patterns ${seed} ${(first + i) * SUBJECTS_PER_PATTERN}`,
      lua: random.oneIn(8) ? formats(random) : matching(random),
    };
  });
}

const TELL = `local function tell(...)
local t = {}
for i = 1, select("#", ...) do t[i] = show((select(i, ...))) end
print(table.concat(t, " "))
end`;

/** `USE` stands for a function of a subject, with the pattern in its text; `VALUE` for the same, given the pattern. */
function matching(random: Random): string {
  const text = quoted(pattern(random));
  const position = random.oneIn(3)
    ? `, ${random.pick(["1", "2", "0", "-1", "-3", "5", "13", "1.5", '"2"', "nil", "1e10", "-1e10"])}`
    : "";
  const limit = random.oneIn(3) ? `, ${random.pick(["0", "1", "2", "-1", "1.9", "nil"])}` : "";
  const replacement = random.pick(REPLACEMENTS);
  const use = random.pick([
    (p: string) => `local a, b, c, d = string.find(s, ${p}${position}) return a, b, c, d`,
    (p: string) => `local a, b, c, d = string.find(s, ${p}${position}) return a, b, c, d`,
    (p: string) => `local a, b, c, d = string.match(s, ${p}${position}) return a, b, c, d`,
    (p: string) => `local a, b, c, d = string.match(s, ${p}${position}) return a, b, c, d`,
    (p: string) => `local a, b, c, d = s:find(${p}${position || ", 1"}, true) return a, b, c, d`,
    (p: string) =>
      `local t = {} for a, b, c in string.gmatch(s, ${p}) do t[#t + 1] = show(a) .. show(b) .. show(c) if #t > 15 then break end end return table.concat(t, ";")`,
    (p: string) => `local a, b, c, d = string.gsub(s, ${p}, ${replacement}${limit}) return a, b, c, d`,
    (p: string) => `local a, b, c, d = string.gsub(s, ${p}, ${replacement}${limit}) return a, b, c, d`,
    (p: string) => `local a, b, c, d = string.gsub(s, ${p}, ${replacement}${limit}) return a, b, c, d`,
    (p: string) => `if string.find(s, ${p}) then return "found" end return (s:match(${p}))`,
  ]);
  const subjects = random.times(SUBJECTS_PER_PATTERN, () => `${quoted(subject(random))},`);
  return [
    TELL,
    `local function constant(s) ${use(text)} end`,
    `local function value(s, p) ${use("p")} end`,
    "for _, s in ipairs({",
    ...subjects,
    "}) do",
    "tell(pcall(constant, s))",
    `tell(pcall(value, s, ${text}))`,
    "end",
  ].join("\n");
}

const REPLACEMENTS = [
  ...['"<%0>"', '"%1"', '"%1%2"', '""', '"x"', '"%%"', '"%a"', '"%"', '"a%9"', '"\\0%0"', "7", "1.5", "nil", "true"],
  ...[
    '{a = "A", b = false, ab = 3}',
    '{[1] = "one", [2] = true}',
    "{}",
    'setmetatable({}, {__index = function(_, k) return k .. "!" end})',
  ],
  ...[
    "function(...) return ... end",
    "function(m, n) return n end",
    "function() end",
    'function(m) return m == "a" and 1.5 end',
    "function() return {} end",
  ],
  ...[
    "string.upper",
    'function(m) return (string.gsub(m, "%w", "<%0>")) end',
    'function() error("failed", 0) end',
    "function() error({}) end",
  ],
];

const ATOMS = [
  "a",
  "b",
  "c",
  "1",
  " ",
  ".",
  "%a",
  "%d",
  "%s",
  "%w",
  "%p",
  "%S",
  "%A",
  "%l",
  "%u",
  "%x",
  "%c",
  "%g",
  "%z",
  "[ab]",
  "[^a]",
  "[a-c]",
  "[%d%s]",
  "[^%w]",
  "[a-]",
  "[]]",
  "[^]a]",
  "[%a-z]",
  "[%]]",
  "[\0-\x20]",
  "[\x80-\xff]",
  "%.",
  "%%",
  "%-",
  "\0",
  "\xff",
  "=",
  ",",
  "[0-9a-fA-F]",
  "[^,]",
  "[^=]",
  "[%w_]",
];
const PIECES = [
  "()",
  "(a*)",
  "(.-)",
  "(%w+)",
  "(.)",
  "((a)b)",
  ".*",
  ".-",
  "%b()",
  "%bab",
  "%f[a]",
  "%f[%w]",
  "%f[%W]",
  "%1",
  "%2",
  "(%a)%1",
  "([ab])(.)",
  "$",
  "^",
];
const BROKEN = [
  "(",
  ")",
  "%",
  "[",
  "[^",
  "[a-",
  "[]",
  "%b",
  "%bx",
  "%f",
  "%f[",
  "*",
  "+",
  "-",
  "?",
  "[a",
  "(()",
  "%0",
  "%9",
  "]",
  "a**",
  "[%",
  "(%1)",
];

function pattern(random: Random): string {
  const pieces = random.times(random.below(5) + (random.oneIn(12) ? 8 : 0), () => {
    if (random.oneIn(25)) return random.pick(BROKEN);
    if (random.oneIn(3)) return random.pick(PIECES);
    const item = random.pick(ATOMS) + random.pick(["", "", "*", "+", "-", "?"]);
    return random.oneIn(5) ? `(${item})` : item;
  });
  return `${random.oneIn(5) ? "^" : ""}${pieces.join("")}${random.oneIn(6) ? "$" : ""}`;
}

const LETTERS = ["aabbc12 .%-()[]=,", "aab", "a b,c=1;()", "\0\xff\naBzZ@[`{09_", "abcabc  (a(b)c) [x]"];

function subject(random: Random): string {
  const letters = random.pick(LETTERS);
  return random.times(random.below(random.oneIn(6) ? 40 : 9), () => random.pick([...letters])).join("");
}

const FLAGS = ["", "", "", "-", "+", " ", "#", "0", "-0", "+ ", "#0"];
const WIDTHS = ["", "", "", "1", "5", "12", "20", "99", "100"];
const PRECISIONS = ["", "", "", ".", ".0", ".1", ".3", ".10", ".14", ".20", ".99", ".100"];
const ARGUMENTS = [
  "0",
  "-0",
  "1",
  "-1",
  "0.5",
  "2.5",
  "-3.99",
  "1e15",
  "1e100",
  "-1e-7",
  "123456789",
  "2^31",
  "2^53",
  "2^63",
  "-2^63",
  "1/0",
  "-1/0",
  "0/0",
  "0.1",
  "1/3",
  "5e-324",
  '"10"',
  '"0x10"',
  '"a\\0b"',
  '"q\\"\\n\\r\\\\z"',
  '"\\0001\\200"',
  '""',
  '"longer than the precision is"',
  "nil",
  "true",
  "{}",
  "65",
  "255",
  "99999999999999",
  "0.125",
  "1e21",
  "123.456",
  "4294967296",
];

function formats(random: Random): string {
  const format = random
    .times(1 + random.below(2), () => {
      const conversion = random.oneIn(30)
        ? random.pick(["y", "", "5", "%", "ll", "n", "p"])
        : random.pick([..."dioucxXeEfgGaAqs"]);
      const exact = conversion === "q" && random.below(4) > 0;
      return `${random.pick(["", "<", "%%"])}%${exact ? "" : random.pick(FLAGS) + random.pick(WIDTHS) + random.pick(PRECISIONS)}${conversion}`;
    })
    .join("|");
  const lists = random.times(SUBJECTS_PER_PATTERN, () =>
    random.times(random.oneIn(6) ? 1 : 2, () => random.pick(ARGUMENTS)).join(", "),
  );
  const isAddress = (list: string): boolean =>
    (list.includes("{}") && /[sqp]/.test(format)) || (list.includes('"') && format.includes("p"));
  return [
    TELL,
    ...lists
      .filter((list) => !isAddress(list))
      .flatMap((list) => [
        `tell(pcall(function() return (string.format(${quoted(format)}, ${list})) end))`,
        `tell(pcall(string.format, ${quoted(format)}, ${list}))`,
      ]),
  ].join("\n");
}

/** A Lua literal; every character is a byte. */
function quoted(text: string): string {
  return `"${text.replace(/[^ !#-[\]-~]/g, (c) => `\\${String(c.charCodeAt(0)).padStart(3, "0")}`)}"`;
}
