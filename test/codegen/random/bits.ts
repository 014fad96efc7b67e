import type { Program } from "./program.js";

const OPERANDS = [
  "-1",
  "1",
  "31",
  "33",
  "-2.5",
  "0.5",
  "1.5",
  '"7"',
  '"0x1F"',
  '"-3"',
  "2^31",
  "2^32 + 5",
  "-2^31",
  "2^52",
];

/** Bit operations in one another, with arithmetic between them. */
export function bitExpression(program: Program, number: () => string, depth = 2): string {
  const { random } = program;
  const nested = (): string => bitExpression(program, number, depth - 1);
  const operand = (): string => {
    if (depth === 0 || random.oneIn(3)) return random.oneIn(2) ? number() : random.pick(OPERANDS);
    if (random.oneIn(3))
      return `${nested()} ${random.pick(["+", "-", "*", "/", "%"])} ${random.oneIn(2) ? nested() : number()}`;
    if (random.oneIn(8)) return `-${nested()}`;
    return nested();
  };
  if (random.oneIn(4)) return `bit.${random.pick(["tobit", "bnot", "bswap"])}(${operand()})`;
  if (random.oneIn(2)) {
    const operands = random.times(2 + random.below(2), operand);
    return `bit.${random.pick(["band", "bor", "bxor"])}(${operands.join(", ")})`;
  }
  return `bit.${random.pick(["lshift", "rshift", "arshift", "rol", "ror"])}(${operand()}, ${operand()})`;
}
