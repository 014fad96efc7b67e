import type { Expression, TableConstructorExpression, TableField } from "../../lua/ast.js";
import { isMulti } from "../../lua/ast.js";
import { isFolded } from "../../lua/folded.js";
import { type Code, primary } from "../code.js";
import { type FunctionContext, lineOf } from "../context.js";
import { boxed } from "../convert.js";
import { lowerBoxed } from "./expression.js";
import { lowerList, printValues } from "./values.js";

/** One field; `position` of a positional one, from 1. */
interface Field {
  readonly field: TableField;
  readonly position: number;
  /** The name, where it is one. */
  readonly name?: string;
  /** LuaJIT puts it into the table before it evaluates anything. */
  readonly early: boolean;
}

/**
 * Early fields stand first only where it makes a difference.
 *
 *     { a, x = 1, [k] = v, ... }  →  Table.create(1, 2).append(a).field(X, lua.number(1)).entry(k, v, 12).appendAll(varargs)
 */
export function lowerTable(context: FunctionContext, node: TableConstructorExpression): Code {
  const read = readFields(node);
  const moved = isOverwritten(read);
  const fields = moved ? [...read.filter(({ early }) => early), ...read.filter(({ early }) => !early)] : read;
  const items = fields.filter(({ field }) => field.type === "TableValue").length;
  const value = ({ field }: Field): string => lowerBoxed(context, field.value).text;
  let text = `Table.create(${items}, ${fields.length - items})`;
  let keyed = moved;
  for (const one of fields) {
    const { field, position, name } = one;
    if (name !== undefined) text += `.field(${context.string(name).text}, ${value(one)})`;
    else if (field.type === "TableKey") {
      keyed = true;
      const key = lowerBoxed(context, field.key);
      text += `.entry(${key.text}, ${value(one)}, ${lineOf(field)})`;
    } else if (field === node.fields.at(-1) && isMulti(field.value)) {
      text += lastItems(context, field.value, keyed ? position : undefined);
    } else if (keyed) text += `.item(${position}, ${value(one)})`;
    else text += `.append(${value(one)})`;
  }
  return primary(text, "table");
}

function readFields(node: TableConstructorExpression): readonly Field[] {
  let position = 0;
  return node.fields.map((field) => {
    if (field.type === "TableValue") position++;
    const name = nameOf(field);
    const early = isFolded(field.value) && (field.type !== "TableKey" || isKnownKey(field.key));
    return { field, position, ...(name !== undefined && { name }), early };
  });
}

function nameOf(field: TableField): string | undefined {
  if (field.type === "TableKeyString") return field.key.name;
  return field.type === "TableKey" && field.key.type === "StringLiteral" ? field.key.value : undefined;
}

function isKnownKey(key: Expression): boolean {
  return isFolded(key) && key.type !== "NilLiteral";
}

/** Whether an early field would overwrite what stands before it and is evaluated. */
function isOverwritten(fields: readonly Field[]): boolean {
  return fields.some(
    (one, i) => one.early && fields.slice(0, i).some((earlier) => !earlier.early && mayBeSameKey(earlier, one)),
  );
}

function mayBeSameKey(one: Field, other: Field): boolean {
  const [a, b] = [knownKey(one), knownKey(other)];
  return a === undefined || b === undefined || a === b;
}

/** Undefined: any key at all. */
function knownKey({ field, position, name }: Field): string | number | undefined {
  if (name !== undefined) return name;
  if (field.type === "TableValue") return position;
  return field.type === "TableKey" && field.key.type === "NumericLiteral" ? field.key.value : undefined;
}

/** Items at the end, any number of them. @param position of the first, where the items before it were not appended */
function lastItems(context: FunctionContext, node: Expression, position: number | undefined): string {
  const list = lowerList(context, [node]);
  const [only] = list.fixed;
  if (position !== undefined) return `.itemsFrom(${position}, ${printValues(list)})`;
  return only ? `.append(${boxed(only).text})` : `.appendAll(${printValues(list)})`;
}
