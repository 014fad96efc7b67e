import { type Code, callCode, comma, isQuiet } from "../code.js";
import type { FunctionContext } from "../context.js";
import { quote } from "../string-constants.js";
import { type CallSite, convertArguments, type Parameter } from "./arguments.js";
import { joined, type Piece } from "./concat.js";
import { runtimeName } from "./library-call.js";
import type { LoweredList } from "./values.js";

/** A conversion, e.g. `%-5.2f`. */
interface Conversion {
  readonly letter: string;
  readonly flags: string;
  readonly width: number;
  readonly precision: number;
}

type Part = { readonly text: string } | Conversion;

/** Conversion → method of the runtime's `Format`, and for `unsigned` the base. `%q`, `%p` and `%a` are left to the general form. */
const METHODS: Readonly<Record<string, readonly [method: string, ...base: string[]]>> = {
  d: ["integer"],
  i: ["integer"],
  u: ["unsigned", "10"],
  x: ["unsigned", "16"],
  X: ["unsigned", "16"],
  o: ["unsigned", "8"],
  c: ["character"],
  f: ["fixed"],
  F: ["fixed"],
  e: ["exponent"],
  E: ["exponent"],
  g: ["general"],
  G: ["general"],
};

/** Names of the runtime's flags. */
const FLAGS: Readonly<Record<string, string>> = {
  "-": "LEFT",
  "+": "PLUS",
  " ": "SPACE",
  "#": "ALTERNATE",
  "0": "ZERO",
};

/**
 * `string.format("%s:%d", name, n)` → `format.begin(25).value(name).text(Str.of(":")).integer(n).done()`. Undefined for what is better left to
 * `format.format`, which reads the format at run time: a wrong one, or a wrong number of arguments.
 */
export function lowerConstantFormat(context: FunctionContext, list: LoweredList, site: CallSite): Code | undefined {
  const [form, ...values] = list.fixed;
  const format = form && context.module.strings.bytesOf(form.text);
  const parts = format === undefined || list.tail ? undefined : readFormat(format);
  if (!parts) return undefined;
  const conversions = parts.filter((part) => "letter" in part);
  if (conversions.length !== values.length || conversions.length === 0) return undefined;
  const parameters = conversions.map((conversion, i) => parameterOf(conversion, values[i] as Code));
  // `%s` may call a `__tostring`, which must not happen before a later argument is evaluated
  if (parameters.some(({ type }, i) => type === "value" && values.slice(i + 1).some((value) => !isQuiet(value))))
    return undefined;
  const { before, texts } = convertArguments(context, parameters, values, site, (site.first ?? 1) + 1);
  const plain = parts.every(
    (part) => "text" in part || (/^[sdi]$/.test(part.letter) && isPlain(part) && part.flags === ""),
  );
  if (plain && parts.length > 1) {
    const pieces = parts.map((part): Piece => {
      if ("text" in part) return { text: `Str.of(${quote(part.text)})` };
      const i = conversions.indexOf(part);
      if (part.letter !== "s") return { text: `lua.truncated(${texts[i]})`, isNumber: true };
      const isText = parameters[i]?.type === "string";
      return { text: isText ? (texts[i] as string) : `${runtimeName(context, "format", "text")}(${texts[i]})` };
    });
    return comma(before, joined(pieces));
  }
  const calls: string[] = [];
  for (const part of parts) {
    if ("text" in part) calls.push(`.text(Str.of(${quote(part.text)}))`);
    else {
      const i = conversions.indexOf(part);
      calls.push(printConversion(context, part, texts[i] as string, parameters[i]?.type === "string"));
    }
  }
  const begin = `${runtimeName(context, "format", "begin")}(${capacity(parts)})`;
  return comma(before, callCode(`${begin}${calls.join("")}.done`, [], "string"));
}

function parameterOf(conversion: Conversion, value: Code): Parameter {
  if (conversion.letter !== "s") return { type: "number" };
  return { type: isPlain(conversion) && (value.type === "string" || value.type === "number") ? "string" : "value" };
}

function isPlain({ width, precision }: Conversion): boolean {
  return width === 0 && precision < 0;
}

const SPECIFICATION = /%(?:%|([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?([a-zA-Z]))/y;

/** The parts of a format; undefined when something in it is not understood. Bytes as characters. */
function readFormat(format: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  let text = "";
  for (let at = 0; at < format.length; ) {
    if (format[at] !== "%") {
      text += format[at++];
      continue;
    }
    SPECIFICATION.lastIndex = at;
    const match = SPECIFICATION.exec(format);
    if (!match) return undefined;
    at = SPECIFICATION.lastIndex;
    const [, flags, width, precision, letter] = match;
    if (letter === undefined) {
      text += "%";
      continue;
    }
    if (letter !== "s" && !METHODS[letter]) return undefined;
    if (text !== "") parts.push({ text });
    text = "";
    parts.push({
      letter,
      flags: flags ?? "",
      width: Number(width || 0),
      precision: precision === undefined ? -1 : Number(precision),
    });
  }
  if (text !== "") parts.push({ text });
  return parts;
}

/** Trailing defaults are left out. */
function printConversion(context: FunctionContext, part: Conversion, value: string, isString: boolean): string {
  if (part.letter === "s" && isPlain(part)) return `.${isString ? "text" : "value"}(${value})`;
  const rest = [String(part.width), String(part.precision), printFlags(context, part)];
  if (part.letter === "s") return `.padded(${[value, ...rest].join(", ")})`;
  const [method, ...base] = METHODS[part.letter] as readonly [string, ...string[]];
  while (rest.length > 0 && rest.at(-1) === DEFAULTS[rest.length - 1]) rest.pop();
  return `.${method}(${[value, ...base, ...rest].join(", ")})`;
}

/** Of width, precision and flags. */
const DEFAULTS = ["0", "-1", "0"];

function printFlags(context: FunctionContext, { flags, letter }: Conversion): string {
  const names = [...new Set(flags)].map((flag) => FLAGS[flag] as string);
  if (/[A-Z]/.test(letter)) names.push("UPPER");
  return names.map((name) => runtimeName(context, "format", name)).join(" | ") || "0";
}

const EXPECTED_BYTES = 12;

function capacity(parts: readonly Part[]): number {
  return parts.reduce(
    (sum, part) => sum + ("text" in part ? part.text.length : Math.max(part.width, EXPECTED_BYTES)),
    0,
  );
}
