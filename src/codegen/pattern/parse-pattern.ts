import type { Item, Pattern, Repeat } from "./ast.js";
import { ALL, type ByteSet, byteOf, byteRange, complement, EMPTY, escaped } from "./byte-set.js";
import { narrow } from "./narrow.js";

export interface PatternOptions {
  /** `^` at the start stands for itself, as in `string.gmatch`. */
  readonly literalCaret?: boolean;
}

/** LuaJIT's matcher recurses for so many items at most; with fewer it cannot find a pattern too complex. */
const MOST_ITEMS = 190;
const MOST_CAPTURES = 32;

/**
 * Reads a Lua pattern (one character a byte). Undefined for one that is better left to the general matcher: malformed ones (LuaJIT
 * raises when it gets to the fault, not before), those with a NUL or an open capture, and very long ones.
 */
export function parsePattern(text: string, { literalCaret = false }: PatternOptions = {}): Pattern | undefined {
  if (text.includes("\0") || text.length > MOST_ITEMS) return undefined;
  const anchored = !literalCaret && text.startsWith("^");
  const reader = new PatternReader(text, anchored ? 1 : 0);
  const items = reader.read();
  if (!items) return undefined;
  return { text, anchored, captures: reader.captures, ...narrow(items) };
}

/** An item as read: how it can be repeated is decided by `narrow`. */
export type ReadItem =
  | Exclude<Item, { readonly kind: "single" }>
  | { readonly kind: "single"; readonly set: ByteSet; readonly repeat: Repeat; readonly source: string };

class PatternReader {
  readonly captures: ("text" | "position")[] = [];
  private readonly open: number[] = [];
  private readonly items: ReadItem[] = [];

  constructor(
    private readonly text: string,
    private at: number,
  ) {}

  /** Undefined for a malformed pattern. */
  read(): readonly ReadItem[] | undefined {
    while (this.at < this.text.length) if (!this.readItem()) return undefined;
    return this.open.length === 0 ? this.items : undefined;
  }

  private peek(ahead = 0): string {
    return this.text.charAt(this.at + ahead);
  }

  private readItem(): boolean {
    const next = this.peek(1);
    switch (this.peek()) {
      case "(":
        return this.readOpen(next === ")");
      case ")":
        return this.readClose();
      case "$":
        if (next !== "") return this.readSingle();
        this.at++;
        return this.add({ kind: "end" });
      case "%":
        if (next === "b") return this.readBalance();
        if (next === "f") return this.readFrontier();
        return /\d/.test(next) ? this.readBack(Number(next)) : this.readSingle();
      default:
        return this.readSingle();
    }
  }

  private add(item: ReadItem): true {
    this.items.push(item);
    return true;
  }

  private readOpen(position: boolean): boolean {
    if (this.captures.length === MOST_CAPTURES) return false;
    this.captures.push(position ? "position" : "text");
    const capture = this.captures.length;
    if (!position) this.open.push(capture);
    this.at += position ? 2 : 1;
    return this.add({ kind: position ? "position" : "open", capture });
  }

  private readClose(): boolean {
    const capture = this.open.pop();
    this.at++;
    return capture !== undefined && this.add({ kind: "close", capture });
  }

  private readBalance(): boolean {
    const source = this.text.slice(this.at, this.at + 4);
    this.at += 4;
    return (
      source.length === 4 &&
      this.add({ kind: "balance", open: source.charCodeAt(2), close: source.charCodeAt(3), source })
    );
  }

  private readFrontier(): boolean {
    const start = this.at;
    this.at += 2;
    const set = this.peek() === "[" ? this.readSet() : undefined;
    return set !== undefined && this.add({ kind: "frontier", set, source: this.text.slice(start, this.at) });
  }

  private readBack(capture: number): boolean {
    this.at += 2;
    if (this.captures[capture - 1] !== "text" || this.open.includes(capture)) return false;
    return this.add({ kind: "back", capture });
  }

  private readSingle(): boolean {
    const start = this.at;
    const set = this.readBytes();
    if (set === undefined) return false;
    const source = this.text.slice(start, this.at);
    const quantifier = this.peek();
    if (!/[*+?-]/.test(quantifier)) {
      const literal =
        source.length === 1 && source !== "."
          ? source
          : source[0] === "%" && set === byteOf(source.charCodeAt(1))
            ? source[1]
            : undefined;
      return literal === undefined
        ? this.add({ kind: "single", set, repeat: "one", source })
        : this.addLiteral(literal);
    }
    this.at++;
    if (quantifier === "+") this.add({ kind: "single", set, repeat: "one", source: `${source}+` });
    const repeat = quantifier === "?" ? "option" : quantifier === "-" ? "few" : "many";
    return this.add({ kind: "single", set, repeat, source: quantifier === "+" ? "" : source + quantifier });
  }

  /** Joins a byte to the literal before it. */
  private addLiteral(byte: string): true {
    const last = this.items.at(-1);
    if (last?.kind !== "literal") return this.add({ kind: "literal", bytes: byte });
    this.items[this.items.length - 1] = { kind: "literal", bytes: last.bytes + byte };
    return true;
  }

  private readBytes(): ByteSet | undefined {
    const c = this.peek();
    if (c === "[") return this.readSet();
    this.at++;
    if (c === ".") return ALL;
    if (c !== "%") return byteOf(c.charCodeAt(0));
    const letter = this.peek();
    this.at++;
    return letter === "" ? undefined : escaped(letter.charCodeAt(0));
  }

  /** `[…]`; undefined when it has no end. LuaJIT looks for the end first, and then reads ranges without regard to escapes in them. */
  private readSet(): ByteSet | undefined {
    const { text } = this;
    const inverted = this.peek(1) === "^";
    const first = this.at + (inverted ? 2 : 1);
    let close = first;
    do {
      if (close >= text.length) return undefined;
      if (text[close++] === "%" && close < text.length) close++;
    } while (close >= text.length || text[close] !== "]");
    let set = EMPTY;
    for (let p = first; p < close; p++) {
      if (text[p] === "%") set |= escaped(text.charCodeAt(++p));
      else if (text[p + 1] === "-" && p + 2 < close) {
        set |= byteRange(text.charCodeAt(p), text.charCodeAt(p + 2));
        p += 2;
      } else set |= byteOf(text.charCodeAt(p));
    }
    this.at = close + 1;
    return inverted ? complement(set) : set;
  }
}
