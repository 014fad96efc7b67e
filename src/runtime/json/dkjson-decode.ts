// `dkjson.decode(text, pos, nullval, objectmeta, arraymeta)`: one parser, as lenient as the library's.
import { Builder } from "../builder";
import { enter, leave } from "../depth";
import { concat2, concat3, concat4, Str } from "../str";
import { decimal, latin1, message } from "../error";
import { setIndex } from "../index";
import { allocObject, OBJECT } from "../memory/heap";
import { numberParsed, numberToString, parseInBase, parseNumber, parseNumberAt } from "../number";
import { startOf } from "../string";
import { Table } from "../table";
import { False, isNumber, isString, isTable, nil, number, stringValue, table, toNumber, toStr, toTable, True, truthy, typeName, Value } from "../value";
import { return2, return3, Values } from "../values";
import { raiseAt } from "./dkjson";
import { unescaped, writeUtf8 } from "./parser";

const JSON_TYPE = Str.of("__jsontype"), OBJECT_TYPE = Str.of("object"), ARRAY_TYPE = Str.of("array");
const TRUE = Str.of("true"), FALSE = Str.of("false"), NULL = Str.of("null");

/** Stack that one level of nesting takes, in bytes. */
const FRAMES: i32 = 300;

/** `decode` without metatables of the caller's: those that `encode` looks at. */
export function decode(text: Value, position: Value, nullAs: Value, line: i32): Value {
  return Decoder.create(text, position, nullAs, line).run();
}

/** `decode` with any number of arguments: from the fourth on, the metatables of objects and arrays, nil for none. */
export function decodeWith(list: Values, line: i32): Value {
  const decoder = Decoder.create(list.at(1), list.at(2), list.at(3), line);
  if (list.count > 3) {
    decoder.objectMeta = list.at(4);
    decoder.arrayMeta = list.at(5);
    decoder.ownMetas = true;
  }
  return decoder.run();
}

/** Lies on the heap, so that the collector sees what it refers to while the script's own `__newindex` runs. */
// @ts-ignore: decorator
@unmanaged
class Decoder {
  /** Metatables; unless `ownMetas`, nil until they are needed. */
  objectMeta: Value;
  arrayMeta: Value;
  private nullAs: Value;
  private text: Str;
  private start: usize;
  private at: usize;
  private end: usize;
  /** Set together: what is wrong, and the position that is told. */
  private problem: Str | null;
  private problemAt: usize;
  private line: i32;
  ownMetas: bool;

  static create(text: Value, position: Value, nullAs: Value, line: i32): Decoder {
    if (!isString(text) && !isNumber(text)) raiseArgument("bad argument #1 to 'strfind' (string expected, got ", text);
    const s = isString(text) ? toStr(text) : numberToString(toNumber(text)), first = startOf(s, positionOf(position));
    const decoder = changetype<Decoder>(allocObject(OBJECT, (offsetof<Decoder>() + 7) & ~7));
    decoder.objectMeta = nil;
    decoder.arrayMeta = nil;
    decoder.nullAs = nullAs;
    decoder.text = s;
    decoder.start = s.bytes;
    decoder.end = s.bytes + s.byteLength;
    decoder.at = first < 0 ? decoder.end : decoder.start + first;
    decoder.problem = null;
    decoder.problemAt = 0;
    decoder.line = line;
    decoder.ownMetas = false;
    return decoder;
  }

  run(): Value {
    const value = this.value();
    if (!this.problem) return return2(value, number(<f64>(this.at - this.start + 1)));
    return return3(nil, number(<f64>(this.problemAt - this.start + 1)), stringValue(changetype<Str>(this.problem)));
  }

  private fail(text: Str, at: usize): Value {
    this.problem = text;
    this.problemAt = at;
    return nil;
  }

  private unterminated(what: string, from: usize): Value {
    return this.fail(concat4(latin1("unterminated "), latin1(what), latin1(" at "), this.place(from)), this.end);
  }

  /** `line 1, column 2` */
  private place(where: usize): Str {
    let lines = 1, before = this.start - 1;
    for (let p = this.start; p < where && p < this.end; p++) {
      if (load<u8>(p) != 10) continue;
      lines++;
      before = p;
    }
    const column = concat2(latin1(", column "), decimal(<i32>(where - before)));
    return concat3(latin1("line "), decimal(lines), column);
  }

  /** Over space, byte order marks and comments; false at the end of the text. */
  private skip(): bool {
    const end = this.end;
    let at = this.at;
    for (;;) {
      while (at < end && isSpace(load<u8>(at))) at++;
      if (at >= end) return false;
      const two: u32 = at + 1 < end ? load<u16>(at) : 0;
      if (two == 0xbbef && at + 2 < end && load<u8>(at + 2) == 0xbf) at += 3;
      else if (two == 0x2f2f) {
        at += 2;
        while (at < end && load<u8>(at) != 10 && load<u8>(at) != 13) at++;
      } else if (two == 0x2a2f) {
        at += 2;
        while (at + 1 < end && load<u16>(at) != 0x2f2a) at++;
        if (at + 1 >= end) return false;
        at += 2;
      } else {
        this.at = at;
        return true;
      }
    }
    return false;
  }

  private value(): Value {
    if (!this.skip()) return this.fail(latin1("no valid JSON value (reached the end)"), this.end);
    const c = <u32>load<u8>(this.at);
    if (c == 123) return this.table("object", 125);
    if (c == 91) return this.table("array", 93);
    if (c == 34) return this.string();
    if (c == 45 || c == 46 || c - 48 < 10) return this.number();
    if ((c | 32) - 97 < 26) return this.word();
    return this.invalid();
  }

  private invalid(): Value {
    return this.fail(concat2(latin1("no valid JSON value at "), this.place(this.at)), this.at);
  }

  /** What the pattern `^%-?[%d%.]+[eE]?[%+%-]?%d*` takes, if it is a number to Lua. */
  private number(): Value {
    const end = this.end;
    let p = this.at + usize(load<u8>(this.at) == 45);
    const digits = p;
    while (p < end && (load<u8>(p) == 46 || isDigit(load<u8>(p)))) p++;
    if (p == digits) return this.invalid();
    if (p < end && (load<u8>(p) | 32) == 101) p++;
    if (p < end && (load<u8>(p) == 43 || load<u8>(p) == 45)) p++;
    while (p < end && isDigit(load<u8>(p))) p++;
    const n = parseNumberAt(this.at, p);
    if (!numberParsed) return this.invalid();
    this.at = p;
    return number(n);
  }

  private word(): Value {
    let p = this.at;
    while (p < this.end && (isDigit(load<u8>(p)) || <u32>(load<u8>(p) | 32) - 97 < 26)) p++;
    const word = Str.copyOf(this.at, p - this.at);
    if (word != TRUE && word != FALSE && word != NULL) return this.invalid();
    this.at = p;
    return word == TRUE ? True : word == FALSE ? False : this.nullAs;
  }

  private string(): Value {
    const opening = this.at, end = this.end;
    let at = opening + 1, p = at, builder: Builder | null = null;
    for (;;) {
      while (p < end && load<u8>(p) != 34 && load<u8>(p) != 92) p++;
      if (p >= end) return this.unterminated("string", opening);
      if (load<u8>(p) == 34) break;
      if (!builder) builder = Builder.create(end - at);
      builder.addBytes(at, p - at);
      p = at = this.addEscape(builder, p);
    }
    this.at = p + 1;
    if (!builder) return stringValue(Str.copyOf(at, p - at));
    builder.addBytes(at, p - at);
    return stringValue(builder.finish());
  }

  /** The backslash at `p` and what it belongs to; gives where that ends. */
  private addEscape(builder: Builder, p: usize): usize {
    const end = this.end, letter: u32 = p + 1 < end ? load<u8>(p + 1) : 0;
    let code = letter == 117 ? this.hexadecimal(p + 2) : -1; // u
    if (code >= 0) {
      let after = p + 6;
      if (code - 0xd800 < 0x400 && code >= 0xd800 && p + 7 < end && load<u16>(p + 6) == 0x755c) {
        const second = this.hexadecimal(p + 8);
        if (second >= 0xdc00 && second <= 0xdfff) {
          code = (code - 0xd800) * 0x400 + (second - 0xdc00) + 0x10000;
          after = p + 12;
        }
      }
      builder.end += writeUtf8(builder.reserve(4), code);
      return after;
    }
    if (p + 1 < end) builder.addByte(unescaped(letter) || letter);
    return p + 2;
  }

  /** What `tonumber(…, 16)` makes of four characters, spaces and signs included; -1 for nothing or less than 0. */
  private hexadecimal(p: usize): i32 {
    const n = p < this.end ? parseInBase(Str.copyOf(p, min(this.end - p, 4)), 16) : -1;
    return p < this.end && numberParsed && n >= 0 ? <i32>n : -1;
  }

  private table(what: string, close: u32): Value {
    enter(0, FRAMES);
    const opening = this.at, made = table(this.newTable(close == 125));
    this.at++;
    const value = this.fill(made, what, opening, close);
    leave(FRAMES);
    return value;
  }

  private newTable(isObject: bool): Table {
    const t = Table.create(0, 0);
    if (!this.ownMetas && isObject && this.objectMeta == nil) this.objectMeta = table(typeTable(OBJECT_TYPE));
    if (!this.ownMetas && !isObject && this.arrayMeta == nil) this.arrayMeta = table(typeTable(ARRAY_TYPE));
    const metatable = isObject ? this.objectMeta : this.arrayMeta;
    if (metatable != nil && !isTable(metatable)) {
      raiseAt(isObject ? 521 : 523, latin1("bad argument #2 to 'setmetatable' (nil or table expected)"));
    }
    t.metatable = metatable == nil ? null : toTable(metatable);
    return t;
  }

  /** Commas are not asked for, and an object may have elements as an array may have keys. */
  private fill(made: Value, what: string, opening: usize, close: u32): Value {
    for (let n: f64 = 0; ; ) {
      if (!this.skip()) return this.unterminated(what, opening);
      if (load<u8>(this.at) == close) {
        this.at++;
        return made;
      }
      const first = this.value();
      if (this.problem) return nil;
      if (!this.skip()) return this.unterminated(what, opening);
      if (load<u8>(this.at) == 58) {
        if (first == nil) return this.fail(message("cannot use nil as table index (at ", this.place(this.at), ")"), this.at);
        this.at++;
        if (!this.skip()) return this.unterminated(what, opening);
        const second = this.value();
        if (this.problem) return nil;
        setIndex(made, first, second, this.line, "");
        if (!this.skip()) return this.unterminated(what, opening);
      } else setIndex(made, number(++n), first, this.line, "");
      if (load<u8>(this.at) == 44) this.at++;
    }
    return nil;
  }
}

function positionOf(v: Value): f64 {
  if (!truthy(v)) return 1;
  if (isNumber(v)) return toNumber(v);
  const n = isString(v) ? parseNumber(toStr(v)) : 0;
  if (!isString(v) || !numberParsed) raiseArgument("bad argument #3 to 'strfind' (number expected, got ", v);
  return n;
}

function raiseArgument(problem: string, v: Value): void {
  raiseAt(408, message(problem, typeName(v), ")"));
}

function typeTable(type: Str): Table {
  const t = Table.create(0, 1);
  t.setString(JSON_TYPE, stringValue(type));
  return t;
}

// @ts-ignore: decorator
@inline function isSpace(c: u32): bool {
  return c == 32 || c - 9 < 5;
}

// @ts-ignore: decorator
@inline function isDigit(c: u32): bool {
  return c - 48 < 10;
}
