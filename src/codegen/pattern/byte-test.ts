import { type ByteSet, bytesOf, CLASSES, complement, intervals } from "./byte-set.js";

/** Tests for the classes of Lua, by their letter: functions of `runtime/pattern/classes.ts`. */
const CLASS_TESTS: Readonly<Record<string, string>> = {
  a: "isLetter",
  c: "isControl",
  d: "isDigit",
  g: "isPrintable",
  l: "isLower",
  p: "isPunctuation",
  s: "isSpace",
  u: "isUpper",
  w: "isAlphanumeric",
  x: "isHexadecimal",
};

const SYMBOLS: Readonly<Record<string, string>> = {
  " ": "Space",
  "!": "Bang",
  '"': "Quote",
  "#": "Hash",
  $: "Dollar",
  "%": "Percent",
  "&": "Ampersand",
  "'": "Apostrophe",
  "(": "Paren",
  ")": "CloseParen",
  "*": "Star",
  "+": "Plus",
  ",": "Comma",
  "-": "Dash",
  ".": "Dot",
  "/": "Slash",
  ":": "Colon",
  ";": "Semicolon",
  "<": "Less",
  "=": "Equals",
  ">": "Greater",
  "?": "Question",
  "@": "At",
  "[": "Bracket",
  "\\": "Backslash",
  "]": "CloseBracket",
  "^": "Caret",
  _: "Underscore",
  "`": "Backquote",
  "{": "Brace",
  "|": "Pipe",
  "}": "CloseBrace",
  "~": "Tilde",
  "\n": "Newline",
  "\r": "Return",
  "\t": "Tab",
};

/** A byte in words: `&` is `Ampersand`, `a` is `A`. */
export function nameOfByte(byte: number): string {
  const c = String.fromCharCode(byte);
  return SYMBOLS[c] ?? (/[A-Za-z0-9]/.test(c) ? c.toUpperCase() : `Byte${byte}`);
}

/** The tests of bytes that the patterns of a file use, each declared once under a name that says what it tests. */
export class ByteTests {
  private readonly declared = new Map<ByteSet, { readonly name: string; readonly lines: readonly string[] }>();
  /** Functions of `runtime/pattern/classes.ts` in use. */
  readonly imported = new Set<string>();

  /** Expression that is true when `byte`, an expression of type u32, is in the set. */
  test(set: ByteSet, byte: string): string {
    return this.one(set, byte, false) ?? this.one(complement(set), byte, true) ?? this.named(set, byte);
  }

  /** Expression that is true when it is not. */
  fails(set: ByteSet, byte: string): string {
    return (
      this.one(set, byte, true) ??
      this.one(complement(set), byte, false) ??
      `!${this.named(set, byte)}`.replace(/^!!/, "")
    );
  }

  declarations(): readonly string[] {
    return [...this.declared.values()].flatMap(({ lines }) => lines);
  }

  private one(set: ByteSet, byte: string, negated: boolean): string | undefined {
    const runs = intervals(set);
    const [only] = runs;
    if (!only || runs.length > 1 || only[0] !== only[1]) return undefined;
    return `${byte} ${negated ? "!=" : "=="} ${only[0]}`;
  }

  private named(set: ByteSet, byte: string): string {
    for (const [letter, name] of Object.entries(CLASS_TESTS)) {
      if (CLASSES[letter] === set) return `${this.import(name)}(${byte})`;
      if (complement(CLASSES[letter] as ByteSet) === set) return `!${this.import(name)}(${byte})`;
    }
    const other = complement(set);
    return intervals(other).length < intervals(set).length
      ? `!${this.declare(other)}(${byte})`
      : `${this.declare(set)}(${byte})`;
  }

  private import(name: string): string {
    this.imported.add(name);
    return name;
  }

  /**
   *     function isAmpersandOrEquals(c: u32): bool { return c == 38 || c == 61; }
   */
  private declare(set: ByteSet): string {
    const known = this.declared.get(set);
    if (known) return known.name;
    const runs = intervals(set);
    const name = this.freeName(runs.length > 3 ? "isInSet" : `is${runs.map(nameOfRun).join("Or")}`);
    const inline = ["// @ts-ignore: decorator", "@inline"];
    const lines =
      runs.length > 5
        ? [
            ...inline,
            `function ${name}(c: u32): bool { return has(${name}Bits, c); }`,
            `const ${name}Bits = memory.data<u8>([${bytesOf(set).join(", ")}], 8);`,
          ]
        : [
            ...inline,
            `function ${name}(c: u32): bool { return ${runs.map(([first, last]) => testOfRun(first, last)).join(" || ") || "false"}; }`,
          ];
    if (runs.length > 5) this.imported.add("has");
    this.declared.set(set, { name, lines });
    return name;
  }

  private freeName(wanted: string): string {
    const taken = new Set([...this.declared.values()].map(({ name }) => name));
    for (let n = 1; ; n++) {
      const name = n === 1 ? wanted : `${wanted}${n}`;
      if (!taken.has(name) && !Object.values(CLASS_TESTS).includes(name)) return name;
    }
  }
}

function nameOfRun([first, last]: readonly [number, number]): string {
  return first === last ? nameOfByte(first) : `${nameOfByte(first)}To${nameOfByte(last)}`;
}

function testOfRun(first: number, last: number): string {
  if (first === last) return `c == ${first}`;
  if (last === 255) return `c >= ${first}`;
  return first === 0 ? `c <= ${last}` : `c - ${first} < ${last - first + 1}`;
}
