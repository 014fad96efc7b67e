import type { Filter, Item, Pattern } from "./ast.js";
import { ALL, type ByteSet, complement, intervals, onlyByte } from "./byte-set.js";
import type { ByteTests } from "./byte-test.js";

/**
 * The body of a function that looks for a pattern from address `from` on, in a subject that ends at `end`: straight code that goes on
 * to the next start when it fails. What can be taken back becomes a loop around all that follows it, so a failure there is `continue`.
 *
 *     for (let at = from; at <= end; at++) {
 *       // [^&=]+
 *       const start1 = at;
 *       let p = at;
 *       if (p == end || isAmpersandOrEquals(load<u8>(p))) continue;
 *       p++;
 *       while (p < end && !isAmpersandOrEquals(load<u8>(p))) p++;
 *       …
 *       return this.found(at, p);
 *     }
 *     return false;
 */
export function printSearch(
  pattern: Pattern,
  tests: ByteTests,
  success: readonly string[],
  start = "from",
): readonly string[] {
  return new SearchPrinter(pattern, tests, success, start).print();
}

/** How deep code may be nested before the general matcher is better. */
const DEEPEST = 6;

/** Whether the pattern becomes code that a person would want to read. */
export function isPrintable(pattern: Pattern): boolean {
  return pattern.items.filter(takesBack).length <= DEEPEST;
}

function takesBack(item: Item): boolean {
  return item.kind === "single" && (item.repeat === "many" || item.repeat === "few" || item.repeat === "option");
}

class SearchPrinter {
  private readonly lines: string[] = [];
  private depth = 0;
  /** The variable that holds the place reached, and how many there have been. */
  private place = "p";
  private places = 1;
  /** What is done when an item fails. */
  private fail = "return false;";

  constructor(
    private readonly pattern: Pattern,
    private readonly tests: ByteTests,
    private readonly success: readonly string[],
    private readonly start: string,
  ) {}

  print(): readonly string[] {
    const { pattern, start } = this;
    if (pattern.anchored) {
      this.line(`const at = ${start};`);
    } else {
      this.open(`for (let at = ${start}; at <= end; at++) {`);
      this.fail = "continue;";
      this.skipToFirst();
    }
    this.line("let p = at;");
    this.items(pattern.items, true);
    while (this.depth > 0) this.close();
    if (this.lines.at(-1) !== "return false;" && !this.endsWithReturn()) this.line("return false;");
    return this.lines;
  }

  private endsWithReturn(): boolean {
    return this.depth === 0 && /^return /.test(this.lines.at(-1) ?? "");
  }

  private line(text: string): void {
    this.lines.push("  ".repeat(this.depth) + text);
  }

  private open(text: string): void {
    this.line(text);
    this.depth++;
  }

  private close(): void {
    this.depth--;
    this.line("}");
  }

  /** To the first byte that a match can begin with, when these are one byte or range of ASCII. */
  private skipToFirst(): void {
    const { set, canEnd } = this.pattern.first;
    const [range, ...more] = intervals(set);
    if (canEnd || !range || more.length > 0) return;
    const [first, last] = range;
    if (first !== last && last > 127) return;
    this.use(first === last ? "seekByte" : "seekRange");
    this.line(first === last ? `at = seekByte(at, end, ${first});` : `at = seekRange(at, end, ${first}, ${last});`);
    this.line("if (!at) return false;");
  }

  private use(name: string): void {
    this.tests.imported.add(name);
  }

  /** Items, then what is done when all have matched. */
  private items(items: readonly Item[], fromStart: boolean): void {
    for (const [i, item] of items.entries()) {
      if (item.kind === "single" && takesBack(item)) {
        this.takingBack(item, items.slice(i + 1));
        return;
      }
      this.item(item);
      if (fromStart && item.kind === "single" && item.repeat === "run") this.skipRun(items, i);
      if (item.kind !== "open" && item.kind !== "position" && !(item.kind === "single" && item.repeat === "one"))
        fromStart = false;
    }
    for (const line of this.success) this.line(line.replaceAll("$end", this.place));
  }

  /**
   * A run at the start of the pattern ends at the same place from wherever in it the search starts: if what follows does not match
   * there, the search goes on behind it.
   */
  private skipRun(items: readonly Item[], i: number): void {
    const run = items[i];
    const before = items.slice(0, i).filter((item) => item.kind === "single");
    const sameSet = before.every((item) => item.kind === "single" && run?.kind === "single" && item.set === run.set);
    const rest = items.slice(i + 1);
    if (this.pattern.anchored || before.length > 1 || !sameSet || rest.some((item) => item.kind === "back")) return;
    if (!rest.some((item) => item.kind !== "close" && item.kind !== "open" && item.kind !== "position")) return;
    this.line("const run = p;");
    this.fail = "{ at = run; continue; }";
  }

  private failIf(condition: string): void {
    this.line(`if (${condition}) ${this.fail}`);
  }

  private byteAt(place: string): string {
    return `<u32>load<u8>(${place})`;
  }

  private item(item: Item): void {
    const p = this.place;
    switch (item.kind) {
      case "open":
      case "position":
        this.line(`const start${item.capture} = ${p};`);
        return;
      case "close":
        this.line(`const length${item.capture} = <i32>(${p} - start${item.capture});`);
        return;
      case "literal":
        this.line(`// ${printable(item.bytes)}`);
        this.literal(item.bytes);
        return;
      case "end":
        this.failIf(`${p} != end`);
        return;
      case "balance":
        this.use("balanceEnd");
        this.line(`// ${printable(item.source)}`);
        this.line(`${p} = balanceEnd(${p}, end, ${item.open}, ${item.close});`);
        this.failIf(`!${p}`);
        return;
      case "frontier":
        this.frontier(item.set, item.source);
        return;
      case "back":
        this.use("equal");
        this.failIf(
          `<i32>(end - ${p}) < length${item.capture} || !equal(start${item.capture}, ${p}, length${item.capture})`,
        );
        this.line(`${p} += length${item.capture};`);
        return;
      case "single":
        if (item.source !== "") this.line(`// ${printable(item.source)}`);
        this.single(item.set, item.repeat);
    }
  }

  private single(set: ByteSet, repeat: string): void {
    const p = this.place;
    if (repeat === "one") {
      this.failIf(set === ALL ? `${p} == end` : `${p} == end || ${this.tests.fails(set, this.byteAt(p))}`);
      this.line(`${p}++;`);
    } else if (repeat === "run" && onlyByte(complement(set)) !== undefined) {
      this.use("runToByte");
      this.line(`${p} = runToByte(${p}, end, ${onlyByte(complement(set))});`);
    } else if (set === ALL) this.line(repeat === "run" ? `${p} = end;` : `if (${p} < end) ${p}++;`);
    else
      this.line(`${repeat === "run" ? "while" : "if"} (${p} < end && ${this.tests.test(set, this.byteAt(p))}) ${p}++;`);
  }

  private literal(bytes: string): void {
    const p = this.place;
    const conditions = [bytes.length === 1 ? `${p} == end` : `end - ${p} < ${bytes.length}`];
    for (let from = 0; from < bytes.length; ) {
      const left = bytes.length - from;
      const take =
        left >= 8
          ? 8
          : left >= 4 && bytes.length < 8
            ? 4
            : left >= 2 && bytes.length < 8
              ? 2
              : bytes.length < 8
                ? 1
                : left;
      // the last bytes of a long literal are compared together with some before them
      const at = take < 8 && bytes.length >= 8 ? bytes.length - 8 : from;
      const width = at === from ? take : 8;
      conditions.push(
        `load<u${8 * width}>(${p}${at ? ` + ${at}` : ""}) != ${hexadecimal(bytes.slice(at, at + width))}`,
      );
      from += take;
    }
    this.failIf(conditions.join(" || "));
    this.line(bytes.length === 1 ? `${p}++;` : `${p} += ${bytes.length};`);
  }

  private frontier(set: ByteSet, source: string): void {
    const p = this.place;
    this.line(`// ${printable(source)}`);
    const before = `${p} == subject ? <u32>0 : ${this.byteAt(`${p} - 1`)}`;
    const after = `${p} == end ? <u32>0 : ${this.byteAt(p)}`;
    this.failIf(`${this.tests.test(set, `(${before})`)} || ${this.tests.fails(set, `(${after})`)}`);
  }

  /** A loop over the places that the item can end at, around what follows. */
  private takingBack(item: Item & { readonly kind: "single" }, rest: readonly Item[]): void {
    const { set, repeat, follow } = item;
    const from = this.place;
    const q = `q${++this.places}`;
    const next = `p${this.places}`;
    this.line(`// ${printable(item.source || "repeated")}`);
    const byte = onlyByte(follow.set);
    if (repeat === "few" && set === ALL && byte !== undefined && !follow.canEnd) {
      this.use("seekByte");
      this.open(`for (let ${q} = seekByte(${from}, end, ${byte}); ${q}; ${q} = seekByte(${q} + 1, end, ${byte})) {`);
    } else {
      if (repeat === "few") this.open(this.fewLoop(set, q, from));
      else this.open(this.manyLoop(set, repeat, q, from));
      this.fail = "continue;";
      this.filter(follow, q);
    }
    this.fail = "continue;";
    this.line(`let ${next} = ${q};`);
    this.place = next;
    this.items(rest, false);
  }

  private fewLoop(set: ByteSet, q: string, from: string): string {
    if (set === ALL) return `for (let ${q} = ${from}; ${q} <= end; ${q}++) {`;
    return `for (let ${q} = ${from}; ${q} == ${from} || (${q} <= end && ${this.tests.test(set, this.byteAt(`${q} - 1`))}); ${q}++) {`;
  }

  private manyLoop(set: ByteSet, repeat: string, q: string, from: string): string {
    if (repeat === "option") {
      const one = set === ALL ? `${from} < end` : `${from} < end && ${this.tests.test(set, this.byteAt(from))}`;
      return `for (let ${q} = ${from} + usize(${one}); ${q} >= ${from}; ${q}--) {`;
    }
    if (set === ALL) return `for (let ${q} = end; ${q} >= ${from}; ${q}--) {`;
    this.line(`let ${q} = ${from};`);
    this.line(`while (${q} < end && ${this.tests.test(set, this.byteAt(q))}) ${q}++;`);
    return `for (; ${q} >= ${from}; ${q}--) {`;
  }

  /** Passes over places from which what follows cannot match. */
  private filter({ set, canEnd }: Filter, q: string): void {
    if (set === ALL && canEnd) return;
    const fails = set === ALL ? undefined : this.tests.fails(set, this.byteAt(q));
    if (set === 0n) this.failIf(`${q} != end`);
    else if (canEnd) this.failIf(`${q} != end && ${fails}`);
    else this.failIf(fails === undefined ? `${q} == end` : `${q} == end || ${fails}`);
  }
}

function hexadecimal(bytes: string): string {
  const digits = [...bytes].toReversed().map((c) => c.charCodeAt(0).toString(16).padStart(2, "0"));
  return `0x${digits.join("").replace(/^0+(?=.)/, "")}`;
}

/** Part of a pattern as it can stand in a comment. */
export function printable(source: string): string {
  const shown = [...source].map((c) =>
    c < " " || c > "~" ? `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}` : c,
  );
  return shown.join("").replaceAll("*/", "*\\/");
}
