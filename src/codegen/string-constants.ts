import type { TopLevelNames } from "./names.js";

const SYMBOLS: Readonly<Record<string, string>> = {
  "": "EMPTY",
  " ": "SPACE",
  "?": "QUESTION",
  "&": "AMPERSAND",
  "=": "EQUALS",
  "/": "SLASH",
  "\\": "BACKSLASH",
  ".": "DOT",
  ",": "COMMA",
  ";": "SEMICOLON",
  ":": "COLON",
  "-": "DASH",
  _: "UNDERSCORE",
  "+": "PLUS",
  "*": "STAR",
  "%": "PERCENT",
  "#": "HASH",
  "|": "PIPE",
  "\n": "NEWLINE",
  "\r\n": "CRLF",
  '"': "QUOTE",
  "'": "APOSTROPHE",
  "(": "OPEN_PAREN",
  ")": "CLOSE_PAREN",
  "{": "OPEN_BRACE",
  "}": "CLOSE_BRACE",
  "[": "OPEN_BRACKET",
  "]": "CLOSE_BRACKET",
  "<": "LESS",
  ">": "GREATER",
  "!": "BANG",
  "@": "AT",
  $: "DOLLAR",
  "~": "TILDE",
};

/** The strings of a script, each as one constant named after what it says: `const USER_AGENT = Str.of("user-agent");`. */
export class StringConstants {
  private readonly names = new Map<string, string>();

  constructor(private readonly topLevel: TopLevelNames) {}

  /** @param bytes one character per byte */
  nameOf(bytes: string): string {
    let name = this.names.get(bytes);
    if (name === undefined) {
      name = this.topLevel.declare(wantedName(bytes));
      this.names.set(bytes, name);
    }
    return name;
  }

  /** What a constant says; undefined for a name that is none. */
  bytesOf(name: string): string | undefined {
    return [...this.names].find(([, constant]) => constant === name)?.[0];
  }

  /** The block of declarations, in the order of first use; only what `text` mentions. */
  print(text: string): readonly string[] {
    const mentioned = new Set(text.match(/\w+/g));
    return [...this.names]
      .filter(([, name]) => mentioned.has(name))
      .map(([bytes, name]) => `const ${name} = Str.of(${quote(bytes)});`);
  }
}

function wantedName(bytes: string): string {
  const symbol = SYMBOLS[bytes];
  if (symbol) return symbol;
  const words = bytes
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toUpperCase()
    .match(/[A-Z0-9]+/g);
  if (!words) return "TEXT";
  let name = words[0] ?? "TEXT";
  for (const word of words.slice(1)) {
    if (name.length + word.length > 36) break;
    name += `_${word}`;
  }
  return /^\d/.test(name) ? `TEXT_${name}` : name.slice(0, 48);
}

/** A literal whose characters are bytes, as `Str.of` takes it. */
export function quote(bytes: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: bytes that cannot stand in a literal
  const escaped = bytes.replace(/[\\"\u0000-\u001f\u007f-\u00ff]/g, (c) => {
    if (c === "\\" || c === '"') return `\\${c}`;
    if (c === "\n") return "\\n";
    if (c === "\r") return "\\r";
    if (c === "\t") return "\\t";
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `"${escaped}"`;
}
