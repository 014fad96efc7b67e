import { isObject, isOptional, type StaticType, withoutNil } from "../lua/static-type.js";
import { type Code, callCode, comma, inside, Precedence, primary } from "./code.js";

/** The AssemblyScript type that carries a static type. */
export function carrier(type: StaticType): string {
  switch (type) {
    case "number":
      return "f64";
    case "boolean":
      return "bool";
    case "string":
      return "Str";
    case "string?":
      return "Str | null";
    case "table":
      return "Table";
    case "table?":
      return "Table | null";
    default:
      if (!isObject(type)) return "Value";
      return isOptional(type) ? `${withoutNil(type)} | null` : type;
  }
}

/** An initial value that is never read. */
export function placeholder(type: StaticType): string {
  switch (type) {
    case "number":
      return "0";
    case "boolean":
      return "false";
    case "string":
      return "lua.EMPTY";
    default:
      if (carrier(type) === "Value") return "lua.nil";
      return isOptional(type) ? "null" : `changetype<${carrier(type)}>(0)`;
  }
}

/** `Value`: boxed where it is not yet. */
export function boxed(code: Code): Code {
  if (code.unboxed?.text === code.text) return code.unboxed.from;
  const box = BOXES[code.type];
  if (box) return { ...callCode(box, [code.text], "value", code.pure), ...flags(code) };
  if (code.type === "nil") return nothing(code, primary("lua.nil", "value", true));
  if (isObject(code.type)) return { ...callCode("lua.userdata", [code.text], "value", code.pure), ...flags(code) };
  return code;
}

/** Impure code of type nil is a call that gives nothing (`void`): evaluated, then nil. */
function nothing(code: Code, nil: Code): Code {
  return code.pure ? nil : comma([code.text], nil);
}

const BOXES: Readonly<Record<string, string>> = {
  boolean: "lua.boolean",
  number: "lua.number",
  string: "lua.string",
  "string?": "lua.optional",
  table: "lua.table",
  "table?": "lua.optionalTable",
};

function flags({ many, mayBeAbsent, quiet, stable }: Code): Pick<Code, "many" | "mayBeAbsent" | "quiet" | "stable"> {
  return {
    ...(many && { many }),
    ...(mayBeAbsent && { mayBeAbsent }),
    ...(quiet && { quiet }),
    ...(stable !== undefined && { stable }),
  };
}

/**
 * The code as the given type, which must be one that the inference says it has (a supertype, or what narrowing left).
 * No check at run time.
 */
export function cast(code: Code, to: StaticType): Code {
  const from = code.type;
  if (from === "nil" && carrier(to) !== "Value") return nothing(code, primary("null", to, true));
  if (carrier(to) === "Value") return { ...boxed(code), type: to };
  if (from === to || carrier(from) === carrier(to)) return { ...code, type: to };
  if (carrier(from) === "Value") return unboxed(code, to);
  if (isOptional(from) && withoutNil(from) === to) return assertNotNull(code, to);
  return { ...code, type: to };
}

function unboxed(code: Code, to: StaticType): Code {
  const unbox = UNBOX[to] ?? `lua.${isOptional(to) ? "toOptionalObject" : "toObject"}<${withoutNil(to)}>`;
  const value = callCode(unbox, [code.text], to, code.pure);
  return { ...value, ...flags(code), unboxed: { from: code, text: value.text } };
}

function assertNotNull(code: Code, type: StaticType): Code {
  return { ...code, text: `${inside(code, Precedence.Postfix)}!`, precedence: Precedence.Postfix, type };
}

const UNBOX: Readonly<Record<string, string>> = {
  boolean: "lua.toBoolean",
  number: "lua.toNumber",
  string: "lua.toStr",
  "string?": "lua.toOptional",
  table: "lua.toTable",
  "table?": "lua.toOptionalTable",
};

/** A number as Lua's string of it. */
export function printed(code: Code): string {
  return `lua.${code.whole ? "integerToString" : "numberToString"}(${code.text})`;
}

/** Lua's truth of a value, as an AssemblyScript condition. */
export function truth(code: Code): Code {
  switch (code.type) {
    case "boolean":
      return code;
    case "nil":
      return code.pure ? primary("false", "boolean", true) : comma([code.text], primary("false", "boolean", true));
    case "value":
    case "number?":
      return callCode("lua.truthy", [code.text], "boolean", code.pure);
    default:
      if (isOptional(code.type))
        return {
          ...code,
          text: `${inside(code, Precedence.Equality)} != null`,
          precedence: Precedence.Equality,
          type: "boolean",
        };
      return code.pure ? primary("true", "boolean", true) : comma([code.text], primary("true", "boolean", true));
  }
}

export function not(condition: Code): Code {
  if (condition.text === "true" || condition.text === "false") {
    return { ...condition, text: condition.text === "true" ? "false" : "true" };
  }
  const nullTest = / != null$/.exec(condition.text);
  if (nullTest && condition.precedence === Precedence.Equality) {
    return { ...condition, text: condition.text.replace(/ != null$/, " == null") };
  }
  return { ...condition, text: `!${inside(condition, Precedence.Unary)}`, precedence: Precedence.Unary };
}
