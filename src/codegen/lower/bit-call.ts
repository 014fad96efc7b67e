import { type Code, comma, Precedence, primary } from "../code.js";
import type { FunctionContext } from "../context.js";
import { type CallSite, convertArguments } from "./arguments.js";
import { runtimeName } from "./library-call.js";
import type { LoweredList } from "./values.js";

/** How many numbers each function of `bit` takes (`Infinity`: two or more), and what the runtime calls it. */
const FUNCTIONS: Readonly<Record<string, readonly [arity: number, runtime: string]>> = {
  tobit: [1, "tobit"],
  bnot: [1, "bnot"],
  bswap: [1, "swap"],
  lshift: [2, "lshift"],
  rshift: [2, "rshift"],
  arshift: [2, "arshift"],
  rol: [2, "rol"],
  ror: [2, "ror"],
  band: [Infinity, "band"],
  bor: [Infinity, "bor"],
  bxor: [Infinity, "bxor"],
};

export const BIT_FUNCTIONS: readonly string[] = Object.keys(FUNCTIONS);

/**
 * `bit.bxor(bit.ror(x, 6), y, z)` → `bit.bxor(bit.int.bxor(bit.int.ror(x, 6), y), z)`: what is handed from one to the next stays an integer.
 * Undefined for what is left to the general form: a list of unknown length, arguments that are missing or too many.
 */
export function lowerBits(context: FunctionContext, list: LoweredList, site: CallSite, name: string): Code | undefined {
  const [arity, runtime] = FUNCTIONS[name]!;
  const count = list.fixed.length;
  if (list.tail || (arity === Infinity ? count < 2 : count !== arity)) return undefined;
  const parameters = list.fixed.map(() => ({ type: "number" as const }));
  const { before, texts, pure, quiet } = convertArguments(context, parameters, list.fixed.map(asInteger), site);
  const callee = runtimeName(context, "bit", runtime);
  const text =
    arity === 1
      ? `${callee}(${texts[0]})`
      : texts
          .slice(2)
          .reduce(
            (left, right) => `${callee}(${asIntegerText(left)}, ${right})`,
            `${callee}(${texts[0]}, ${texts[1]})`,
          );
  return comma(before, { ...primary(text, "number", pure), quiet });
}

function asInteger(code: Code): Code {
  return code.precedence >= Precedence.Postfix ? { ...code, text: asIntegerText(code.text) } : code;
}

const CALL = new RegExp(
  `^bit\\.(?=(?:${Object.values(FUNCTIONS)
    .map(([, runtime]) => runtime)
    .join("|")})\\()`,
);

function asIntegerText(text: string): string {
  return text.replace(CALL, "bit.int.");
}
