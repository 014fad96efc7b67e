// `require "cjson"` (OpenResty's lua-cjson 2.1.0) and `cjson.safe`: what they accept, how they write, and their error texts.
import { Builder } from "../builder";
import { call1 } from "../call";
import { checkInteger, raiseArgument, raiseArgumentText } from "../check";
import { enter, leave } from "../depth";
import { caught, decimal, latin1, message, protect, raise } from "../error";
import { index } from "../index";
import { metamethod } from "../metatable";
import { numberToString, toInt } from "../number";
import { concat2, concat3, Str } from "../str";
import { Table } from "../table";
import { LIGHT_KIND, Userdata } from "../userdata";
import { boolean, isBoolean, isNumber, isString, isTable, nil, number, stringValue, table, toBoolean, toNumber, toStr, toTable, typeName, userdata, Value } from "../value";
import { return1, return2, return3, Values } from "../values";
import { decodeSlowly } from "./cjson-decode";
import { addNumber, addRounded } from "./cjson-number";
import { GAVE_UP, parse } from "./parser";
import { addBoolean, addNull, addQuoted, DELETE, SLASH } from "./writer";

/** `cjson.null`: a userdata that is like no other. */
export const NULL: Value = userdata(Userdata.of<Userdata>(LIGHT_KIND, 0));

// ---------------------------------------------------------------------------------------------------- settings

let sparseConvert: bool = false;
let sparseRatio: i32 = 2;
let sparseSafe: i32 = 10;
let encodeMaxDepth: i32 = 1000;
let decodeMaxDepth: i32 = 1000;
const INVALID_IS_ERROR: u32 = 0, INVALID_IS_LITERAL: u32 = 1, INVALID_IS_NULL: u32 = 2;
/** What infinity and NaN are written as. */
let invalidNumbers: u32 = INVALID_IS_ERROR;
let decodeInvalid: bool = true;
let emptyAsObject: bool = true;
let escapeSlash: bool = true;
let keepBuffer: bool = true;
let precision: i32 = 14;

const ON = Str.of("on"), OFF = Str.of("off"), NULL_WORD = Str.of("null");

/** An integer setting; nil only asks for it. */
function integerOr(v: Value, now: i32, n: i32, least: i32, most: i32, name: string, line: i32): i32 {
  if (v == nil) return now;
  const wanted = checkInteger(v, n, name, line);
  if (wanted < least || wanted > most) {
    const range = concat3(decimal(least), latin1(" and "), decimal(most));
    raiseArgumentText(concat2(latin1("expected integer between "), range), 1, name, line);
  }
  return wanted;
}

/** A setting that is on or off; nil only asks for it. */
function switchOr(v: Value, now: bool, n: i32, name: string, line: i32): bool {
  if (v == nil) return now;
  if (isBoolean(v)) return toBoolean(v);
  const word = optionOf(v, n, name, line);
  if (word != ON && word != OFF) raiseOption(word, n, name, line);
  return word == ON;
}

function optionOf(v: Value, n: i32, name: string, line: i32): Str {
  if (isString(v)) return toStr(v);
  if (isNumber(v)) return numberToString(toNumber(v));
  raiseArgumentText(concat2(latin1("string expected, got "), typeName(v)), n, name, line);
  return ON;
}

function raiseOption(word: Str, n: i32, name: string, line: i32): void {
  raiseArgumentText(message("invalid option '", word, "'"), n, name, line);
}

export function encode_sparse_array(convert: Value, ratio: Value, safe: Value, line: i32): Value {
  sparseConvert = switchOr(convert, sparseConvert, 1, "encode_sparse_array", line);
  sparseRatio = integerOr(ratio, sparseRatio, 2, 0, i32.MAX_VALUE, "encode_sparse_array", line);
  sparseSafe = integerOr(safe, sparseSafe, 3, 0, i32.MAX_VALUE, "encode_sparse_array", line);
  return return3(boolean(sparseConvert), number(sparseRatio), number(sparseSafe));
}

export function encode_max_depth(depth: Value, line: i32): f64 {
  encodeMaxDepth = integerOr(depth, encodeMaxDepth, 1, 1, i32.MAX_VALUE, "encode_max_depth", line);
  return encodeMaxDepth;
}

export function decode_max_depth(depth: Value, line: i32): f64 {
  decodeMaxDepth = integerOr(depth, decodeMaxDepth, 1, 1, i32.MAX_VALUE, "decode_max_depth", line);
  return decodeMaxDepth;
}

export function encode_number_precision(digits: Value, line: i32): f64 {
  precision = integerOr(digits, precision, 1, 1, 16, "encode_number_precision", line);
  return precision;
}

export function encode_keep_buffer(keep: Value, line: i32): bool {
  keepBuffer = switchOr(keep, keepBuffer, 1, "encode_keep_buffer", line);
  return keepBuffer;
}

export function encode_empty_table_as_object(as: Value, line: i32): bool {
  emptyAsObject = switchOr(as, emptyAsObject, 1, "encode_empty_table_as_object", line);
  return emptyAsObject;
}

export function encode_escape_forward_slash(escape: Value, line: i32): bool {
  escapeSlash = switchOr(escape, escapeSlash, 1, "encode_escape_forward_slash", line);
  return escapeSlash;
}

export function decode_invalid_numbers(allow: Value, line: i32): bool {
  decodeInvalid = switchOr(allow, decodeInvalid, 1, "decode_invalid_numbers", line);
  return decodeInvalid;
}

export function encode_invalid_numbers(allow: Value, line: i32): Value {
  if (isBoolean(allow)) invalidNumbers = toBoolean(allow) ? INVALID_IS_LITERAL : INVALID_IS_ERROR;
  else if (allow != nil) {
    const word = optionOf(allow, 1, "encode_invalid_numbers", line);
    if (word == OFF) invalidNumbers = INVALID_IS_ERROR;
    else if (word == ON) invalidNumbers = INVALID_IS_LITERAL;
    else if (word == NULL_WORD) invalidNumbers = INVALID_IS_NULL;
    else raiseOption(word, 1, "encode_invalid_numbers", line);
  }
  return return1(invalidNumbers == INVALID_IS_NULL ? stringValue(NULL_WORD) : boolean(invalidNumbers == INVALID_IS_LITERAL));
}

// ---------------------------------------------------------------------------------------------------- decoding

export function decode(text: Str, line: i32): Value {
  const value = decodeMaxDepth >= 100 ? parse(text, NULL, true) : GAVE_UP;
  return value != GAVE_UP ? value : decodeSlowly(text, NULL, decodeMaxDepth, decodeInvalid, line);
}

/** `decode` with any number of arguments. */
export function decodeOf(list: Values, line: i32): Value {
  if (list.count != 1) raiseArgument("expected 1 argument", 1, "decode", line);
  return decode(textOf(list.at(1), "decode", line), line);
}

function textOf(v: Value, name: string, line: i32): Str {
  if (isString(v)) return toStr(v);
  if (!isNumber(v)) raiseArgumentText(concat2(latin1("string expected, got "), typeName(v)), 1, name, line);
  return numberToString(toNumber(v));
}

// ---------------------------------------------------------------------------------------------------- encoding

export function encode(v: Value, line: i32): Str {
  const builder = Builder.create(128);
  addValue(builder, v, 0, line);
  return builder.finish();
}

/** `encode` with any number of arguments. */
export function encodeOf(list: Values, line: i32): Str {
  if (list.count != 1) raiseArgument("expected 1 argument", 1, "encode", line);
  return encode(list.at(1), line);
}

/** Stack that one level of nesting takes, in bytes. */
const FRAMES: i32 = 300;

function addValue(builder: Builder, v: Value, depth: i32, line: i32): void {
  if (isString(v)) addString(builder, toStr(v));
  else if (isNumber(v)) addChecked(builder, toNumber(v), line);
  else if (isTable(v)) {
    if (++depth > encodeMaxDepth) {
      raise(concat3(latin1("Cannot serialise, excessive nesting ("), decimal(depth), latin1(")")), line);
    }
    enter(line, FRAMES);
    addTable(builder, toTable(v), depth, line);
    leave(FRAMES);
  } else if (v == nil || v == NULL) addNull(builder);
  else if (isBoolean(v)) addBoolean(builder, toBoolean(v));
  else raiseCannot(v, "type not supported", line);
}

function raiseCannot(v: Value, reason: string, line: i32): void {
  raise(concat2(message("Cannot serialise ", typeName(v), ": "), latin1(reason)), line);
}

function addString(builder: Builder, s: Str): void {
  addQuoted(builder, s, escapeSlash ? SLASH | DELETE : DELETE);
}

function addChecked(builder: Builder, n: f64, line: i32): void {
  if (n - n != 0) {
    if (invalidNumbers == INVALID_IS_ERROR) raiseCannot(number(n), "must not be NaN or Infinity", line);
    if (invalidNumbers == INVALID_IS_NULL) addNull(builder);
    else builder.add(n != n ? NAN : n > 0 ? INFINITY : MINUS_INFINITY);
  } else if (precision == 14) addNumber(builder, n);
  else addRounded(builder, n, precision);
}
const NAN = Str.of("NaN"), INFINITY = Str.of("Infinity"), MINUS_INFINITY = Str.of("-Infinity");

const LEN = Str.of("__len");

function addTable(builder: Builder, t: Table, depth: i32, line: i32): void {
  if (METATABLES && changetype<usize>(t.metatable)) {
    const length = metamethod(table(t), LEN);
    if (length != nil) {
      const count = call1(length, table(t), 0, "");
      addArray(builder, t, isNumber(count) ? toInt(toNumber(count)) : 0, depth, line);
      return;
    }
  }
  const count = arrayLength(t, line);
  if (count > 0 || (count == 0 && !emptyAsObject)) addArray(builder, t, count, depth, line);
  else addObject(builder, t, depth, line);
}

/** The greatest key when all keys are positive integers; -1 for an object. */
function arrayLength(t: Table, line: i32): i32 {
  let greatest: f64 = 0, items: f64 = 0;
  for (let place = t.seek(1); place; place = t.seek(place + 1)) {
    const key = t.keyAt(place);
    if (!isNumber(key)) return -1;
    const k = toNumber(key);
    if (!(NativeMath.floor(k) == k && k >= 1)) return -1;
    if (k > greatest) greatest = k;
    items++;
  }
  if (sparseRatio > 0 && greatest > items * sparseRatio && greatest > sparseSafe) {
    if (!sparseConvert) raiseCannot(table(t), "excessively sparse array", line);
    return -1;
  }
  return <i32>greatest;
}

function addArray(builder: Builder, t: Table, count: i32, depth: i32, line: i32): void {
  builder.addByte(91);
  for (let i = 1; i <= count; i++) {
    if (i > 1) builder.addByte(44);
    const element = METATABLES && changetype<usize>(t.metatable) ? index(table(t), number(i), 0, "") : t.at(i);
    addValue(builder, element, depth, line);
  }
  builder.addByte(93);
}

function addObject(builder: Builder, t: Table, depth: i32, line: i32): void {
  let first = true;
  builder.addByte(123);
  for (let place = t.seek(1); place; place = t.seek(place + 1)) {
    if (!first) builder.addByte(44);
    first = false;
    const key = t.keyAt(place);
    if (isString(key)) addString(builder, toStr(key));
    else if (isNumber(key)) {
      builder.addByte(34);
      addChecked(builder, toNumber(key), line);
      builder.addByte(34);
    } else raiseCannot(key, "table key must be a number or string", line);
    builder.addByte(58);
    addValue(builder, t.valueAt(place), depth, line);
  }
  builder.addByte(125);
}

// ---------------------------------------------------------------------------------------------------- cjson.safe

/** What a protected call works on, and what it gave. */
let given: Value = nil;
let made: Value = nil;

function decodeGiven(_: usize): void {
  made = decode(textOf(given, "?", 0), 0);
}

function encodeGiven(_: usize): void {
  made = stringValue(encode(given, 0));
}

function protectedResult(f: u32, v: Value): Value {
  given = v;
  const raised = protect(f, 0);
  given = nil;
  return raised ? return2(nil, caught) : return1(made);
}

/** nil and the error's text instead of the error. */
export function decodeSafely(list: Values, line: i32): Value {
  if (list.count != 1) raiseArgument("expected 1 argument", 1, "decode", line);
  return protectedResult(decodeGiven.index, list.at(1));
}

export function encodeSafely(list: Values, line: i32): Value {
  if (list.count != 1) raiseArgument("expected 1 argument", 1, "encode", line);
  return protectedResult(encodeGiven.index, list.at(1));
}
