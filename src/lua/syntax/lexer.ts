/** What LuaJIT's lexer or parser says of a text that is not Lua: `unexpected symbol near '<eof>'`, and at which line. */
export class TextError extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

/** Tokens of more than one character, as `lj_lex.h` names them; those of one character are that character. */
export const [EOF, NAME, STRING, NUMBER] = ["<eof>", "<name>", "<string>", "<number>"] as const;

const RESERVED = new Set(
  "and break do else elseif end false for function goto if in local nil not or repeat return then true until while".split(
    " ",
  ),
);

const SYMBOLS = ["...", "..", "==", ">=", "<=", "~=", "::"];

const isName = (c: string): boolean => /^[\w\x80-\xff]$/.test(c);
const isDigit = (c: string): boolean => c >= "0" && c <= "9" && c.length === 1;

const NUMERAL = new RegExp(
  [
    /^(?:\d+|0x[\da-f]+|0b[01]+)u?ll$/,
    /^(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|0x(?:[\da-f]+\.?[\da-f]*|\.[\da-f]+)(?:p[+-]?\d+)?|0b[01]+)i?$/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "i",
);

/** LuaJIT's lexer (`lj_lex.c`, LUA52COMPAT), as far as it finds faults. */
export class Lexer {
  token = "";
  line = 1;
  private ahead: string | undefined;
  private at = 0;
  /** What the token that was read last is made of: LuaJIT's `sb`. */
  private buffer = "";

  /** @param text one character per byte */
  constructor(private readonly text: string) {
    this.next();
  }

  next(): void {
    this.token = this.ahead ?? this.scan();
    this.ahead = undefined;
  }

  lookahead(): string {
    this.ahead ??= this.scan();
    return this.ahead;
  }

  /** @param token in front of which the fault is; none: the message stands alone */
  fail(message: string, token?: string): never {
    if (token === undefined) throw new TextError(message, this.line);
    const near = [NAME, STRING, NUMBER].some((kind) => kind === token) ? this.buffer : printed(token);
    throw new TextError(`${message} near '${near.split("\0")[0]}'`, this.line);
  }

  /** The character to be read; empty at the end. */
  private get c(): string {
    return this.text.charAt(this.at);
  }

  private save(): string {
    this.buffer += this.c;
    this.at++;
    return this.c;
  }

  private newline(): void {
    const first = this.c;
    this.at++;
    if (/[\r\n]/.test(this.c) && this.c !== first) this.at++;
    this.line++;
  }

  private scan(): string {
    this.buffer = "";
    for (;;) {
      const { c } = this;
      if (c === "") return EOF;
      if (isDigit(c) || (c === "." && isDigit(this.text.charAt(this.at + 1)))) return this.number();
      if (isName(c)) return this.name();
      if (c === "\n" || c === "\r") this.newline();
      else if (/[ \t\v\f]/.test(c)) this.at++;
      else if (this.text.startsWith("--", this.at)) this.comment();
      else if (c === '"' || c === "'") return this.string(c);
      else if (c === "[") {
        const level = this.skipEquals();
        if (level >= 0) return this.long(level, "unfinished long string");
        if (level === -1) return "[";
        this.fail("invalid long string delimiter", STRING);
      } else {
        const symbol = SYMBOLS.find((candidate) => this.text.startsWith(candidate, this.at)) ?? c;
        this.at += symbol.length;
        return symbol;
      }
    }
  }

  private name(): string {
    while (isName(this.c)) this.save();
    return RESERVED.has(this.buffer) ? this.buffer : NAME;
  }

  private number(): string {
    let last = this.c;
    let exponent = "e";
    if (last === "0" && this.save().toLowerCase() === "x") exponent = "p";
    while (isName(this.c) || this.c === "." || (/[+-]/.test(this.c) && last.toLowerCase() === exponent)) {
      last = this.c;
      this.save();
    }
    if (!NUMERAL.test(this.buffer)) this.fail("malformed number", NUMBER);
    return NUMBER;
  }

  private comment(): void {
    this.at += 2;
    if (this.c === "[") {
      const level = this.skipEquals();
      this.buffer = "";
      if (level >= 0) {
        this.long(level, "unfinished long comment");
        this.buffer = "";
        return;
      }
    }
    while (this.c !== "" && !/[\r\n]/.test(this.c)) this.at++;
  }

  /** How many `=` stand between two brackets; less than 0 where there is no second bracket. */
  private skipEquals(): number {
    const bracket = this.c;
    let count = 0;
    while (this.save() === "=") count++;
    return this.c === bracket ? count : -count - 1;
  }

  private long(level: number, unfinished: string): string {
    this.save();
    if (/[\r\n]/.test(this.c)) this.newline();
    for (;;) {
      if (this.c === "") this.fail(unfinished, EOF);
      if (this.c === "]") {
        if (this.skipEquals() !== level) continue;
        this.save();
        return STRING;
      }
      if (/[\r\n]/.test(this.c)) {
        this.buffer += "\n";
        this.newline();
      } else this.save();
    }
  }

  private string(delimiter: string): string {
    this.save();
    while (this.c !== delimiter) {
      if (this.c === "") this.fail("unfinished string", EOF);
      if (/[\r\n]/.test(this.c)) this.fail("unfinished string", STRING);
      if (this.c === "\\") this.escape();
      else this.save();
    }
    this.save();
    return STRING;
  }

  private escape(): void {
    const rest = this.text.slice(this.at + 1);
    if (rest === "") this.at++;
    else if (/^[\r\n]/.test(rest)) {
      this.at++;
      this.buffer += "\n";
      this.newline();
    } else if (rest.startsWith("z")) {
      this.at += 2;
      while (/[\s\v\f]/.test(this.c) && this.c !== "\xa0") {
        if (/[\r\n]/.test(this.c)) this.newline();
        else this.at++;
      }
    } else {
      const [code] = /^(?:[abfnrtv\\"']|x[\da-f]{2}|u\{[\da-f]+\}|\d{1,3})/i.exec(rest) ?? [];
      const bytes = code === undefined ? undefined : bytesOf(code);
      if (code === undefined || bytes === undefined) this.fail("invalid escape sequence", STRING);
      this.buffer += bytes;
      this.at += 1 + code.length;
    }
  }
}

const SIMPLE: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function bytesOf(code: string): string | undefined {
  if (/^\d/.test(code)) return Number(code) > 255 ? undefined : String.fromCharCode(Number(code));
  if (code.startsWith("x")) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
  if (code.startsWith("u{")) {
    const point = Number.parseInt(code.slice(2), 16);
    if (point >= 0x110000 || (point >= 0xd800 && point < 0xe000)) return undefined;
    return Buffer.from(String.fromCodePoint(point), "utf8").toString("latin1");
  }
  return /^[A-Z]/.test(code) ? undefined : (SIMPLE[code] ?? code);
}

/** A token as `lj_lex_token2str` prints it. */
export function printed(token: string): string {
  return token.length === 1 && (token < " " || token === "\x7f") ? `char(${token.charCodeAt(0)})` : token;
}
