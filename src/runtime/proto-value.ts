// google.protobuf.Struct, Value and ListValue as Lua tables, and back.
//
//     Struct { map<string, Value> fields = 1 }    ListValue { repeated Value values = 1 }
//     Value  { null = 1, number = 2, string = 3, bool = 4, Struct = 5, ListValue = 6 }
import { Builder } from "./builder";
import { cString } from "./c-string";
import { enter, leave } from "./depth";
import { message, raise, raiseOutOfMemory } from "./error";
import { addDouble, addNumber, addText, Fields, MapEntry } from "./protobuf";
import { Str } from "./str";
import { Table } from "./table";
import {
  absent, boolean, False, isBoolean, isNil, isNumber, isString, isTable, nil, number, string, table, toBoolean, toNumber, toStr, toTable,
  typeName, Value,
} from "./value";
import { isUtf8 } from "./utf8";

const NULL: u32 = 1;
const NUMBER: u32 = 2;
const STRING: u32 = 3;
const BOOL: u32 = 4;
const STRUCT: u32 = 5;
const LIST: u32 = 6;

/** Stack that one level of nesting takes, roughly. */
const NESTING: i32 = 512;

/** A Struct as a table. */
export function structTable(fields: Fields): Table {
  const t = Table.create(0, 4);
  while (fields.next()) {
    const entry = MapEntry.of(fields);
    t.setString(entry.key, protoValue(Fields.of(entry.bytes, entry.size)));
  }
  return t;
}

/** A Value as Lua's; null is nil. */
export function protoValue(fields: Fields): Value {
  let v = nil;
  enter(0, NESTING);
  while (fields.next()) {
    switch (fields.number) {
      case NULL:
        v = nil;
        break;
      case NUMBER:
        v = number(reinterpret<f64>(fields.raw));
        break;
      case STRING:
        v = string(fields.text);
        break;
      case BOOL:
        v = boolean(fields.raw != 0);
        break;
      case STRUCT:
        v = table(structTable(fields.message));
        break;
      case LIST:
        v = table(listTable(fields.message));
    }
  }
  leave(NESTING);
  return v;
}

function listTable(fields: Fields): Table {
  const t = Table.create(4, 0);
  while (fields.next()) t.append(protoValue(fields.message));
  return t;
}

/** Whether all the strings in a Value are UTF-8: Envoy parses no other, though it makes them. */
export function isTextual(fields: Fields): bool {
  while (fields.next()) {
    if (fields.number == STRING && !isUtf8(fields.bytes, fields.size)) return false;
    if (fields.number == STRUCT && !areTextual(fields.message, true)) return false;
    if (fields.number == LIST && !areTextual(fields.message, false)) return false;
  }
  return true;
}

function areTextual(fields: Fields, isStruct: bool): bool {
  while (fields.next()) {
    if (!isStruct) {
      if (!isTextual(fields.message)) return false;
      continue;
    }
    const entry = MapEntry.of(fields);
    if (!isUtf8(entry.key.bytes, entry.key.byteLength) || !isTextual(Fields.of(entry.bytes, entry.size))) return false;
  }
  return true;
}

// ------------------------------------------------------------------------------------------------ the way back

/** A Value's bytes, as Envoy's `MetadataMapHelper::loadValue` makes it. */
export function serializeValue(v: Value, line: i32): Str {
  const to = Builder.create(32);
  if (v == absent || isNil(v)) addNumber(to, NULL, 0);
  else if (isNumber(v)) addDouble(to, NUMBER, toNumber(v));
  else if (isString(v)) addText(to, STRING, cString(toStr(v)));
  else if (isBoolean(v)) addNumber(to, BOOL, toBoolean(v) ? 1 : 0);
  else if (isTable(v)) addTable(to, toTable(v), line);
  else raise(message("unexpected type '", typeName(v), "' in dynamicMetadata"), line);
  return to.finish();
}

function addTable(to: Builder, t: Table, line: i32): void {
  enter(line, NESTING);
  const length = listLength(t);
  if (length > 0) addText(to, LIST, serializeList(t, length, line));
  else addText(to, STRUCT, serializeStruct(t, line));
  leave(NESTING);
}

/** The largest key when all of them are whole numbers from 1 on, else 0. */
function listLength(t: Table): u32 {
  let most: f64 = 0;
  for (let place = t.seek(1); place; place = t.seek(place + 1)) {
    const key = t.keyAt(place);
    if (!isNumber(key)) return 0;
    const n = toNumber(key);
    if (n < 1 || floor(n) != n) return 0;
    if (n > most) most = n;
  }
  if (most > MOST) raiseOutOfMemory();
  return <u32>most;
}
const MOST: f64 = 16777216;

/** Holes are null. */
function serializeList(t: Table, length: u32, line: i32): Str {
  const to = Builder.create(64);
  for (let i: u32 = 1; i <= length; i++) addText(to, 1, serializeValue(t.at(i), line));
  return to.finish();
}

function serializeStruct(t: Table, line: i32): Str {
  const to = Builder.create(64);
  for (let place = t.seek(1); place; place = t.seek(place + 1)) {
    const key = t.keyAt(place);
    if (!isString(key)) {
      raise(message("unexpected type ", typeName(key), " in table key (only string keys are supported)"), line);
    }
    const entry = Builder.create(64);
    addText(entry, 1, cString(toStr(key)));
    addText(entry, 2, serializeValue(t.valueAt(place), line));
    addText(to, 1, entry.finish());
  }
  return to.finish();
}
