// The part of Lua's `os` library that a Wasm module can have. Local time is UTC: a module has no time zone.
import { allocPermanent } from "./memory/arena";
import { Builder } from "./builder";
import { checkTable } from "./check";
import { message, raise } from "./error";
import { nanoseconds } from "./host";
import { indexString } from "./index";
import { cString } from "./c-string";
import { ABSENT, countDigits, isAbsent, numberParsed, parseNumber, toLong, writeDigits } from "./number";
import { EMPTY, Str } from "./str";
import { Table } from "./table";
import { False, isNil, isNumber, isString, nil, number, stringValue, table, toNumber, toStr, Value } from "./value";

const NANOSECONDS: u64 = 1000000000;

/** Seconds since 1970, whole. */
export function time(): f64 {
  return <f64>(nanoseconds() / NANOSECONDS);
}

/** What `os.clock` counts from: the first time it is asked. */
// @ts-ignore: decorator
@lazy let clockStart: u64 = 0;

/** Seconds that have passed; in Lua, of CPU time. */
export function clock(): f64 {
  const now = nanoseconds();
  if (!clockStart) clockStart = now;
  return <f64>(now - clockStart) / 1e9;
}

export function difftime(later: f64, earlier: f64 = 0): f64 {
  return <f64>(toLong(later) - toLong(earlier));
}

// ---------------------------------------------------------------------------------------------------- calendar

/** Days from 1970-01-01 to a date of the Gregorian calendar; month 1 to 12, any year and day. */
function daysTo(year: i64, month: i64, day: i64): i64 {
  // years that begin in March, in eras of 400 years
  if (month <= 2) year--;
  const era = (year >= 0 ? year : year - 399) / 400, ofEra = year - era * 400, fromMarch = (month + 9) % 12;
  return era * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + (153 * fromMarch + 2) / 5 + day - 1 - 719468;
}

/** The broken-down time that the functions below speak of. */
let year: i64 = 0;
let month: i32 = 0;
let day: i32 = 0;
let hour: i32 = 0;
let minute: i32 = 0;
let second: i32 = 0;
/** 0 is Sunday; 0 is the first of January. */
let weekday: i32 = 0;
let yearday: i32 = 0;

/** False when the year does not fit C's int. */
function breakDown(seconds: i64): bool {
  let days = seconds / 86400, rest = seconds % 86400;
  if (rest < 0) {
    rest += 86400;
    days--;
  }
  hour = <i32>(rest / 3600);
  minute = <i32>(rest / 60 % 60);
  second = <i32>(rest % 60);
  weekday = <i32>(((days + 4) % 7 + 7) % 7);
  const z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, ofEra = z - era * 146097;
  const yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100), fromMarch = (5 * ofYear + 2) / 153;
  day = <i32>(ofYear - (153 * fromMarch + 2) / 5 + 1);
  month = <i32>(fromMarch < 10 ? fromMarch + 3 : fromMarch - 9);
  year = yearOfEra + era * 400 + i64(month <= 2);
  yearday = <i32>(days - daysTo(year, 1, 1));
  return year - 1900 == <i64>(<i32>(year - 1900));
}

const YEAR = Str.of("year"), MONTH = Str.of("month"), DAY = Str.of("day"), HOUR = Str.of("hour"), MIN = Str.of("min"), SEC = Str.of("sec"),
  WDAY = Str.of("wday"), YDAY = Str.of("yday"), ISDST = Str.of("isdst");

/** Seconds since 1970 of a table as `os.date("*t")` gives it, now for nil; the result is nil when it is -1, as C's error is. */
export function timeOf(at: Value, line: i32): Value {
  if (isNil(at)) return number(time());
  const t = checkTable(at, 1, "time", line);
  const s = field(t, SEC, 0, line), m = field(t, MIN, 0, line), h = field(t, HOUR, 12, line), d = field(t, DAY, -1, line);
  const months = field(t, MONTH, -1, line) - 1, y = field(t, YEAR, -1, line);
  const wholeYears = months >= 0 ? months / 12 : (months - 11) / 12;
  const seconds = daysTo(y + wholeYears, months - wholeYears * 12 + 1, d) * 86400 + h * 3600 + m * 60 + s;
  return seconds == -1 ? nil : number(<f64>seconds);
}

/** `otherwise` -1: the field must be there. */
function field(t: Table, name: Str, otherwise: i64, line: i32): i64 {
  const v = indexString(table(t), name, line, "");
  if (isNumber(v)) return <i32>toLong(toNumber(v));
  if (isString(v)) {
    const n = parseNumber(toStr(v));
    if (numberParsed) return <i32>toLong(n);
  }
  if (otherwise < 0) raise(message("field '", name, "' missing in date table"), line);
  return otherwise;
}

// ---------------------------------------------------------------------------------------------------- date

const DEFAULT = Str.of("%c");

/** `format` as C's `strftime` in the C locale, or a table for `*t`; `!` in front asks for UTC. */
export function date(format: Str = DEFAULT, at: f64 = ABSENT): Value {
  const seconds = isAbsent(at) ? <i64>(nanoseconds() / NANOSECONDS) : toLong(at);
  let from = cString(format);
  zone = from.byteLength && from.at(0) == 33 ? GMT : UTC;
  if (zone == GMT) from = from.slice(1, from.byteLength - 1);
  if (!breakDown(seconds)) return nil;
  if (from == ALL) return table(asTable());
  const builder = Builder.create(from.byteLength + 32);
  addDate(builder, from.bytes, from.bytes + from.byteLength, seconds);
  return stringValue(builder.finish());
}
const ALL = Str.of("*t");
/** What `%Z` prints. */
let zone: Str = changetype<Str>(0);

function asTable(): Table {
  const t = Table.create(0, 16);
  t.setString(SEC, number(second));
  t.setString(MIN, number(minute));
  t.setString(HOUR, number(hour));
  t.setString(DAY, number(day));
  t.setString(MONTH, number(month));
  t.setString(YEAR, number(<f64>year));
  t.setString(WDAY, number(weekday + 1));
  t.setString(YDAY, number(yearday + 1));
  t.setString(ISDST, False);
  return t;
}

const DAYS = Str.of("SundayMondayTuesdayWednesdayThursdayFridaySaturday");
const DAY_STARTS = memory.data<u8>([0, 6, 12, 19, 28, 36, 42, 50]);
const MONTHS = Str.of("JanuaryFebruaryMarchAprilMayJuneJulyAugustSeptemberOctoberNovemberDecember");
const MONTH_STARTS = memory.data<u8>([0, 7, 15, 20, 25, 28, 32, 36, 42, 51, 58, 66, 74]);

const DATE_TIME = Str.of("%a %b %e %H:%M:%S %Y"), DATE = Str.of("%m/%d/%y"), ISO_DATE = Str.of("%Y-%m-%d"), TIME = Str.of("%H:%M:%S"),
  HOUR_MINUTE = Str.of("%H:%M"), TIME_12 = Str.of("%I:%M:%S %p");
const GMT = Str.of("GMT"), UTC = Str.of("UTC"), UTC_OFFSET = Str.of("+0000"), AM = Str.of("AM"), PM = Str.of("PM");

function addDate(builder: Builder, at: usize, end: usize, seconds: i64): void {
  while (at < end) {
    const c = <u32>load<u8>(at++);
    if (c != 37) {
      builder.addByte(c);
      continue;
    }
    const start = at - 1;
    let pad: u32 = 0, upper = false, width = -1;
    for (; at < end; at++) { // flags and width are extensions of glibc
      const flag = <u32>load<u8>(at);
      if (flag == 95 || flag == 45 || flag == 48 || flag == 43) pad = flag; // _ - 0 +
      else if (flag == 94) upper = true; // ^
      else if (flag != 35) break; // #
    }
    while (at < end && <u32>load<u8>(at) - 48 < 10) {
      width = min(max(width, 0) * 10 + load<u8>(at) - 48, 1000);
      at++;
    }
    if (at < end && (load<u8>(at) == 69 || load<u8>(at) == 79)) at++; // E O
    const from = builder.length;
    if (at == end || !addConversion(builder, load<u8>(at), pad, width, seconds)) {
      // not a conversion: it stands for itself
      builder.addBytes(start, min(at + 1, end) - start);
    } else if (upper) makeUpper(builder, from);
    at++;
  }
}

function makeUpper(builder: Builder, from: usize): void {
  for (let p = builder.end - (builder.length - from); p < builder.end; p++) if (<u32>load<u8>(p) - 97 < 26) store<u8>(p, load<u8>(p) - 32);
}

/** False when there is no such conversion. */
function addConversion(builder: Builder, letter: u32, pad: u32, width: i32, seconds: i64): bool {
  switch (letter) {
    case 97: addName(builder, DAYS, DAY_STARTS, weekday, 3); break; // a
    case 65: addName(builder, DAYS, DAY_STARTS, weekday, 99); break; // A
    case 98: case 104: addName(builder, MONTHS, MONTH_STARTS, month - 1, 3); break; // b h
    case 66: addName(builder, MONTHS, MONTH_STARTS, month - 1, 99); break; // B
    case 99: addNested(builder, DATE_TIME, seconds); break; // c
    case 67: addNumber(builder, floorDivide(year, 100), 2, 48, pad, width); break; // C
    case 100: addNumber(builder, day, 2, 48, pad, width); break; // d
    case 68: case 120: addNested(builder, DATE, seconds); break; // D x
    case 101: addNumber(builder, day, 2, 32, pad, width); break; // e
    case 70: addNested(builder, ISO_DATE, seconds); break; // F
    case 103: addNumber(builder, modulo(isoYear(), 100), 2, 48, pad, width); break; // g
    case 71: addNumber(builder, isoYear(), 1, 48, pad, width); break; // G
    case 72: addNumber(builder, hour, 2, 48, pad, width); break; // H
    case 73: addNumber(builder, hour12(), 2, 48, pad, width); break; // I
    case 106: addNumber(builder, yearday + 1, 3, 48, pad, width); break; // j
    case 107: addNumber(builder, hour, 2, 32, pad, width); break; // k
    case 108: addNumber(builder, hour12(), 2, 32, pad, width); break; // l
    case 109: addNumber(builder, month, 2, 48, pad, width); break; // m
    case 77: addNumber(builder, minute, 2, 48, pad, width); break; // M
    case 110: builder.addByte(10); break; // n
    case 112: builder.add(hour < 12 ? AM : PM); break; // p
    case 80: builder.add(hour < 12 ? AM : PM); lowerLast(builder); break; // P
    case 114: addNested(builder, TIME_12, seconds); break; // r
    case 82: addNested(builder, HOUR_MINUTE, seconds); break; // R
    case 115: addNumber(builder, seconds, 1, 48, pad, width); break; // s
    case 83: addNumber(builder, second, 2, 48, pad, width); break; // S
    case 116: builder.addByte(9); break; // t
    case 84: case 88: addNested(builder, TIME, seconds); break; // T X
    case 117: addNumber(builder, weekday ? weekday : 7, 1, 48, pad, width); break; // u
    case 85: addNumber(builder, (yearday + 7 - weekday) / 7, 2, 48, pad, width); break; // U
    case 86: addNumber(builder, isoWeek(), 2, 48, pad, width); break; // V
    case 119: addNumber(builder, weekday, 1, 48, pad, width); break; // w
    case 87: addNumber(builder, (yearday + 7 - (weekday + 6) % 7) / 7, 2, 48, pad, width); break; // W
    case 121: addNumber(builder, modulo(year, 100), 2, 48, pad, width); break; // y
    case 89: addNumber(builder, year, 1, 48, pad, width); break; // Y
    case 122: builder.add(UTC_OFFSET); break; // z
    case 90: builder.add(zone); break; // Z
    case 37: builder.addByte(37); break; // %
    default: return false;
  }
  return true;
}

function addNested(builder: Builder, format: Str, seconds: i64): void {
  addDate(builder, format.bytes, format.bytes + format.byteLength, seconds);
}

function addName(builder: Builder, names: Str, starts: usize, i: i32, most: u32): void {
  const from = <u32>load<u8>(starts + i), to = <u32>load<u8>(starts + i + 1);
  builder.addBytes(names.bytes + from, min(to - from, most));
}

function lowerLast(builder: Builder): void {
  for (let p = builder.end - 2; p < builder.end; p++) store<u8>(p, load<u8>(p) | 32);
}

/** At least `least` digits, padded with `usual` unless a flag says otherwise: `_` with spaces, `0` with zeros, `-` not at all. */
function addNumber(builder: Builder, n: i64, least: i32, usual: u32, pad: u32, width: i32): void {
  const magnitude = <u64>(n < 0 ? -n : n), digits = countDigits(magnitude), filler = pad == 95 ? 32 : pad == 48 || pad == 43 ? 48 : usual;
  const wanted = pad == 45 ? 0 : max(least, width);
  if (filler == 32) builder.addRepeated(32, wanted - digits - i32(n < 0));
  if (n < 0) builder.addByte(45);
  if (filler == 48) builder.addRepeated(48, wanted - digits - i32(n < 0));
  writeDigits(builder.reserve(digits) + digits, magnitude, digits);
  builder.end += digits;
}

function hour12(): i32 {
  return (hour + 11) % 12 + 1;
}

function floorDivide(a: i64, b: i64): i64 {
  return (a - modulo(a, b)) / b;
}

function modulo(a: i64, b: i64): i64 {
  return (a % b + b) % b;
}

/** Weeks begin on Monday and belong to the year that has their Thursday. */
function isoWeek(): i32 {
  const thursday = yearday + 3 - (weekday + 6) % 7;
  if (thursday < 0) return (thursday + <i32>(daysTo(year, 1, 1) - daysTo(year - 1, 1, 1))) / 7 + 1;
  const length = <i32>(daysTo(year + 1, 1, 1) - daysTo(year, 1, 1));
  return thursday >= length ? 1 : thursday / 7 + 1;
}

function isoYear(): i64 {
  const thursday = yearday + 3 - (weekday + 6) % 7;
  if (thursday < 0) return year - 1;
  return thursday >= <i32>(daysTo(year + 1, 1, 1) - daysTo(year, 1, 1)) ? year + 1 : year;
}

// ---------------------------------------------------------------------------------------------------- environment

@external("wasi_snapshot_preview1", "environ_sizes_get")
declare function environ_sizes_get(count: usize, size: usize): i32;
@external("wasi_snapshot_preview1", "environ_get")
declare function environ_get(pointers: usize, buffer: usize): i32;

const SIZES: usize = memory.data(8, 4);
/** Addresses of `NAME=value`, 0 before they were asked for. */
// @ts-ignore: decorator
@lazy let environment: usize = 0;
// @ts-ignore: decorator
@lazy let environmentCount: u32 = 0;

/** A variable of the VM's configuration (`environment_variables`). */
export function getenv(name: Str): Str | null {
  if (!environment) loadEnvironment();
  const wanted = cString(name), length = wanted.byteLength;
  for (let i: u32 = 0; i < environmentCount; i++) {
    const entry = <usize>load<u32>(environment + (<usize>i << 2));
    let at: u32 = 0;
    while (at < length && <u32>load<u8>(entry + at) == wanted.at(at)) at++;
    if (at < length || load<u8>(entry + length) != 61) continue;
    const value = entry + length + 1;
    let end = value;
    while (load<u8>(end)) end++;
    return Str.copyOf(value, end - value);
  }
  return null;
}

function loadEnvironment(): void {
  environment = SIZES;
  if (environ_sizes_get(SIZES, SIZES + 4) != 0) return;
  const count = load<u32>(SIZES), size = load<u32>(SIZES, 4);
  if (count > 8192 || size > 49152) return;
  const pointers = allocPermanent((<usize>count << 2) + 8), buffer = allocPermanent(size + 8);
  if (environ_get(pointers, buffer) != 0) return;
  environment = pointers;
  environmentCount = count;
}

/** Lua's `os.setlocale`: there is `C` alone, and taken for what the environment names. */
export function setlocale(locale: Str = C, _category: Value = nil): Str | null {
  return locale == C || locale == POSIX || locale == EMPTY ? C : null;
}
const C = Str.of("C");
const POSIX = Str.of("POSIX");
