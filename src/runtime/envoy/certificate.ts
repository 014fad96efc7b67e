// The peer's certificate, taken apart: X.509 in DER, as far as the Lua API shows it.
//
//     Certificate { tbs { [0] version, serial, algorithm, issuer, validity { from, to }, subject, key, [3] { extensions } } … }
import { Builder } from "../builder";
import { fromBase64 } from "./base64";
import { decimal } from "../error";
import { alloc } from "../memory/arena";
import { EMPTY, Str } from "../str";

const INTEGER: u32 = 0x02;
const OBJECT_IDENTIFIER: u32 = 0x06;
const UTC_TIME: u32 = 0x17;
const OCTET_STRING: u32 = 0x04;
const VERSION: u32 = 0xa0;
const EXTENSIONS: u32 = 0xa3;

/** Tags of a GeneralName. */
export const DNS_NAME: u32 = 0x82;
export const URI: u32 = 0x86;

/** The elements of a constructed DER element, one after the other. What is malformed ends them. */
// @ts-ignore: decorator
@unmanaged
export class Elements {
  private at: usize;
  private end: usize;
  /** Where the current element begins, its tag, and its contents. */
  start: usize;
  tag: u32;
  bytes: usize;
  size: u32;

  static of(bytes: usize, size: u32): Elements {
    const self = changetype<Elements>(alloc(offsetof<Elements>()));
    self.at = bytes;
    self.end = bytes + size;
    self.tag = 0;
    self.bytes = bytes;
    self.size = 0;
    return self;
  }

  next(): bool {
    let at = this.at;
    if (this.end - at < 2) return this.stop();
    this.start = at;
    this.tag = load<u8>(at);
    let size: usize = load<u8>(at, 1);
    at += 2;
    if (size > 127) {
      let count = size & 127;
      if (count > 4 || count > this.end - at) return this.stop();
      for (size = 0; count; count--) size = (size << 8) | load<u8>(at++);
    }
    if (size > this.end - at) return this.stop();
    this.bytes = at;
    this.size = <u32>size;
    this.at = at + size;
    return true;
  }

  private stop(): bool {
    this.at = this.end;
    this.tag = 0;
    this.size = 0;
    return false;
  }

  get contents(): Elements {
    return Elements.of(this.bytes, this.size);
  }

  get text(): Str {
    return this.size ? Str.copyOf(this.bytes, this.size) : EMPTY;
  }
}

/** The to-be-signed part of the certificate in `pem`, before its serial number. */
function signedPart(pem: Str): Elements {
  const der = derOf(pem),
    certificate = Elements.of(der.bytes, der.byteLength);
  certificate.next();
  const outer = certificate.contents;
  outer.next();
  const fields = outer.contents,
    peek = outer.contents;
  if (peek.next() && peek.tag == VERSION) fields.next();
  return fields;
}

const DASH: u32 = 45;

/** What stands between the first two lines of dashes. */
function derOf(pem: Str): Str {
  let from: u32 = 0;
  const length = pem.byteLength;
  while (from < length && pem.at(from) != 10) from++;
  let to = from;
  while (to < length && pem.at(to) != DASH) to++;
  return fromBase64(pem.bytes + from, to - from);
}

/** The `n`-th field from the serial number (0) on. */
function field(pem: Str, n: i32): Elements {
  const fields = signedPart(pem);
  for (; n >= 0; n--) fields.next();
  return fields;
}

const HEX = Str.of("0123456789abcdef");

/** In lower-case hexadecimal, without leading zeros by pairs of digits. */
export function serialNumber(pem: Str): Str {
  const serial = field(pem, 0);
  if (serial.tag != INTEGER) return EMPTY;
  let at = serial.bytes,
    end = at + serial.size;
  const negative = serial.size && load<u8>(at) > 127;
  const to = Builder.create(64);
  if (negative) to.addByte(DASH);
  const magnitude = negative ? negated(serial) : at;
  at = magnitude;
  end = magnitude + serial.size;
  while (at < end && !load<u8>(at)) at++;
  if (at == end) to.addByte(48);
  for (; at < end; at++) {
    const byte = load<u8>(at);
    to.addByte(HEX.at(byte >>> 4));
    to.addByte(HEX.at(byte & 15));
  }
  return to.finish();
}

/** The bytes of minus the number. */
function negated(integer: Elements): usize {
  const bytes = alloc(integer.size);
  let carry: u32 = 1;
  for (let i = <i32>integer.size - 1; i >= 0; i--) {
    const sum = <u32>(~load<u8>(integer.bytes + i) & 255) + carry;
    store<u8>(bytes + i, sum);
    carry = sum >>> 8;
  }
  return bytes;
}

/** The issuer's name, its relative distinguished names. */
export function issuer(pem: Str): Elements {
  return field(pem, 2).contents;
}

/** Seconds since 1970. */
export function validFrom(pem: Str): f64 {
  const times = field(pem, 3).contents;
  return times.next() ? seconds(times) : 0;
}

/** Seconds since 1970. */
export function expiration(pem: Str): f64 {
  const times = field(pem, 3).contents;
  times.next();
  return times.next() ? seconds(times) : 0;
}

/** `YYMMDDHHMMSSZ` (1950 to 2049) or `YYYYMMDDHHMMSSZ`. */
function seconds(time: Elements): f64 {
  const isShort = time.tag == UTC_TIME;
  const shortest: u32 = isShort ? 12 : 14;
  if (time.size < shortest) return 0;
  let at = time.bytes,
    year: i64 = 0;
  if (isShort) {
    year = digits(at, 2);
    year += year < 50 ? 2000 : 1900;
    at += 2;
  } else {
    year = digits(at, 4);
    at += 4;
  }
  const days = daysFrom1970(year, digits(at, 2), digits(at + 2, 2));
  return <f64>(days * 86400 + digits(at + 4, 2) * 3600 + digits(at + 6, 2) * 60 + digits(at + 8, 2));
}

function digits(at: usize, count: i32): i64 {
  let n: i64 = 0;
  for (; count; count--) n = n * 10 + (load<u8>(at++) - 48);
  return n;
}

/** Of the Gregorian calendar, counted in years that begin in March. */
function daysFrom1970(year: i64, month: i64, day: i64): i64 {
  if (month <= 2) year--;
  const era = year / 400,
    yearOfEra = year - era * 400,
    dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

/** The extensions, each { object identifier, [critical], octet string }. */
export function extensions(pem: Str): Elements {
  const fields = signedPart(pem);
  while (fields.next()) {
    if (fields.tag != EXTENSIONS) continue;
    const list = fields.contents;
    list.next();
    return list.contents;
  }
  return Elements.of(0, 0);
}

/** The names of the extension subjectAltName (2.5.29.17). */
export function alternativeNames(pem: Str): Elements {
  for (const extension = extensions(pem); extension.next(); ) {
    const parts = extension.contents;
    if (!parts.next() || parts.size != 3 || load<u16>(parts.bytes) != 0x1d55 || load<u8>(parts.bytes, 2) != 0x11) continue;
    while (parts.next()) {
      if (parts.tag != OCTET_STRING) continue;
      const names = parts.contents;
      names.next();
      return names.contents;
    }
  }
  return Elements.of(0, 0);
}

const DOT: u32 = 46;

/** An object identifier as text, `2.5.29.17`. */
export function dotted(identifier: Elements): Str {
  if (identifier.tag != OBJECT_IDENTIFIER) return EMPTY;
  const to = Builder.create(32),
    end = identifier.bytes + identifier.size;
  let arc: u64 = 0,
    first = true;
  for (let at = identifier.bytes; at < end; at++) {
    const byte = load<u8>(at);
    arc = (arc << 7) | (byte & 0x7f);
    if (byte > 0x7f) continue;
    if (first) {
      const root: u64 = arc < 40 ? 0 : arc < 80 ? 1 : 2;
      to.add(decimal(<i32>root));
      arc -= root * 40;
      first = false;
    }
    to.addByte(DOT);
    addDecimal(to, arc);
    arc = 0;
  }
  return to.finish();
}

function addDecimal(to: Builder, n: u64): void {
  if (n > 9) addDecimal(to, n / 10);
  to.addByte(48 + <u32>(n % 10));
}
