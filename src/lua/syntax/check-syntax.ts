import { EOF, Lexer, NAME, NUMBER, printed, STRING, TextError } from "./lexer.js";

/**
 * What LuaJIT's parser (`lj_parse.c`, LUA52COMPAT) finds wrong with a text, in its words and at its line: `'end' expected near '<eof>'`. Labels, and
 * limits on variables, are not looked at.
 * @param text one character per byte
 */
export function checkSyntax(text: string): TextError | undefined {
  try {
    new Parser(text).chunk();
    return undefined;
  } catch (error) {
    if (error instanceof TextError) return error;
    throw error;
  }
}

/** `LJ_MAX_XLEVEL`. */
const MAXIMUM_LEVEL = 200;

/** Left and right priority of each operator. */
const PRIORITIES: Readonly<Record<string, readonly [left: number, right: number]>> = {
  "+": [6, 6],
  "-": [6, 6],
  "*": [7, 7],
  "/": [7, 7],
  "%": [7, 7],
  "^": [10, 9],
  "..": [5, 4],
  "~=": [3, 3],
  "==": [3, 3],
  "<": [3, 3],
  ">=": [3, 3],
  "<=": [3, 3],
  ">": [3, 3],
  and: [2, 2],
  or: [1, 1],
};
const UNARY_PRIORITY = 8;

/** What can be done with an expression: stand alone, be assigned to, neither. */
type Kind = "call" | "variable" | "value";

class Parser {
  private readonly lexer: Lexer;
  private level = 0;
  private hasVarargs = true;

  constructor(text: string) {
    this.lexer = new Lexer(text);
  }

  chunk(): void {
    this.block();
    if (this.peek() !== EOF) this.expected(EOF);
  }

  private peek(): string {
    return this.lexer.token;
  }

  private next(): void {
    this.lexer.next();
  }

  private expected(token: string): never {
    this.lexer.fail(`'${printed(token)}' expected`, this.peek());
  }

  private fault(message: string): never {
    this.lexer.fail(message, this.peek());
  }

  private optional(token: string): boolean {
    if (this.peek() !== token) return false;
    this.next();
    return true;
  }

  private check(token: string): void {
    if (!this.optional(token)) this.expected(token);
  }

  /** What closes `opener` of that line. */
  private match(token: string, opener: string, line: number): void {
    if (this.optional(token)) return;
    if (line === this.lexer.line) this.expected(token);
    this.fault(`'${token}' expected (to close '${opener}' at line ${line})`);
  }

  private deeper(parse: () => void): void {
    if (++this.level >= MAXIMUM_LEVEL) this.lexer.fail("chunk has too many syntax levels");
    parse();
    this.level--;
  }

  private block(): void {
    this.deeper(() => {
      let isLast = false;
      while (!isLast && !this.isEnd()) {
        isLast = this.statement();
        this.optional(";");
      }
    });
  }

  private isEnd(): boolean {
    return ["else", "elseif", "end", "until", EOF].includes(this.peek());
  }

  /** @returns whether nothing may follow */
  private statement(): boolean {
    const { line } = this.lexer;
    switch (this.peek()) {
      case "if":
        this.conditional(line);
        break;
      case "while":
        this.next();
        this.expression();
        this.body("while", line);
        break;
      case "do":
        this.next();
        this.block();
        this.match("end", "do", line);
        break;
      case "for":
        this.loop(line);
        break;
      case "repeat":
        this.next();
        this.block();
        this.match("until", "repeat", line);
        this.expression();
        break;
      case "function":
        this.functionStatement(line);
        break;
      case "local":
        this.next();
        this.local(line);
        break;
      case "return":
        this.next();
        if (!this.isEnd() && this.peek() !== ";") this.expressions();
        return true;
      case "break":
      case ";":
        this.next();
        break;
      case "::":
        this.label();
        break;
      case "goto":
        this.next();
        this.check(NAME);
        break;
      default:
        this.callOrAssignment();
    }
    return false;
  }

  private body(opener: string, line: number): void {
    this.check("do");
    this.block();
    this.match("end", opener, line);
  }

  private conditional(line: number): void {
    do {
      this.next();
      this.expression();
      this.check("then");
      this.block();
    } while (this.peek() === "elseif");
    if (this.optional("else")) this.block();
    this.match("end", "if", line);
  }

  private loop(line: number): void {
    this.next();
    this.check(NAME);
    if (this.optional("=")) {
      this.expression();
      this.check(",");
      this.expression();
      if (this.optional(",")) this.expression();
    } else if (this.peek() === "," || this.peek() === "in") {
      while (this.optional(",")) this.check(NAME);
      this.check("in");
      this.expressions();
    } else this.fault("'=' or 'in' expected");
    this.body("for", line);
  }

  private functionStatement(line: number): void {
    this.next();
    this.check(NAME);
    while (this.optional(".")) this.check(NAME);
    if (this.optional(":")) this.check(NAME);
    this.functionBody(line);
  }

  private local(line: number): void {
    if (this.optional("function")) {
      this.check(NAME);
      this.functionBody(line);
      return;
    }
    do this.check(NAME);
    while (this.optional(","));
    if (this.optional("=")) this.expressions();
  }

  private label(): void {
    this.next();
    this.check(NAME);
    this.check("::");
    while (this.peek() === "::" || this.peek() === ";") {
      if (this.peek() === "::") this.deeper(() => this.label());
      else this.next();
    }
  }

  private callOrAssignment(): void {
    const kind = this.primary();
    if (kind !== "call") this.assignment(kind, 1);
  }

  private assignment(kind: Kind, count: number): void {
    if (kind !== "variable") this.fault("syntax error");
    if (this.optional(",")) {
      const next = this.primary();
      if (this.level + count >= MAXIMUM_LEVEL) this.lexer.fail(`chunk has more than ${MAXIMUM_LEVEL} variable names`);
      this.assignment(next, count + 1);
      return;
    }
    this.check("=");
    this.expressions();
  }

  private functionBody(line: number): void {
    const outside = this.hasVarargs;
    this.hasVarargs = false;
    this.check("(");
    if (this.peek() !== ")") {
      do {
        if (this.peek() === NAME) this.next();
        else if (this.optional("...")) {
          this.hasVarargs = true;
          break;
        } else this.fault("<name> or '...' expected");
      } while (this.optional(","));
    }
    this.check(")");
    this.block();
    this.match("end", "function", line);
    this.hasVarargs = outside;
  }

  private expressions(): void {
    do this.expression();
    while (this.optional(","));
  }

  private expression(limit = 0): void {
    this.deeper(() => {
      if (["not", "-", "#"].includes(this.peek())) {
        this.next();
        this.expression(UNARY_PRIORITY);
      } else this.simple();
      for (let found = PRIORITIES[this.peek()]; found && found[0] > limit; found = PRIORITIES[this.peek()]) {
        this.next();
        this.expression(found[1]);
      }
    });
  }

  private simple(): void {
    switch (this.peek()) {
      case "...":
        if (!this.hasVarargs) this.fault("cannot use '...' outside a vararg function");
        this.next();
        break;
      case NUMBER:
      case STRING:
      case "nil":
      case "true":
      case "false":
        this.next();
        break;
      case "{":
        this.table();
        break;
      case "function": {
        const { line } = this.lexer;
        this.next();
        this.functionBody(line);
        break;
      }
      default:
        this.primary();
    }
  }

  private primary(): Kind {
    let kind: Kind = "variable";
    if (this.peek() === "(") {
      const { line } = this.lexer;
      this.next();
      this.expression();
      this.match(")", "(", line);
      kind = "value";
    } else if (this.peek() === NAME) this.next();
    else this.fault("unexpected symbol");
    for (;;) {
      switch (this.peek()) {
        case ".":
          this.next();
          this.check(NAME);
          kind = "variable";
          break;
        case "[":
          this.bracket();
          kind = "variable";
          break;
        case ":":
          this.next();
          this.check(NAME);
          this.callArguments();
          kind = "call";
          break;
        case "(":
        case STRING:
        case "{":
          this.callArguments();
          kind = "call";
          break;
        default:
          return kind;
      }
    }
  }

  private bracket(): void {
    this.next();
    this.expression();
    this.check("]");
  }

  private callArguments(): void {
    if (this.peek() === "{") this.table();
    else if (this.peek() === "(") {
      const { line } = this.lexer;
      this.next();
      if (this.peek() !== ")") this.expressions();
      this.match(")", "(", line);
    } else if (!this.optional(STRING)) this.fault("function arguments expected");
  }

  private table(): void {
    const { line } = this.lexer;
    this.check("{");
    while (this.peek() !== "}") {
      if (this.peek() === "[") {
        this.bracket();
        this.check("=");
      } else if (this.peek() === NAME && this.lexer.lookahead() === "=") {
        this.next();
        this.check("=");
      }
      this.expression();
      if (!this.optional(",") && !this.optional(";")) break;
    }
    this.match("}", "{", line);
  }
}
