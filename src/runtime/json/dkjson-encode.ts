// `dkjson.encode(value, state)`. What is written goes to `state.buffer` only when a function of the script is called that may look there
// (in fewer and longer pieces than the library's).
import { pairs } from "../base";
import { Builder } from "../builder";
import { call2, callMany } from "../call";
import { enter, leave } from "../depth";
import { message, raise, throwError } from "../error";
import { index, indexString, setIndex, setIndexString } from "../index";
import { allocObject, OBJECT } from "../memory/heap";
import { metamethod, metatableOf } from "../metatable";
import { numberParsed, numberToString, parseNumber, toInt, writeNumber } from "../number";
import { length } from "../operators";
import { EMPTY, Str } from "../str";
import { Table } from "../table";
import { concat } from "../table-library";
import { isBoolean, isFunction, isNumber, isString, isTable, nil, number, stringValue, table, toBoolean, toNumber, toStr, toTable, True, truthy, typeName, Value } from "../value";
import { result, Values } from "../values";
import { addQuoted, NULL_TO_JSON, raiseAt, raiseOperandAt, TO_JSON } from "./dkjson";
import { addBoolean, addNull } from "./writer";

const BUFFER = Str.of("buffer"), BUFFER_LENGTH = Str.of("bufferlen"), INDENT = Str.of("indent"), LEVEL = Str.of("level"),
  TABLES = Str.of("tables"), KEY_ORDER = Str.of("keyorder"), EXCEPTION = Str.of("exception");
const JSON_TYPE = Str.of("__jsontype"), JSON_ORDER = Str.of("__jsonorder"), OBJECT_TYPE = Str.of("object"), N = Str.of("n"), CALL = Str.of("__call");
const CYCLE = Str.of("reference cycle"), CUSTOM_FAILED = Str.of("custom encoder failed"), UNSUPPORTED = Str.of("unsupported type");

/** Stack that one level of nesting takes, in bytes. */
const FRAMES: i32 = 500;

/** `dkjson.encode(value, state)`: the text, or true when it went to the buffer that `state` came with. */
export function encode(v: Value, given: Value, line: i32): Value {
  if (truthy(given) && !isTable(given)) raiseOperandAt(isString(given) ? 371 : 369, "attempt to index local 'state' (a ", given);
  const encoder = Encoder.create(line), before = truthy(given) ? encoder.begin(given) : nil;
  if (!encoder.add(v, encoder.firstLevel(v))) raiseProblem(encoder.problem, line);
  return encoder.end(before);
}

/** Lua's `error(problem, 2)`. */
function raiseProblem(problem: Value, line: i32): void {
  if (isString(problem) || isNumber(problem)) raise(textOf(problem), line);
  throwError(problem);
}

function textOf(v: Value): Str {
  return isString(v) ? toStr(v) : numberToString(toNumber(v));
}

/** `dkjson.addnewline(state)`, for a `__tojson`. */
export function addnewline(state: Value = nil): void {
  if (!isTable(state)) raiseOperandAt(208, "attempt to index local 'state' (a ", state);
  if (!truthy(indexString(state, INDENT, 0, ""))) return;
  const level = numberOr(indexString(state, LEVEL, 0, ""), 0), buffer = indexString(state, BUFFER, 0, "");
  if (!isTable(buffer)) raiseOperandAt(210, "attempt to get length of field 'buffer' (a ", buffer);
  const end = numberOr(indexString(state, BUFFER_LENGTH, 0, ""), toTable(buffer).length), builder = Builder.create(16);
  addNewLine(builder, level);
  setIndex(buffer, number(end + 1), stringValue(builder.finish()), 0, "");
  setIndex(buffer, number(end + 2), stringValue(EMPTY), 0, "");
  setIndexString(state, BUFFER_LENGTH, number(end + 2), 0, "");
}

/** A number or the text of one; `otherwise` for nil and false. Raises for anything else. */
function numberOr(v: Value, otherwise: f64): f64 {
  if (!truthy(v)) return otherwise;
  const n = isNumber(v) ? toNumber(v) : isString(v) ? parseNumber(toStr(v)) : 0;
  if (!isNumber(v) && !(isString(v) && numberParsed)) raiseOperandAt(279, "attempt to perform arithmetic on local 'buflen' (a ", v);
  return n;
}

function addNewLine(builder: Builder, level: f64): void {
  builder.addByte(10);
  builder.addRepeated(32, 2 * min(toInt(level), 1 << 28));
}

/** Lies on the heap, so that the collector sees what it refers to while the script's own functions run. */
// @ts-ignore: decorator
@unmanaged
class Encoder {
  /** Why `add` gave false. */
  problem: Value;
  /** nil as long as nobody can see it. */
  private state: Value;
  private buffer: Value;
  /** Pieces in `buffer`; what `builder` holds comes behind them. */
  private bufferLength: f64;
  /** The tables that are being written. */
  private tables: Value;
  private order: Value;
  private builder: Builder;
  private indented: bool;
  private line: i32;

  static create(line: i32): Encoder {
    const encoder = changetype<Encoder>(allocObject(OBJECT, (offsetof<Encoder>() + 7) & ~7));
    encoder.problem = nil;
    encoder.state = nil;
    encoder.buffer = nil;
    encoder.bufferLength = 0;
    encoder.tables = nil;
    encoder.order = nil;
    encoder.builder = Builder.create(128);
    encoder.indented = false;
    encoder.line = line;
    return encoder;
  }

  /** Takes the caller's settings; gives the buffer that was there. */
  begin(state: Value): Value {
    const before = indexString(state, BUFFER, 0, "");
    this.useState(state, truthy(before) ? before : table(Table.create(0, 0)));
    this.indented = truthy(indexString(state, INDENT, 0, ""));
    this.bufferLength = numberOr(indexString(state, BUFFER_LENGTH, 0, ""), 0);
    this.tables = indexString(state, TABLES, 0, "");
    this.order = indexString(state, KEY_ORDER, 0, "");
    return before;
  }

  private useState(state: Value, buffer: Value): void {
    this.state = state;
    this.buffer = buffer;
    setIndexString(state, BUFFER, buffer, 0, "");
  }

  firstLevel(v: Value): f64 {
    const level = this.state == nil ? nil : indexString(this.state, LEVEL, 0, "");
    if (!truthy(level) || isNumber(level)) return isNumber(level) ? toNumber(level) : 0;
    const n = isString(level) ? parseNumber(toStr(level)) : 0;
    if (isTable(v) && !(isString(level) && numberParsed)) {
      raiseOperandAt(302, "attempt to perform arithmetic on local 'level' (a ", level);
    }
    return n;
  }

  end(before: Value): Value {
    if (this.state == nil) return stringValue(this.builder.finish());
    if (truthy(before)) {
      this.flush();
      setIndexString(this.state, BUFFER_LENGTH, number(this.bufferLength), 0, "");
      return True;
    }
    setIndexString(this.state, BUFFER_LENGTH, nil, 0, "");
    setIndexString(this.state, BUFFER, nil, 0, "");
    if (this.bufferLength == 0) return stringValue(this.builder.finish());
    this.flush();
    return stringValue(concat(toTable(this.buffer), EMPTY, 1, toTable(this.buffer).length, 0));
  }

  /** Before a function of the script is called: everything is where it may look. */
  private show(): void {
    if (this.state == nil) this.useState(table(Table.create(0, 2)), table(Table.create(0, 0)));
    this.flush();
    setIndexString(this.state, BUFFER_LENGTH, number(this.bufferLength), 0, "");
  }

  private flush(): void {
    if (!this.builder.length) return;
    setIndex(this.buffer, number(++this.bufferLength), stringValue(this.builder.finish()), 0, "");
    this.builder = Builder.create(64);
  }

  /** False, with `problem` set, when it cannot be written and no handler of the script stands in. */
  add(v: Value, level: f64): bool {
    if (isTable(v)) {
      enter(0, FRAMES);
      const done = this.addTable(v, level);
      leave(FRAMES);
      return done;
    }
    const builder = this.builder;
    if (isString(v)) addQuoted(builder, toStr(v));
    else if (isNumber(v)) addNumber(builder, toNumber(v));
    else if (v == nil) addNull(builder);
    else if (isBoolean(v)) addBoolean(builder, toBoolean(v));
    else return this.except(UNSUPPORTED, v, stringValue(message("type '", typeName(v), "' is not supported by JSON.")));
    return true;
  }

  private addTable(v: Value, level: f64): bool {
    const metatable = metatableOf(v), handler = field(metatable, TO_JSON);
    if (handler == NULL_TO_JSON) {
      addNull(this.builder);
      return true;
    }
    if (!truthy(this.tables)) this.tables = table(Table.create(0, 4));
    if (truthy(index(this.tables, v, 0, ""))) return this.except(CYCLE, v, stringValue(CYCLE));
    setIndex(this.tables, v, True, 0, "");
    if (truthy(handler)) return this.addCustom(handler, v);
    const n = arrayLength(v, this.line), isObject = n < 0 || (n == 0 && isObjectType(field(metatable, JSON_TYPE)));
    const own = isObject ? field(metatable, JSON_ORDER) : nil, order = truthy(own) ? own : this.order;
    if (!(isObject ? this.addObject(v, order, level + 1) : this.addArray(v, n, level + 1))) return false;
    setIndex(this.tables, v, nil, 0, "");
    return true;
  }

  private addCustom(handler: Value, v: Value): bool {
    if (!isFunction(handler) && metamethod(handler, CALL) == nil) raiseOperandAt(274, "attempt to call local 'valtojson' (a ", handler);
    this.show();
    const written = call2(handler, v, this.state, 0, ""), problem = result(2);
    if (!truthy(written)) return this.except(CUSTOM_FAILED, v, truthy(problem) ? problem : stringValue(CUSTOM_FAILED));
    setIndex(this.tables, v, nil, 0, "");
    return this.takeBack(written);
  }

  private except(reason: Str, v: Value, text: Value): bool {
    const handler = this.state == nil ? nil : indexString(this.state, EXCEPTION, 0, "");
    if (!truthy(handler)) return this.fail(text);
    if (!isFunction(handler) && metamethod(handler, CALL) == nil) raiseOperandAt(253, "attempt to call local 'handler' (a ", handler);
    this.show();
    const list = Values.create(4).add(stringValue(reason)).add(v).add(this.state).add(text);
    const written = callMany(handler, list, 0, ""), problem = result(2);
    return truthy(written) ? this.takeBack(written) : this.fail(truthy(problem) ? problem : text);
  }

  private fail(problem: Value): bool {
    this.problem = problem;
    return false;
  }

  /** The function may have written to the buffer, or returned what is to be written. */
  private takeBack(written: Value): bool {
    const end = indexString(this.state, BUFFER_LENGTH, 0, "");
    if (!truthy(end) && !isString(written)) return this.fail(nil);
    if (!truthy(end)) raiseOperandAt(240, "attempt to perform arithmetic on local 'buflen' (a ", end);
    this.bufferLength = numberOr(end, 0);
    if (isString(written)) this.builder.add(toStr(written));
    return true;
  }

  private addArray(v: Value, n: f64, level: f64): bool {
    this.builder.addByte(91);
    for (let i: f64 = 1; i <= n; i++) {
      if (!this.add(index(v, number(i), 0, ""), level)) return false;
      if (i < n) this.builder.addByte(44);
    }
    this.builder.addByte(93);
    return true;
  }

  private addObject(v: Value, order: Value, level: f64): bool {
    const used = truthy(order) ? Table.create(0, 8) : null;
    this.builder.addByte(123);
    let comma = false;
    if (used) {
      if (!isTable(order) && !isString(order)) raiseOperandAt(328, "attempt to get length of local 'order' (a ", order);
      const count = numberOr(length(order, 0, ""), 0);
      for (let i: f64 = 1; i <= count; i++) {
        const key = index(order, number(i), 0, ""), item = index(v, key, 0, "");
        if (item == nil) continue;
        used.set(key, True, 0);
        if (!this.addPair(key, item, comma, level)) return false;
        comma = true;
      }
    }
    for (const entry = pairs(v, 0); entry.next(); ) {
      if (used && used.get(entry.key) != nil) continue;
      if (!this.addPair(entry.key, entry.value, comma, level)) return false;
      comma = true;
    }
    if (this.indented) addNewLine(this.builder, level - 1);
    this.builder.addByte(125);
    return true;
  }

  private addPair(key: Value, v: Value, comma: bool, level: f64): bool {
    if (!isString(key) && !isNumber(key)) {
      return this.fail(stringValue(message("type '", typeName(key), "' is not supported as a key by JSON.")));
    }
    const builder = this.builder;
    if (comma) builder.addByte(44);
    if (this.indented) addNewLine(builder, level);
    addQuoted(builder, textOf(key));
    builder.addByte(58);
    return this.add(v, level);
  }
}

function field(metatable: Table | null, name: Str): Value {
  return metatable ? indexString(table(metatable), name, 0, "") : nil;
}

function isObjectType(v: Value): bool {
  return isString(v) && toStr(v) == OBJECT_TYPE;
}

/** What is no number is null, as in JavaScript. */
function addNumber(builder: Builder, n: f64): void {
  if (n - n != 0) addNull(builder);
  else builder.end = writeNumber(builder.reserve(24), n);
}

/** What the elements of an array go up to, with a number under `n` counted in; -1 for an object. */
function arrayLength(v: Value, line: i32): f64 {
  let greatest: f64 = 0, items: f64 = 0, given: f64 = 0;
  for (const entry = pairs(v, line); entry.next(); ) {
    const key = entry.key;
    if (isString(key) && toStr(key) == N && isNumber(entry.value)) {
      given = toNumber(entry.value);
      if (given > greatest) greatest = given;
      continue;
    }
    const k = isNumber(key) ? toNumber(key) : 0;
    if (!(k >= 1 && NativeMath.floor(k) == k)) return -1;
    if (k > greatest) greatest = k;
    items++;
  }
  return greatest > 10 && greatest > given && greatest > items * 2 ? -1 : greatest;
}
