import type { TopLevelNames } from "./names.js";

const NAMES: Readonly<Record<string, string>> = {
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
  "\r": "CARRIAGE_RETURN",
  "\r\n": "CRLF",
  "\t": "TAB",
  "\0": "NUL",
  "\x07": "BELL",
  "\b": "BACKSPACE",
  "\v": "VERTICAL_TAB",
  "\f": "FORM_FEED",
  "\x1b": "ESCAPE",
  "\x7f": "DELETE",
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
  "^": "CARET",
  "`": "BACKTICK",
  "!": "BANG",
  "@": "AT",
  $: "DOLLAR",
  "~": "TILDE",
};
const SYMBOLS = new Map(Object.entries(NAMES));

const DIGITS = ["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"];

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
    const mentioned = new Set(text.replace(QUOTED_OR_COMMENT, "").match(/\w+/g));
    return [...this.names]
      .filter(([, name]) => mentioned.has(name))
      .map(([bytes, name]) => `const ${name} = Str.of(${quote(bytes)});`);
  }
}

const QUOTED_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"|\/\/.*|\/\*[\s\S]*?\*\//g;

function wantedName(bytes: string): string {
  const symbol = SYMBOLS.get(bytes) ?? DIGITS[Number(/^\d$/.exec(bytes)?.[0])];
  if (symbol) return symbol;
  if (/^[1-5](?:\d\d|xx)$/.test(bytes)) return `STATUS_${bytes.toUpperCase()}`;
  const words = bytes
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .toUpperCase()
    .match(/[A-Z0-9]+/g);
  if (!words) return nameOfSymbols(bytes);
  let name = words[0] ?? "";
  for (const word of words.slice(1)) {
    if (name.length + word.length > 36) break;
    name += `_${word}`;
  }
  return /^\d+$/.test(name) ? `NUMBER_${name}`.slice(0, 48) : name.slice(0, 48);
}

/** `"://"` → `COLON_SLASHES`, `"\x80"` → `HEX_80`. */
function nameOfSymbols(bytes: string): string {
  const runs = bytes.match(/(.)\1*/gs) ?? [];
  if (runs.length > 4) return /^[\x20-\x7e\s]*$/.test(bytes) ? "SYMBOLS" : "BYTES";
  return runs.map((run) => nameOfRun(run[0] ?? "", run.length)).join("_");
}

function nameOfRun(char: string, count: number): string {
  const name = SYMBOLS.get(char) ?? `HEX_${char.charCodeAt(0).toString(16).padStart(2, "0").toUpperCase()}`;
  if (count === 1) return name;
  return `${name}${/(?:S|SH)$/.test(name) ? "ES" : "S"}`;
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
