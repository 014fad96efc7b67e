import { bitExpression } from "./bits.js";
import type { Program } from "./program.js";

type Wanted = "number" | "string" | "boolean" | "any";

const PATTERNS = [
  '"%w+"',
  '"(%w)=(%w)"',
  '"^%s*(.-)%s*$"',
  '"[abc]+"',
  '"()b"',
  '"%d*"',
  '""',
  '"z"',
  '"(a)(b?)"',
  '"%f[%w]%w"',
  '"%("',
  '"("',
  '"[a"',
  '"%b()"',
  '".-,"',
];
const REPLACEMENTS = [
  '"<%0>"',
  '"%1%1"',
  '""',
  '"%%"',
  '"%2"',
  '{a = 1, b = false, k = "K"}',
  "function(m, n) return n end",
  "function(m) return m .. m end",
  "function() return {} end",
];
const FORMATS = [
  '"%d"',
  '"%5.2f|%-5d|"',
  '"%s"',
  '"%q"',
  '"%x %X %o"',
  '"%5s|%-5s|%.2s"',
  '"%g"',
  '"%e"',
  '"%c"',
  '"%i%%"',
  '"%+d"',
  '"%05d"',
  '"%.14g"',
  '"%a"',
  '"%#x"',
  '"%s %s %s"',
  '"%y"',
  '"%.3q"',
  '"%20.10f"',
  '"% d"',
  '"%u"',
];
const POSITIONS = ["1", "2", "-1", "0", "-2", "3", "100", "-100", "1.9", '"2"', "nil", "2^31", "1/0"];

/** A call of the library, now and then with arguments that it does not take. */
export function libraryCall(program: Program, wanted: Wanted, of: (wanted: Wanted) => string): string {
  const { random } = program;
  const position = (): string => (random.oneIn(3) ? of("number") : random.pick(POSITIONS));
  const pattern = (): string => random.pick(PATTERNS);
  const s = (): string => of(random.oneIn(10) ? "any" : "string");
  const n = (): string => of(random.oneIn(10) ? "any" : "number");
  switch (wanted) {
    case "number":
      return random.pick([
        () => `math.${random.pick(["floor", "ceil", "abs", "sqrt", "exp", "log", "sin", "deg"])}(${n()})`,
        () => `math.${random.pick(["max", "min"])}(${n()}, ${n()}${random.oneIn(2) ? `, ${n()}` : ""})`,
        () => `math.${random.pick(["fmod", "pow", "ldexp"])}(${n()}, ${n()})`,
        () => `(math.modf(${n()}))`,
        () => `string.len(${s()})`,
        () => `(string.byte(${s()}, ${position()}))`,
        () => `tonumber(${s()}, ${random.pick(["10", "16", "2", "36", "8", "1", "37", n()])})`,
        () => `(string.find(${s()}, ${pattern()}${random.oneIn(2) ? `, ${position()}` : ""}))`,
        () => `(select(2, string.gsub(${s()}, ${pattern()}, ${random.pick(REPLACEMENTS)})))`,
        () => `bit.${random.pick(["band", "bor", "bxor", "lshift", "rshift", "arshift", "rol"])}(${n()}, ${n()})`,
        () => bitExpression(program, n),
        () => `(${parenthesised(s())}:byte(${position()}))`,
        () => `string.byte(string.char(${random.pick(["0", "65", "127", "128", "255"])}))`,
        () => `bit.${random.pick(["tobit", "bnot", "bswap"])}(${n()})`,
      ])();
    case "string":
      return random.pick([
        () => `string.${random.pick(["upper", "lower", "reverse"])}(${s()})`,
        () => `string.sub(${s()}, ${position()}${random.oneIn(2) ? "" : `, ${position()}`})`,
        () => `${parenthesised(s())}:sub(${position()}, ${position()})`,
        () =>
          `string.rep(${s()}, ${random.pick(["0", "1", "2", "3", "-1", "2.7", '"2"', "nil"])}${random.oneIn(3) ? `, ${s()}` : ""})`,
        () =>
          `string.format(${random.pick(FORMATS)}, ${random.times(1 + random.below(3), () => of(random.pick(["number", "string", "any"]))).join(", ")})`,
        () =>
          `(string.gsub(${s()}, ${pattern()}, ${random.pick(REPLACEMENTS)}${random.oneIn(4) ? `, ${position()}` : ""}))`,
        () => `(string.gsub(${s()}, ${pattern()}, ${of("any")}))`,
        () =>
          `string.char(${random.times(random.below(3), () => random.pick(["65", "0", "255", "97.5", n()])).join(", ")})`,
        () => `string.char((string.byte(${s()})))`,
        () => oneByte(program, s),
        () => `bit.tohex(${n()}${random.oneIn(2) ? `, ${random.pick(["4", "-4", "8", "0"])}` : ""})`,
        () => tableText(program, of) ?? s(),
      ])();
    default:
      return random.pick([
        () => `string.match(${s()}, ${pattern()}${random.oneIn(3) ? `, ${position()}` : ""})`,
        () => `(string.find(${s()}, ${s()}, ${position()}, true))`,
        () => `(next({${of("any")}}))`,
        () =>
          `(unpack({${of("any")}, ${of("any")}}, ${position().replace(/^(2\^31|1\/0|100|-100)$/, "1")}, ${random.pick(["1", "2", "3"])}))`,
        () => `(table.remove({${of("string")}, ${of("number")}}${random.oneIn(2) ? `, ${position()}` : ""}))`,
        () => `(math.frexp(${n()}))`,
        () => `(assert(${of("any")}, ${of("any")}))`,
        () => `(select(${position()}, ${of("any")}, ${of("any")}))`,
      ])();
  }
}

/** `(s):sub(i, i)`, in which i is the same. */
function oneByte(program: Program, s: () => string): string {
  const at = program.random.pick(["1", "2", "-1", "0", "9", ...program.names("number")]);
  return `${parenthesised(s())}:sub(${at}, ${at})`;
}

function tableText(program: Program, of: (wanted: Wanted) => string): string | undefined {
  const lists = program.names("list");
  if (lists.length === 0) return undefined;
  const { random } = program;
  const range = random.pick([
    "",
    "",
    `, ${of("string")}`,
    `, ${of("any")}, 1, 2`,
    ', "-", 2',
    ', "", 1, 9',
    ", nil, -1, 0",
  ]);
  return `table.concat(${random.pick(lists)}${range})`;
}

function parenthesised(text: string): string {
  return /^(?!nil|true|false)[a-z_]\w*$/.test(text) ? text : `(${text})`;
}
