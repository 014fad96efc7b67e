import type { Pattern } from "./ast.js";
import { ByteTests, nameOfByte } from "./byte-test.js";
import { type PatternOptions, parsePattern } from "./parse-pattern.js";
import { isPrintable, printable, printSearch } from "./print-search.js";

/** The constant patterns of a filter as AssemblyScript: the file `patterns.ts`, one class or function for each. */
export class PatternFile {
  private readonly tests = new ByteTests();
  private readonly declarations: string[] = [];
  private readonly names = new Map<string, string>();
  private readonly taken = new Set<string>();
  private usesMatch = false;
  private usesPositions = false;

  /**
   * The class for a pattern (one character a byte), derived from the runtime's `Match`; see `printMatcher`. Undefined when it is one for
   * the general matcher.
   */
  matcher(text: string, options: PatternOptions = {}): string | undefined {
    const key = `class ${options.literalCaret && text.startsWith("^")} ${text}`;
    return this.declared(key, text, options, (pattern) => {
      this.usesMatch = true;
      if (pattern.captures.includes("position")) this.usesPositions = true;
      const name = this.freeName(`${wordsOf(text).join("") || "Text"}Match`);
      return [name, printMatcher(name, pattern, this.tests)];
    });
  }

  /** The function `(s: Str): bool` that tells whether a pattern matches a string; undefined when the general matcher has to. */
  test(text: string): string | undefined {
    return this.declared(`test ${text}`, text, {}, (pattern) => {
      const words = wordsOf(text);
      const literal = pattern.items.every((item) => item.kind === "literal");
      const name = this.freeName(
        (pattern.anchored && literal ? "startsWith" : "matches") + (words.join("") || "Pattern"),
      );
      return [name, printTest(name, pattern, this.tests)];
    });
  }

  get isEmpty(): boolean {
    return this.declarations.length === 0;
  }

  /** The whole file. */
  print(): string {
    const fromMatch = [
      ...(this.usesMatch ? ["Match"] : []),
      ...(this.usesPositions ? ["POSITION"] : []),
      ...[...this.tests.imported].filter((name) => MATCH_EXPORTS.has(name)),
    ];
    const fromClasses = [...this.tests.imported].filter((name) => !MATCH_EXPORTS.has(name));
    const imports = [
      ...(fromClasses.length > 0
        ? [`import { ${fromClasses.sort().join(", ")} } from "./runtime/pattern/classes";`]
        : []),
      ...(fromMatch.length > 0 ? [`import { ${fromMatch.join(", ")} } from "./runtime/pattern/match";`] : []),
      'import { Str } from "./runtime/str";',
    ];
    return `${[...imports, "", ...this.tests.declarations(), "", this.declarations.join("\n\n")].join("\n")}\n`;
  }

  private declared(
    key: string,
    text: string,
    options: PatternOptions,
    print: (pattern: Pattern) => readonly [string, string],
  ): string | undefined {
    const known = this.names.get(key);
    if (known) return known;
    const pattern = parsePattern(text, options);
    if (!pattern || !isPrintable(pattern)) return undefined;
    const [name, declaration] = print(pattern);
    this.declarations.push(declaration);
    this.names.set(key, name);
    return name;
  }

  private freeName(wanted: string): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? wanted : `${wanted}${n}`;
      if (this.taken.has(name)) continue;
      this.taken.add(name);
      return name;
    }
  }
}

const MATCH_EXPORTS = new Set(["seekByte", "seekRange", "runToByte", "balanceEnd", "equal", "has"]);

const CLASS_WORDS: Readonly<Record<string, string>> = {
  a: "Letters",
  d: "Digits",
  l: "Lower",
  p: "Punctuation",
  s: "Space",
  u: "Upper",
  w: "Word",
  x: "Hex",
};

/** Words for the name of a pattern: `^/admin/(%d+)` gives `Admin`, `Digits`. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  const symbols: string[] = [];
  for (const [token] of text.matchAll(/%.|\[\^?.[^\]]*\]|[A-Za-z0-9]+|[^A-Za-z0-9]/gs)) {
    if (/^[A-Za-z0-9]/.test(token)) words.push(capitalised(token));
    else if (token[0] === "%") {
      const word = CLASS_WORDS[token[1] ?? ""];
      if (word) words.push(word);
      else if (/[^A-Za-z0-9]/.test(token[1] ?? "")) symbols.push(nameOfByte(token.charCodeAt(1)));
    } else if (token.length === 1 && !/[()*+\-?.^$[\]]/.test(token)) symbols.push(nameOfByte(token.charCodeAt(0)));
  }
  const all = [...new Set(words.length > 0 ? words : symbols)];
  const first = all.findIndex((word) => /^[A-Za-z]/.test(word));
  return first < 0 ? [] : all.slice(first, first + 4).map((word) => word.slice(0, 16));
}

function capitalised(word: string): string {
  return (word[0] as string).toUpperCase() + word.slice(1);
}

const INDENT = "  ";

/**
 * A class whose `search` finds the pattern. `Match` has `matched`, `first` and `last`; the captures are `capture1`…
 *
 *     /** "([^&=]+)=([^&=]*)" *\/
 *     @unmanaged
 *     export class EqualsMatch extends Match {
 *       private start1: usize;
 *       private length1: i32;
 *       get capture1(): Str { return this.text(this.start1, this.length1); }
 *       next(): bool { return this.advance(this.search(this.at)); }
 *       search(from: usize): bool { … }
 *     }
 */
function printMatcher(name: string, pattern: Pattern, tests: ByteTests): string {
  const { captures } = pattern;
  const fields = captures.flatMap((_, i) => [
    `${INDENT}private start${i + 1}: usize;`,
    `${INDENT}private length${i + 1}: i32;`,
  ]);
  const getters = captures.map((kind, i) =>
    kind === "text"
      ? `${INDENT}get capture${i + 1}(): Str { return this.text(this.start${i + 1}, this.length${i + 1}); }`
      : `${INDENT}get capture${i + 1}(): f64 { return this.position(this.start${i + 1}); }`,
  );
  const success = [
    ...captures.flatMap((kind, i) => [
      `this.start${i + 1} = start${i + 1};`,
      `this.length${i + 1} = ${kind === "text" ? `length${i + 1}` : "POSITION"};`,
    ]),
    "return this.found(at, $end);",
  ];
  const needsSubject = pattern.items.some((item) => item.kind === "frontier");
  return [
    `/** ${JSON.stringify(printable(pattern.text))} */`,
    "// @ts-ignore: decorator",
    "@unmanaged",
    `export class ${name} extends Match {`,
    ...fields,
    `${INDENT}get count(): u32 { return ${captures.length}; }`,
    `${INDENT}get anchored(): bool { return ${pattern.anchored}; }`,
    ...getters,
    "",
    `${INDENT}/** The next match. */`,
    `${INDENT}next(): bool { return this.advance(this.search(this.at)); }`,
    "",
    `${INDENT}search(from: usize): bool {`,
    `${INDENT}${INDENT}const end = this.subjectEnd;`,
    ...(needsSubject ? [`${INDENT}${INDENT}const subject = this.subject.bytes;`] : []),
    ...printSearch(pattern, tests, success).map((line) => INDENT + INDENT + line),
    `${INDENT}}`,
    "}",
  ].join("\n");
}

/** A function that tells whether a string matches. */
function printTest(name: string, pattern: Pattern, tests: ByteTests): string {
  return [
    `/** ${JSON.stringify(printable(pattern.text))} */`,
    `export function ${name}(s: Str): bool {`,
    `${INDENT}const subject = s.bytes, end = subject + s.byteLength;`,
    ...printSearch(withoutCaptures(pattern), tests, ["return true;"], "subject").map((line) => INDENT + line),
    "}",
  ].join("\n");
}

/** Captures matter to a test only when something refers back to them. */
function withoutCaptures(pattern: Pattern): Pattern {
  if (pattern.items.some((item) => item.kind === "back")) return pattern;
  return { ...pattern, items: pattern.items.filter((item) => !["open", "close", "position"].includes(item.kind)) };
}
