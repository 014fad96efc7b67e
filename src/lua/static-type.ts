/**
 * What is known of a value without running the script. `never` (nothing reaches it yet) is the bottom, `value` (anything) the top.
 * `string?` is a string or nil, `number?` a number or nil; object names come from outside (`Headers`, `Buffer`), `Buffer?` may be nil.
 */
export type StaticType =
  | "never"
  | "nil"
  | "boolean"
  | "number"
  | "number?"
  | "string"
  | "string?"
  | "table"
  | "table?"
  | "value"
  | ObjectType;

/** An object of the host's API, by the name of its class. */
export type ObjectType = `${Capital}${string}`;

type Capital =
  | ("A" | "B" | "C" | "D" | "E" | "F" | "G" | "H" | "I" | "J" | "K" | "L" | "M" | "N")
  | ("O" | "P" | "Q" | "R" | "S" | "T" | "U" | "V" | "W" | "X" | "Y" | "Z");

export function isObject(type: StaticType): type is ObjectType {
  return /^[A-Z]/.test(type);
}

export function isOptional(type: StaticType): boolean {
  return type.endsWith("?");
}

/** The type of a value that may be of either type. */
export function join(a: StaticType, b: StaticType): StaticType {
  if (a === b || b === "never") return a;
  if (a === "never") return b;
  if (a === "nil") return optional(b);
  if (b === "nil") return optional(a);
  return withoutNil(a) === withoutNil(b) ? optional(withoutNil(a)) : "value";
}

/** The type, or nil; what has no such form is `value`. */
export function optional(type: StaticType): StaticType {
  if (type === "nil" || isOptional(type)) return type;
  if (type === "string" || type === "number" || type === "table") return `${type}?`;
  return isObject(type) ? `${type}?` : "value";
}

export function withoutNil(type: StaticType): StaticType {
  return (isOptional(type) ? type.slice(0, -1) : type) as StaticType;
}

/** Whether a value of the type is never nil and never false. */
export function isAlwaysTrue(type: StaticType): boolean {
  return type === "number" || type === "string" || type === "table" || (isObject(type) && !isOptional(type));
}
