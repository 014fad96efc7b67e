// Names in certificates: printed as RFC 2253 has it (OpenSSL's XN_FLAG_RFC2253), and read back from such text.
import { Builder } from "../builder";
import { alloc } from "../memory/arena";
import { EMPTY, Str } from "../str";
import { Table } from "../table";
import { string } from "../value";
import { dotted, Elements } from "./certificate";

const COMMA: u32 = 44;
const PLUS: u32 = 43;
const EQUALS: u32 = 61;
const BACKSLASH: u32 = 92;
const HASH: u32 = 35;
const SPACE: u32 = 32;

/** Short names of attributes, by object identifier. */
function shortName(identifier: Str): Str {
  if (identifier == Str.of("2.5.4.3")) return Str.of("CN");
  if (identifier == Str.of("2.5.4.10")) return Str.of("O");
  if (identifier == Str.of("2.5.4.11")) return Str.of("OU");
  if (identifier == Str.of("2.5.4.6")) return Str.of("C");
  if (identifier == Str.of("2.5.4.7")) return Str.of("L");
  if (identifier == Str.of("2.5.4.8")) return Str.of("ST");
  if (identifier == Str.of("2.5.4.4")) return Str.of("SN");
  if (identifier == Str.of("2.5.4.42")) return Str.of("GN");
  if (identifier == Str.of("2.5.4.12")) return Str.of("title");
  if (identifier == Str.of("2.5.4.9")) return Str.of("street");
  if (identifier == Str.of("2.5.4.5")) return Str.of("serialNumber");
  if (identifier == Str.of("2.5.4.17")) return Str.of("postalCode");
  if (identifier == Str.of("2.5.4.46")) return Str.of("dnQualifier");
  if (identifier == Str.of("1.2.840.113549.1.9.1")) return Str.of("emailAddress");
  if (identifier == Str.of("0.9.2342.19200300.100.1.25")) return Str.of("DC");
  if (identifier == Str.of("0.9.2342.19200300.100.1.1")) return Str.of("UID");
  return EMPTY;
}

/** A name, `CN=Steve Kille,O=Isode Limited,C=GB`: the last of the relative distinguished names first. */
export function printName(name: Elements): Str {
  let text = EMPTY;
  while (name.next()) {
    const to = Builder.create(128);
    addAttributes(to, name.contents);
    if (text.byteLength) {
      to.addByte(COMMA);
      to.add(text);
    }
    text = to.finish();
  }
  return text;
}

/** The attributes of one relative distinguished name, the last one first too. */
function addAttributes(to: Builder, attributes: Elements): void {
  let text = EMPTY;
  while (attributes.next()) {
    const one = Builder.create(64),
      parts = attributes.contents;
    parts.next();
    const identifier = dotted(parts),
      known = shortName(identifier);
    one.add(known.byteLength ? known : identifier);
    one.addByte(EQUALS);
    parts.next();
    if (known.byteLength) addValue(one, parts);
    else addDump(one, parts);
    if (text.byteLength) {
      one.addByte(PLUS);
      one.add(text);
    }
    text = one.finish();
  }
  to.add(text);
}

const UTF8: u32 = 0x0c;
const PRINTABLE: u32 = 0x13;
const TELETEX: u32 = 0x14;
const IA5: u32 = 0x16;
const NUMERIC: u32 = 0x12;
const VISIBLE: u32 = 0x1a;
const UNIVERSAL: u32 = 0x1c;
const BMP: u32 = 0x1e;

/** A string as UTF-8 with escapes; any other type as its bytes. */
function addValue(to: Builder, value: Elements): void {
  const utf8 = utf8Of(value);
  if (!utf8) {
    addDump(to, value);
    return;
  }
  const length = utf8.byteLength;
  for (let i: u32 = 0; i < length; i++) {
    const c = utf8.at(i);
    if (c < 32 || c > 126) addHexEscape(to, c);
    else {
      const atEdge = (c == SPACE && (i == 0 || i == length - 1)) || (c == HASH && i == 0);
      if (atEdge || isSpecial(c)) to.addByte(BACKSLASH);
      to.addByte(c);
    }
  }
}

/** `,+"<>;\` */
function isSpecial(c: u32): bool {
  return c == COMMA || c == PLUS || c == 34 || c == 60 || c == 62 || c == 59 || c == BACKSLASH;
}

function utf8Of(value: Elements): Str | null {
  switch (value.tag) {
    case UTF8:
    case PRINTABLE:
    case IA5:
    case NUMERIC:
    case VISIBLE:
      return value.text;
    case TELETEX:
      return fromUnits(value, 1);
    case BMP:
      return fromUnits(value, 2);
    case UNIVERSAL:
      return fromUnits(value, 4);
    default:
      return null;
  }
}

/** Big-endian code points of `width` bytes each. */
function fromUnits(value: Elements, width: u32): Str {
  const to = Builder.create(<usize>value.size * 3),
    end = value.bytes + value.size;
  for (let at = value.bytes; at + width <= end; at += width) {
    let point: u32 = 0;
    for (let i: u32 = 0; i < width; i++) point = (point << 8) | load<u8>(at + i);
    addUtf8(to, point);
  }
  return to.finish();
}

function addUtf8(to: Builder, point: u32): void {
  if (point < 0x80) {
    to.addByte(point);
    return;
  }
  if (point < 0x800) to.addByte(0xc0 | (point >>> 6));
  else {
    if (point < 0x10000) to.addByte(0xe0 | (point >>> 12));
    else {
      to.addByte(0xf0 | ((point >>> 18) & 7));
      to.addByte(0x80 | ((point >>> 12) & 63));
    }
    to.addByte(0x80 | ((point >>> 6) & 63));
  }
  to.addByte(0x80 | (point & 63));
}

const HEX = Str.of("0123456789ABCDEF");

function addHexEscape(to: Builder, c: u32): void {
  to.addByte(BACKSLASH);
  to.addByte(HEX.at(c >>> 4));
  to.addByte(HEX.at(c & 15));
}

/** `#` and the element's DER in hexadecimal. */
function addDump(to: Builder, value: Elements): void {
  to.addByte(HASH);
  for (let at = value.start; at < value.bytes + value.size; at++) {
    const byte = load<u8>(at);
    to.addByte(HEX.at(byte >>> 4));
    to.addByte(HEX.at(byte & 15));
  }
}

// ------------------------------------------------------------------------------------------------ reading

/** The attributes of a printed name, from its end: in the order of the certificate. */
// @ts-ignore: decorator
@unmanaged
export class PrintedAttributes {
  private text: Str;
  /** Where the attributes that are still to come end. */
  private rest: u32;
  private from: u32;
  private to: u32;

  static of(text: Str): PrintedAttributes {
    const self = changetype<PrintedAttributes>(alloc(offsetof<PrintedAttributes>()));
    self.text = text;
    self.rest = text.byteLength;
    return self;
  }

  next(): bool {
    const text = this.text;
    if (!this.rest) return false;
    this.to = this.rest;
    let at = this.rest;
    while (at && !(isSeparator(text.at(at - 1)) && !isEscaped(text, at - 1))) at--;
    this.from = at;
    this.rest = at ? at - 1 : 0;
    return true;
  }

  isNamed(name: Str): bool {
    const length = name.byteLength;
    if (this.to - this.from <= length || this.text.at(this.from + length) != EQUALS) return false;
    return this.text.slice(this.from, length) == name;
  }

  /** The value without its escapes. */
  get value(): Str {
    const text = this.text,
      out = Builder.create(this.to - this.from);
    let at = this.from;
    while (at < this.to && text.at(at) != EQUALS) at++;
    for (at++; at < this.to; at++) {
      let c = text.at(at);
      if (c == BACKSLASH && at + 1 < this.to) {
        const high = hexDigit(text.at(at + 1)),
          low = at + 2 < this.to ? hexDigit(text.at(at + 2)) : -1;
        if (high >= 0 && low >= 0) {
          c = <u32>((high << 4) | low);
          at += 2;
        } else c = text.at(++at);
      }
      out.addByte(c);
    }
    return out.finish();
  }
}

function isSeparator(c: u32): bool {
  return c == COMMA || c == PLUS;
}

function isEscaped(text: Str, at: u32): bool {
  let escaped = false;
  while (at && text.at(at - 1) == BACKSLASH) {
    escaped = !escaped;
    at--;
  }
  return escaped;
}

function hexDigit(c: u32): i32 {
  if (c - 48 < 10) return <i32>c - 48;
  return c - 65 < 6 ? <i32>c - 55 : -1;
}

const CN = Str.of("CN");
const O = Str.of("O");

/** The last common name, "" if there is none. */
export function commonName(printed: Str): Str {
  let name = EMPTY;
  for (const attribute = PrintedAttributes.of(printed); attribute.next(); ) {
    if (!attribute.isNamed(CN)) continue;
    const value = attribute.value;
    if (value.byteLength) name = value;
  }
  return name;
}

export function organizations(printed: Str): Table {
  const list = Table.create(2, 0);
  for (const attribute = PrintedAttributes.of(printed); attribute.next(); ) {
    if (!attribute.isNamed(O)) continue;
    const value = attribute.value;
    if (value.byteLength) list.append(string(value));
  }
  return list;
}
