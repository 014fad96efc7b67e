import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Closure, Str, Table, Value, Values } from "./runtime/lua";
import * as bit from "./runtime/bit";
import * as math from "./runtime/math";
import * as os from "./runtime/os";
import * as pattern from "./runtime/pattern/match";
import * as string from "./runtime/string";
import * as table from "./runtime/table-library";
import {
  DigitsMatch,
  DotMatch,
  EarerMatch,
  LettersMatch,
  SpaceMatch,
  TextMatch,
  TextMatch2,
  TextMatch3,
  matchesPattern,
  matchesPattern2
} from "./patterns";
import { State } from "./runtime/state";

const MY_JWT_SECRET = Str.of("my-jwt-secret");
const NUL = Str.of("\x00");
const HEX_80 = Str.of("\x80");
const ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUV = Str.of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
const DOT = Str.of(".");
const B = Str.of("b");
const BACKSPACE = Str.of("\x08");
const F = Str.of("f");
const FORM_FEED = Str.of("\x0c");
const N = Str.of("n");
const NEWLINE = Str.of("\n");
const R = Str.of("r");
const CARRIAGE_RETURN = Str.of("\r");
const T = Str.of("t");
const TAB = Str.of("\t");
const QUOTE = Str.of("\"");
const UNFINISHED_STRING = Str.of("unfinished string");
const BACKSLASH = Str.of("\\");
const ONLY_ASCII_IS_EXPECTED_IN_U_ESCAPES = Str.of("only ASCII is expected in \\u escapes");
const U = Str.of("u");
const EXPECTED_OR = Str.of("expected ',' or '");
const APOSTROPHE = Str.of("'");
const COMMA = Str.of(",");
const CLOSE_BRACE = Str.of("}");
const EXPECTED_A_NAME = Str.of("expected a name");
const OPEN_BRACE = Str.of("{");
const CLOSE_BRACKET = Str.of("]");
const OPEN_BRACKET = Str.of("[");
const TRUE = Str.of("true");
const FALSE = Str.of("false");
const NULL = Str.of("null");
const EXPECTED_A_VALUE = Str.of("expected a value");
const TABLE = Str.of("table");
const MALFORMED_TOKEN = Str.of("malformed token");
const UNSUPPORTED_ALGORITHM = Str.of("unsupported algorithm");
const ALG = Str.of("alg");
const HS256 = Str.of("HS256");
const BAD_SIGNATURE = Str.of("bad signature");
const MALFORMED_CLAIMS = Str.of("malformed claims");
const SUB = Str.of("sub");
const STRING = Str.of("string");
const WRONG_ISSUER = Str.of("wrong issuer");
const ISS = Str.of("iss");
const TOKEN_EXPIRED = Str.of("token expired");
const EXP = Str.of("exp");
const NUMBER = Str.of("number");
const TOKEN_NOT_VALID_YET = Str.of("token not valid yet");
const NBF = Str.of("nbf");
const JWT_CHECK = Str.of("jwt-check: ");
const STATUS = Str.of(":status");
const STATUS_401 = Str.of("401");
const WWW_AUTHENTICATE = Str.of("www-authenticate");
const BEARER_REALM_SHOP = Str.of("Bearer realm=\"shop\"");
const UNAUTHORIZED = Str.of("Unauthorized: ");
const X_USER_ID = Str.of("x-user-id");
const X_USER_ROLES = Str.of("x-user-roles");
const AUTHORIZATION = Str.of("authorization");
const MISSING_TOKEN = Str.of("missing token");
const NOT_A_BEARER_TOKEN = Str.of("not a bearer token");
const UNREADABLE_TOKEN = Str.of("unreadable token");
const ROLES = Str.of("roles");
const HTTPS_AUTH_EXAMPLE_COM = Str.of("https://auth.example.com");

const ISSUER: Str = HTTPS_AUTH_EXAMPLE_COM;
// Clocks of different machines differ a little.
const LEEWAY_SECONDS: f64 = 30;
let K: Table = changetype<Table>(0);
let INNER_PAD: Str = lua.EMPTY;
let OUTER_PAD: Str = lua.EMPTY;
let SEXTETS: Table = changetype<Table>(0);
let ESCAPES: Table = changetype<Table>(0);
let decode_value: Value = lua.nil;
let verify: Value = lua.nil;

function uint32_bytes(n: f64, callerLine: i32): Str {
  return string.char(
    Values.create(4)
      .add(lua.number(bit.band(bit.int.rshift(n, 24), 255)))
      .add(lua.number(bit.band(bit.int.rshift(n, 16), 255)))
      .add(lua.number(bit.band(bit.int.rshift(n, 8), 255)))
      .add(lua.number(bit.band(n, 255))),
    lua.named("uint32_bytes", callerLine)
  );
}

function sha256(message: Str): Str {
  const zeros = string.rep(NUL, lua.modulo(55 - message.length, 64) + 4);
  const padded = lua.concat4(message, HEX_80, zeros, uint32_bytes(message.length * 8, 28));
  let h0: f64 = 1779033703;
  let h1: f64 = 3144134277.0;
  let h2: f64 = 1013904242;
  let h3: f64 = 2773480762.0;
  let h4: f64 = 1359893119;
  let h5: f64 = 2600822924.0;
  let h6: f64 = 528734635;
  let h7: f64 = 1541459225;
  const w = Table.create(0, 0);

  for (let block: f64 = 1, stop: f64 = padded.length; block <= stop; block += 64) {
    for (let i: f64 = 1; i <= 16; i++) {
      const a = string.byte(padded, block + i * 4 - 4, block + i * 4 - 1, 35);
      const b = lua.result(2);
      const c = lua.result(3);
      const d = lua.result(4);
      w.setNumber(
        i,
        lua.number(
          bit.bor(
            bit.int.bor(
              bit.int.bor(
                bit.int.lshift(lua.checkNumber(a, 1, "lshift", 36), 24),
                bit.int.lshift(lua.checkNumber(b, 1, "lshift", 36), 16)
              ),
              bit.int.lshift(lua.checkNumber(c, 1, "lshift", 36), 8)
            ),
            lua.checkNumber(d, 4, "bor", 36)
          )
        ),
        36
      );
    }
    for (let i: f64 = 17; i <= 64; i++) {
      const s0: f64 = bit.bxor(
        bit.int.bxor(
          bit.int.ror(lua.checkNumber(w.getNumber(i - 15), 1, "ror", 39), 7),
          bit.int.ror(lua.checkNumber(w.getNumber(i - 15), 1, "ror", 39), 18)
        ),
        bit.int.rshift(lua.checkNumber(w.getNumber(i - 15), 1, "rshift", 39), 3)
      );
      const s1: f64 = bit.bxor(
        bit.int.bxor(
          bit.int.ror(lua.checkNumber(w.getNumber(i - 2), 1, "ror", 40), 17),
          bit.int.ror(lua.checkNumber(w.getNumber(i - 2), 1, "ror", 40), 19)
        ),
        bit.int.rshift(lua.checkNumber(w.getNumber(i - 2), 1, "rshift", 40), 10)
      );
      w.setNumber(
        i,
        lua.number(
          bit.tobit(
            lua.numberOperand(w.getNumber(i - 16), 41, "") + s0 + lua.numberOperand(w.getNumber(i - 7), 41, "") + s1
          )
        ),
        41
      );
    }

    let a: f64 = h0;
    let b: f64 = h1;
    let c: f64 = h2;
    let d: f64 = h3;
    let e: f64 = h4;
    let f: f64 = h5;
    let g: f64 = h6;
    let h: f64 = h7;
    for (let i: f64 = 1; i <= 64; i++) {
      const s1: f64 = bit.bxor(bit.int.bxor(bit.int.ror(e, 6), bit.int.ror(e, 11)), bit.int.ror(e, 25));
      const choice: f64 = bit.bxor(bit.int.band(e, f), bit.int.band(bit.int.bnot(e), g));
      const t1: f64 = bit.tobit(
        h + s1 + choice + lua.numberOperand(K.getNumber(i), 48, "") + lua.numberOperand(w.getNumber(i), 48, "")
      );
      const s0: f64 = bit.bxor(bit.int.bxor(bit.int.ror(a, 2), bit.int.ror(a, 13)), bit.int.ror(a, 22));
      const majority: f64 = bit.bxor(bit.int.bxor(bit.int.band(a, b), bit.int.band(a, c)), bit.int.band(b, c));
      h = g;
      g = f;
      f = e;
      e = bit.tobit(d + t1);
      d = c;
      c = b;
      b = a;
      a = bit.tobit(t1 + s0 + majority);
    }
    h0 = bit.tobit(h0 + a);
    h1 = bit.tobit(h1 + b);
    h2 = bit.tobit(h2 + c);
    h3 = bit.tobit(h3 + d);
    h4 = bit.tobit(h4 + e);
    h5 = bit.tobit(h5 + f);
    h6 = bit.tobit(h6 + g);
    h7 = bit.tobit(h7 + h);
  }

  return lua.concat6(
    uint32_bytes(h0, 58),
    uint32_bytes(h1, 58),
    uint32_bytes(h2, 58),
    uint32_bytes(h3, 58),
    uint32_bytes(h4, 59),
    lua.concat3(uint32_bytes(h5, 59), uint32_bytes(h6, 59), uint32_bytes(h7, 59))
  );
}

// HMAC (RFC 2104) -----------------------------------------------------
// The key, padded to a block and XORed with one byte.
function key_pad(key: Str, with_: f64, callerLine: i32): Str {
  const bytes = Table.create(0, 0);
  for (let i: f64 = 1; i <= 64; i++) {
    bytes.setNumber(
      i,
      lua.string(string.charOf(bit.bxor(lua.numberOr(lua.numberOrNil(string.byteAt(key, i)), 0), with_), 68)),
      68
    );
  }
  return table.concat(bytes, lua.EMPTY, 1, lua.ABSENT, callerLine);
}

function sign(message: Str): Str {
  return sha256(lua.concat2(OUTER_PAD, sha256(lua.concat2(INNER_PAD, message))));
}

// Takes as long wherever the first wrong byte is.
function equal_bytes(a: Str, b: Str): bool {
  if (!(a.length == b.length)) {
    return false;
  }
  let difference: f64 = 0;
  for (let i: f64 = 1, stop: f64 = a.length; i <= stop; i++) {
    difference = bit.bor(
      difference,
      bit.int.bxor(string.byteOf(a, i), lua.checkNumber(lua.numberOrNil(string.byteAt(b, i)), 2, "bxor", 88))
    );
  }
  return difference == 0;
}

// nil when a character is not of the alphabet.
function base64url_decode(text: Value, callerLine: i32): Str | null {
  const bytes = Table.create(0, 0);
  let buffer: f64 = 0;
  let bits: f64 = 0;
  for (const match = pattern.eachMatch<TextMatch>(lua.checkString(text, 1, "gmatch", 105)); match.next(); ) {
    const char = match.matched;
    const sextet: Value = SEXTETS.getString(char);
    if (!lua.truthy(sextet)) {
      return null;
    }
    buffer = buffer * 64 + lua.toNumber(sextet);
    bits = bits + 6;
    if (bits >= 8) {
      bits = bits - 8;
      bytes.setNumber(bytes.length + 1, lua.string(string.charOf(math.floor(buffer / lua.power(2, bits)), 114)), 114);
      buffer = lua.modulo(buffer, lua.power(2, bits));
    }
  }
  return table.concat(bytes, lua.EMPTY, 1, lua.ABSENT, callerLine);
}

function skip_space(text: Value, at: Value): f64 {
  let t: Value = lua.nil;
  return (
    t = pattern.findValues<TextMatch2>(lua.checkString(text, 1, "find", 127), lua.checkNumberOr(at, 1, 3, "find", 127)),
    lua.truthy(t) ? lua.toNumber(t) : lua.len(text, 127, "local 'text'") + 1
  );
}

function decode_string(text: Value, at: f64): Value {
  const parts = Table.create(0, 0);
  while (true) {
    const plain = pattern.matchValues<TextMatch3>(lua.checkString(text, 1, "match", 133), at);
    parts.setNumber(parts.length + 1, plain, 134);
    at = at + lua.len(plain, 135, "local 'plain'");
    const char = string.sub(lua.checkString(text, 1, "sub", 136), at, at);
    if (char == QUOTE) {
      return lua.return2(lua.string(table.concat(parts, lua.EMPTY, 1, lua.ABSENT, 138)), lua.number(at + 1));
    } else if (!(char == BACKSLASH)) {
      lua.error(lua.string(UNFINISHED_STRING), 0, 140);
    }
    const escape = string.sub(lua.checkString(text, 1, "sub", 142), at + 1, at + 1);
    if (escape == U) {
      const code: Value = lua.tonumberInBase(
        lua.string(string.sub(lua.checkString(text, 1, "sub", 144), at + 2, at + 5)),
        16,
        144
      );
      if (!lua.truthy(code) || lua.toNumber(code) > 127) {
        lua.error(lua.string(ONLY_ASCII_IS_EXPECTED_IN_U_ESCAPES), 0, 146);
      }
      parts.setNumber(parts.length + 1, lua.string(string.charOf(lua.toNumber(code), 148)), 148);
      at = at + 6;
    } else {
      parts.setNumber(parts.length + 1, lua.string(lua.toOptional(ESCAPES.getString(escape)) || escape), 151);
      at = at + 2;
    }
  }
  return lua.return0();
}

// Reads "first, second, third" up to the closing bracket.
function decode_members(text: Value, at: f64, close: Str, read_member: Value): Value {
  let list: Values = changetype<Values>(0);
  at = skip_space(text, lua.number(at));
  if (string.sub(lua.checkString(text, 1, "sub", 160), at, at) == close) {
    return lua.return1(lua.number(at + 1));
  }
  while (true) {
    at = (
      list = Values.create(1).add(text).addResults(lua.call1(read_member, lua.number(at), 164, "local 'read_member'")),
      skip_space(list.at(1), list.at(2))
    );
    const char = string.sub(lua.checkString(text, 1, "sub", 165), at, at);
    if (char == close) {
      return lua.return1(lua.number(at + 1));
    } else if (!(char == COMMA)) {
      lua.error(lua.string(lua.concat3(EXPECTED_OR, close, APOSTROPHE)), 0, 169);
    }
    at = skip_space(text, lua.number(at + 1));
  }
  return lua.return0();
}

function decode_value_function(self: Closure, count: i32, from_: Value, b: Value, c: Value): Value {
  const captured = changetype<decode_value_function_captures>(self);
  const text = captured.text;
  const object_ = captured.object_;
  const name = pattern.matchValues<SpaceMatch>(
    lua.checkString(text, 1, "match", 182),
    lua.checkNumberOr(from_, 1, 3, "match", 182)
  );
  const colon = lua.result(2);
  if (!lua.truthy(name)) {
    lua.error(lua.string(EXPECTED_A_NAME), 0, 184);
  }
  {
    const value: Value = lua.call2(decode_value, text, colon, 186, "upvalue 'decode_value'");
    from_ = lua.result(2);
    object_.set(name, value, 186);
  }
  return lua.return1(from_);
}

// @ts-ignore: decorator
@unmanaged
class decode_value_function_captures extends Closure {
  text: Value;
  object_: Table;
}
function decode_value_function_create(text: Value, object_: Table): Value {
  const self = lua.closure<decode_value_function_captures>(decode_value_function.index);
  self.text = lua.retained<Value>(text);
  self.object_ = lua.retained<Table>(object_);
  return lua.fn(self);
}

function decode_value_function_2(self: Closure, count: i32, from_: Value, b: Value, c: Value): Value {
  const captured = changetype<decode_value_function_2_captures>(self);
  const list = captured.list;
  const text = captured.text;
  {
    const key: f64 = list.length + 1;
    const value: Value = lua.call2(decode_value, text, from_, 193, "upvalue 'decode_value'");
    from_ = lua.result(2);
    list.setNumber(key, value, 193);
  }
  return lua.return1(from_);
}

// @ts-ignore: decorator
@unmanaged
class decode_value_function_2_captures extends Closure {
  list: Table;
  text: Value;
}
function decode_value_function_2_create(list: Table, text: Value): Value {
  const self = lua.closure<decode_value_function_2_captures>(decode_value_function_2.index);
  self.list = lua.retained<Table>(list);
  self.text = lua.retained<Value>(text);
  return lua.fn(self);
}

function decode_value_2(self: Closure, count: i32, text: Value, at: Value, c: Value): Value {
  lua.deepen(32, 176);
  const char = string.sub(
    lua.checkString(text, 1, "sub", 176),
    lua.checkNumber(at, 2, "sub", 176),
    lua.checkNumberOr(at, -1, 3, "sub", 176)
  );
  if (char == QUOTE) {
    return decode_string(text, lua.operand(at, 178, "local 'at'") + 1);
  } else if (char == OPEN_BRACE) {
    const object_ = Table.create(0, 0);
    const after = decode_members(
      text,
      lua.operand(at, 181, "local 'at'") + 1,
      CLOSE_BRACE,
      decode_value_function_create(text, object_)
    );
    return lua.return2(lua.table(object_), after);
  } else if (char == OPEN_BRACKET) {
    const list = Table.create(0, 0);
    const after = decode_members(
      text,
      lua.operand(at, 192, "local 'at'") + 1,
      CLOSE_BRACKET,
      decode_value_function_2_create(list, text)
    );
    return lua.return2(lua.table(list), after);
  }
  const word = pattern.matchValues<LettersMatch>(
    lua.checkString(text, 1, "match", 198),
    lua.checkNumberOr(at, 1, 3, "match", 198)
  );
  const after_word = lua.result(2);
  if (lua.equals(word, lua.string(TRUE)) || lua.equals(word, lua.string(FALSE))) {
    return lua.return2(lua.boolean(lua.equals(word, lua.string(TRUE))), after_word);
  } else if (lua.equals(word, lua.string(NULL))) {
    return lua.return2(lua.nil, after_word);
  }
  const digits = pattern.matchValues<DigitsMatch>(
    lua.checkString(text, 1, "match", 204),
    lua.checkNumberOr(at, 1, 3, "match", 204)
  );
  const after_digits = lua.result(2);
  const number_ = lua.and(digits, lua.tonumber(digits));
  if (!lua.truthy(number_)) {
    lua.error(lua.string(EXPECTED_A_VALUE), 0, 207);
  }
  return lua.return2(number_, after_digits);
}

// The object that a part of the token holds, or nil.
function decode_part(part: Value): Value {
  const text: Str | null = base64url_decode(part, 214);
  if (text == null) {
    return lua.nil;
  }
  const ok: Value = lua.boolean(
    lua.pcall(decode_value, 2, lua.string(text!), lua.number(skip_space(lua.string(text!), lua.number(1))))
  );
  const value = lua.result(2);
  if (!lua.truthy(ok) || !(lua.type(value) == TABLE)) {
    return lua.nil;
  }
  return value;
}

function verify_2(self: Closure, count: i32, token: Value, now: Value, c: Value): Value {
  const head = pattern.matchValues<DotMatch>(lua.checkString(token, 1, "match", 229));
  const payload = lua.result(2);
  const signature = lua.result(3);
  if (!lua.truthy(head)) {
    return lua.return2(lua.nil, lua.string(MALFORMED_TOKEN));
  }
  const header = decode_part(head);
  // Anything but HS256, "none" above all, is refused before the signature is looked at.
  if (!lua.truthy(header) || !lua.equals(lua.indexString(header, ALG, 235, "local 'header'"), lua.string(HS256))) {
    return lua.return2(lua.nil, lua.string(UNSUPPORTED_ALGORITHM));
  }
  const given: Str | null = base64url_decode(signature, 238);
  if (
    given == null ||
    !equal_bytes(
      given!,
      sign(
        lua.concat3(lua.leftOperand(head, 239, "local 'head'"), DOT, lua.lastOperand(payload, 239, "local 'payload'"))
      )
    )
  ) {
    return lua.return2(lua.nil, lua.string(BAD_SIGNATURE));
  }
  const claims = decode_part(payload);
  // A control character would end the header that the subject is written to.
  if (
    !lua.truthy(claims) ||
    !(lua.type(lua.indexString(claims, SUB, 244, "local 'claims'")) == STRING) ||
    matchesPattern(lua.checkString(lua.indexString(claims, SUB, 244, "local 'claims'"), 1, "find", 244))
  ) {
    return lua.return2(lua.nil, lua.string(MALFORMED_CLAIMS));
  }
  if (!lua.equals(lua.indexString(claims, ISS, 247, "local 'claims'"), lua.string(ISSUER))) {
    return lua.return2(lua.nil, lua.string(WRONG_ISSUER));
  }
  if (
    !(lua.type(lua.indexString(claims, EXP, 250, "local 'claims'")) == NUMBER) ||
    lua.less(
      lua.number(lua.operand(lua.indexString(claims, EXP, 250, "local 'claims'"), 250, "field 'exp'") + LEEWAY_SECONDS),
      now,
      250
    )
  ) {
    return lua.return2(lua.nil, lua.string(TOKEN_EXPIRED));
  }
  if (
    lua.type(lua.indexString(claims, NBF, 253, "local 'claims'")) == NUMBER &&
    lua.less(
      now,
      lua.number(lua.operand(lua.indexString(claims, NBF, 253, "local 'claims'"), 253, "field 'nbf'") - LEEWAY_SECONDS),
      253
    )
  ) {
    return lua.return2(lua.nil, lua.string(TOKEN_NOT_VALID_YET));
  }
  return lua.return1(claims);
}

// "admin,support"; roles that are no plain names are left out.
function role_list(roles: Value, callerLine: i32): Str {
  let t: Value = lua.nil;
  const names = Table.create(0, 0);
  for (
    const item = lua.ipairs(
      (t = lua.and(lua.boolean(lua.type(roles) == TABLE), roles), lua.truthy(t) ? t : lua.table(Table.create(0, 0))),
      262
    );
    item.next();
  ) {
    const role = item.value;
    if (lua.type(role) == STRING && matchesPattern2(lua.checkString(role, 1, "find", 263))) {
      names.setNumber(names.length + 1, role, 264);
    }
  }
  return table.concat(names, COMMA, 1, lua.ABSENT, callerLine);
}

function unauthorized(handle: Handle, reason: Value): void {
  handle.logWarn(lua.concat2(JWT_CHECK, lua.concatOperand(reason, 271, "local 'reason'")), 271);
  handle.respond(
    Table.create(0, 2).field(STATUS, lua.string(STATUS_401)).field(WWW_AUTHENTICATE, lua.string(BEARER_REALM_SHOP)),
    lua.concat3(UNAUTHORIZED, lua.concatOperand(reason, 275, "local 'reason'"), NEWLINE),
    272
  );
}

export function envoy_on_request(handle: Handle): void {
  const headers = handle.headers(279);
  // Nobody but this filter says who the user is.
  headers.remove(X_USER_ID, 281);
  headers.remove(X_USER_ROLES, 282);

  const authorization: Str | null = headers.get(AUTHORIZATION, 284);
  if (authorization == null) {
    unauthorized(handle, lua.string(MISSING_TOKEN));
    return;
  }
  const token = pattern.matchValues<EarerMatch>(authorization!);
  if (!lua.truthy(token)) {
    unauthorized(handle, lua.string(NOT_A_BEARER_TOKEN));
    return;
  }
  // A script error would let the request through, so none may leave this function.
  const ok: Value = lua.boolean(lua.pcall(verify, 2, token, lua.number(os.time())));
  const claims = lua.result(2);
  const reason = lua.result(3);
  if (!lua.truthy(ok) || !lua.truthy(claims)) {
    unauthorized(handle, lua.or(reason, lua.string(UNREADABLE_TOKEN)));
    return;
  }

  headers.replace(X_USER_ID, lua.indexString(claims, SUB, 301, "local 'claims'"), 301);
  headers.replace(X_USER_ROLES, role_list(lua.indexString(claims, ROLES, 302, "local 'claims'"), 302), 302);
  // The service needs the claims, not the token.
  headers.remove(AUTHORIZATION, 304);
}

function string_sub_value(self: Closure, count: i32, a: Value, b: Value, c: Value): Value {
  return lua.return1(
    lua.string(
      string.sub(
        lua.checkString(a, 1, "sub", lua.namedLine(), count < 1),
        lua.checkNumber(b, 2, "sub", lua.namedLine(), count < 2),
        lua.checkNumberOr(c, -1, 3, "sub", lua.namedLine())
      )
    )
  );
}

const string_sub_value_at: usize = memory.data(8, 8);

/** The script's top level, run when the filter is configured. */
export function main(): void {
  const SECRET = MY_JWT_SECRET;
  // SHA-256 (FIPS 180-4) ------------------------------------------------
  K = Table.create(64, 0)
    .append(lua.number(1116352408)).append(lua.number(1899447441)).append(lua.number(3049323471.0))
    .append(lua.number(3921009573.0)).append(lua.number(961987163)).append(lua.number(1508970993))
    .append(lua.number(2453635748.0)).append(lua.number(2870763221.0)).append(lua.number(3624381080.0))
    .append(lua.number(310598401)).append(lua.number(607225278)).append(lua.number(1426881987))
    .append(lua.number(1925078388)).append(lua.number(2162078206.0)).append(lua.number(2614888103.0))
    .append(lua.number(3248222580.0)).append(lua.number(3835390401.0)).append(lua.number(4022224774.0))
    .append(lua.number(264347078)).append(lua.number(604807628)).append(lua.number(770255983))
    .append(lua.number(1249150122)).append(lua.number(1555081692)).append(lua.number(1996064986))
    .append(lua.number(2554220882.0)).append(lua.number(2821834349.0)).append(lua.number(2952996808.0))
    .append(lua.number(3210313671.0)).append(lua.number(3336571891.0)).append(lua.number(3584528711.0))
    .append(lua.number(113926993)).append(lua.number(338241895)).append(lua.number(666307205))
    .append(lua.number(773529912)).append(lua.number(1294757372)).append(lua.number(1396182291))
    .append(lua.number(1695183700)).append(lua.number(1986661051)).append(lua.number(2177026350.0))
    .append(lua.number(2456956037.0)).append(lua.number(2730485921.0)).append(lua.number(2820302411.0))
    .append(lua.number(3259730800.0)).append(lua.number(3345764771.0)).append(lua.number(3516065817.0))
    .append(lua.number(3600352804.0)).append(lua.number(4094571909.0)).append(lua.number(275423344))
    .append(lua.number(430227734)).append(lua.number(506948616)).append(lua.number(659060556))
    .append(lua.number(883997877)).append(lua.number(958139571)).append(lua.number(1322822218))
    .append(lua.number(1537002063)).append(lua.number(1747873779)).append(lua.number(1955562222))
    .append(lua.number(2024104815)).append(lua.number(2227730452.0)).append(lua.number(2361852424.0))
    .append(lua.number(2428436474.0)).append(lua.number(2756734187.0)).append(lua.number(3204031479.0))
    .append(lua.number(3329325298.0));
  // The secret is shorter than a block of 64 bytes; a longer one would have to be hashed first.
  INNER_PAD = lua.retained(key_pad(SECRET, 54, 74));
  OUTER_PAD = lua.retained(key_pad(SECRET, 92, 75));
  // base64url (RFC 4648) ------------------------------------------------
  const ALPHABET = ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJKLMNOPQRSTUV;
  SEXTETS = Table.create(0, 0);
  for (let i: f64 = 1, stop: f64 = ALPHABET.length; i <= stop; i++) {
    SEXTETS.setString(string.sub(ALPHABET, i, i), lua.number(i - 1));
  }
  // JSON, as much as tokens need ------------------------------------------
  ESCAPES = Table.create(0, 5)
    .field(B, lua.string(BACKSPACE))
    .field(F, lua.string(FORM_FEED))
    .field(N, lua.string(NEWLINE))
    .field(R, lua.string(CARRIAGE_RETURN))
    .field(T, lua.string(TAB));
  decode_value = lua.retained(lua.nil);
  decode_value = lua.retained(lua.fn(Closure.create(decode_value_2.index)));
  // The token -----------------------------------------------------------
  // The claims of a token that holds, or nil and why it does not.
  verify = lua.fn(Closure.create(verify_2.index));
}

function string_methods(kind: u32, name: Str): Value {
  if (name == SUB) return lua.builtin(string_sub_value_at, string_sub_value.index);
  return lua.nil;
}

export function installMethods(): void {
  lua.setStringMethods(string_methods.index);
}

/** What outlives a request. */
export function visit(state: State): void {
  K = state.table(K);
  INNER_PAD = state.string(INNER_PAD);
  OUTER_PAD = state.string(OUTER_PAD);
  SEXTETS = state.table(SEXTETS);
  ESCAPES = state.table(ESCAPES);
  decode_value = state.value(decode_value);
  verify = state.value(verify);
}
