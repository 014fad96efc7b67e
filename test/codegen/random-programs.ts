import type { Case } from "./run-compiled.js";

/** Random numbers from a seed (mulberry32): the same programs for the same seed on every machine. */
class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
}

/** `count` programs, each the body of a function; program i is the same whatever the count. */
export function randomPrograms(seed: number, count: number): readonly Case[] {
  return Array.from({ length: count }, (_, i) => {
    const random = new Random(seed * 1_000_003 + i);
    return { name: `program ${seed} ${i}`, lua: new Generator(random).program() };
  });
}

const NAMES = ["a", "b", "c", "x", "y", "self", "count", "t", "index", "value"];
const STRINGS = ['"a"', '"b"', '"10"', '""', '"abc"', '"0x1F"', '"a,b,c"'];
const NUMBERS = ["0", "1", "2", "3", "-1", "0.5", "10", "1e15", "7"];

/** Programs that always end: loops run a fixed number of times, functions call only those declared before them. */
class Generator {
  private scopes: { name: string; kind: "value" | "table" | "function" }[][] = [[]];
  private depth = 0;
  private loops = 0;

  constructor(private readonly random: Random) {}

  program(): string {
    const lines = this.block(4 + this.random.below(5));
    return [...lines, `return ${this.visibleResults()}`].join("\n");
  }

  private visibleResults(): string {
    const names = this.names("value").slice(-5);
    const table = this.names("table").slice(-2);
    return [...names, ...table.flatMap((name) => [`${name}.x`, `${name}[1]`]), "1"].join(", ");
  }

  private block(count: number): string[] {
    this.scopes.push([]);
    const lines = Array.from({ length: count }, () => this.statement());
    const result = lines.flat();
    this.scopes.pop();
    this.scopes.at(-1)?.push();
    return this.depth === 0 ? this.reopened(lines.flat()) : result;
  }

  /** The outermost block's names stay visible to the final `return`. */
  private reopened(lines: string[]): string[] {
    const declared = new Map<string, "value" | "table" | "function">();
    for (const line of lines) {
      const match = /^local (function )?(\w+)(?: = (\{)|)/.exec(line);
      if (match) declared.set(match[2] as string, match[1] ? "function" : match[3] ? "table" : "value");
    }
    this.scopes[0] = [...declared].map(([name, kind]) => ({ name, kind }));
    return lines;
  }

  private statement(): string[] {
    const { random } = this;
    const kind = random.below(this.depth > 2 ? 5 : 12);
    switch (kind) {
      case 0:
      case 1:
        return this.local();
      case 2:
        return this.assignment();
      case 3:
        return this.tableAssignment();
      case 4:
        return [
          `local ${this.declare("value")} = ${this.expression(2)}`.replace(/^local (\w+) = (.*)$/, (_, name, value) =>
            this.late(name, value),
          ),
        ];
      case 5:
        return this.nested(`if ${this.expression(2)} then`, random.below(2) ? "else" : undefined);
      case 6:
        return this.numericFor();
      case 7:
        return this.genericFor();
      case 8:
        return this.whileLoop();
      case 9:
        return this.functionStatement();
      case 10:
        return this.protectedCall();
      default:
        return this.nested("do");
    }
  }

  /** The value was made after the name was declared; names of the value's own cannot be meant by it, so this is a block of its own. */
  private late(name: string, value: string): string {
    return `local ${name} ${name} = ${value}`;
  }

  private local(): string[] {
    const { random } = this;
    if (random.below(4) === 0) {
      const value = this.table();
      return [`local ${this.declare("table")} = ${value}`];
    }
    if (random.below(4) === 0) {
      const values = [this.expression(2), this.expression(2)];
      return [`local ${this.declare("value")}, ${this.declare("value")} = ${values.join(", ")}`];
    }
    const value = this.expression(3);
    return [`local ${this.declare("value")} = ${value}`];
  }

  private assignment(): string[] {
    const names = this.names("value");
    if (names.length === 0) return this.local();
    if (this.random.below(3) === 0) {
      return [`${this.random.pick(names)}, ${this.random.pick(names)} = ${this.expression(2)}, ${this.expression(2)}`];
    }
    return [`${this.random.pick(names)} = ${this.expression(3)}`];
  }

  private tableAssignment(): string[] {
    const names = this.names("table");
    if (names.length === 0) return this.local();
    const key = this.random.pick([".x", ".y", "[1]", "[2]", '["x"]']);
    return [`${this.random.pick(names)}${key} = ${this.expression(2)}`];
  }

  private nested(head: string, middle?: string): string[] {
    this.depth++;
    const lines = [
      head,
      ...this.block(1 + this.random.below(3)),
      ...(middle ? [middle, ...this.block(1 + this.random.below(2))] : []),
      "end",
    ];
    this.depth--;
    return lines;
  }

  private numericFor(): string[] {
    const head = this.random.pick(["1, 3", "3, 1, -1", "0, 1, 0.5", '"1", 2', "2, 1"]);
    return this.loop((name) => `for ${name} = ${head} do`);
  }

  private genericFor(): string[] {
    const table = this.random.pick([...this.names("table"), "{1, 2, 3}", '{"a", nil, "c"}']);
    return this.loop((name) => `for _, ${name} in ipairs(${table}) do`);
  }

  private loop(head: (name: string) => string): string[] {
    if (this.loops > 1) return this.local();
    this.depth++;
    this.loops++;
    this.scopes.push([]);
    const first = head(this.declare("value"));
    const lines = [first, ...this.block(1 + this.random.below(3))];
    if (this.random.below(3) === 0) lines.push(`if ${this.expression(1)} then break end`);
    this.scopes.pop();
    this.loops--;
    this.depth--;
    return [...lines, "end"];
  }

  private whileLoop(): string[] {
    if (this.loops > 1) return this.local();
    const guard = `guard_${this.depth}`;
    this.depth++;
    this.loops++;
    const repeat = this.random.below(2) === 0;
    const body = this.block(1 + this.random.below(3));
    const condition = this.expression(1);
    this.loops--;
    this.depth--;
    const count = `${guard} = ${guard} + 1`;
    const loop = repeat
      ? ["repeat", count, ...body, `until ${guard} > 2 or ${condition}`]
      : [`while ${guard} < 3 and (${condition}) do`, count, ...body, "end"];
    return ["do", `local ${guard} = 0`, ...loop, "end"];
  }

  private functionStatement(): string[] {
    const { random } = this;
    const parameters = ["p", "q"].slice(0, random.below(3));
    const varargs = random.below(4) === 0;
    this.depth++;
    const loops = this.loops;
    this.loops = 2;
    this.scopes.push(parameters.map((name) => ({ name, kind: "value" as const })));
    const body = this.block(random.below(3));
    const results = Array.from({ length: random.below(3) }, () => this.expression(2));
    if (varargs && random.below(2)) results.push("...");
    this.scopes.pop();
    this.loops = loops;
    this.depth--;
    const name = `f${random.below(3)}`;
    this.scopes.at(-1)?.push({ name, kind: "function" });
    return [
      `local function ${name}(${[...parameters, ...(varargs ? ["..."] : [])].join(", ")})`,
      ...body,
      `return ${results.join(", ")}`,
      "end",
    ];
  }

  private protectedCall(): string[] {
    this.depth++;
    const loops = this.loops;
    this.loops = 2;
    const body = this.block(1 + this.random.below(2));
    const result = this.expression(2);
    this.loops = loops;
    this.depth--;
    const ok = this.declare("value");
    const error = this.declare("value");
    return [`local ${ok}, ${error} = pcall(function()`, ...body, `local r = ${result}`, "return r", "end)"];
  }

  private table(): string {
    const items = Array.from({ length: this.random.below(4) }, () =>
      this.random.pick([
        () => this.expression(1),
        () => `x = ${this.expression(1)}`,
        () => `["y"] = ${this.expression(1)}`,
      ])(),
    );
    return `{${items.join(", ")}}`;
  }

  private expression(size: number): string {
    const { random } = this;
    if (size <= 0) return this.atom();
    const sub = (): string => this.expression(size - 1);
    switch (random.below(13)) {
      case 0:
      case 1:
        return `(${sub()} ${random.pick(["+", "-", "*", "/", "%"])} ${sub()})`;
      case 2:
        return `(${sub()} .. ${sub()})`;
      case 3:
        return `(${sub()} ${random.pick(["==", "~="])} ${sub()})`;
      case 4:
        return `(${sub()} ${random.pick(["<", "<=", ">", ">="])} ${sub()})`;
      case 5:
      case 6:
        return `(${sub()} ${random.pick(["and", "or"])} ${sub()})`;
      case 7:
        return random.pick([
          `(not ${sub()})`,
          `(- ${sub()})`,
          `#${this.atom()}`.replace(/#(-?[\d.]\S*|true|false|nil)$/, '#"ab"'),
        ]);
      case 8:
        return random.pick([`tostring(${sub()})`, `tonumber(${sub()})`, `type(${sub()})`]);
      case 9:
        return random.pick([
          `string.sub(${sub()}, 1, 2)`,
          `string.match("k=v", ${random.pick(['"=(.*)"', '"z"', '"(%w)="'])})`,
          `string.rep(${sub()}, 2)`,
        ]);
      case 10:
        return this.call(size);
      case 11:
        return this.field();
      default:
        return this.atom();
    }
  }

  private call(size: number): string {
    const names = this.names("function");
    if (names.length === 0) return this.atom();
    const args = Array.from({ length: this.random.below(4) }, () => this.expression(size - 1));
    return `(${this.random.pick(names)}(${args.join(", ")}))`;
  }

  private field(): string {
    const names = this.names("table");
    return names.length === 0
      ? this.atom()
      : `${this.random.pick(names)}${this.random.pick([".x", ".y", "[1]", "[2]"])}`;
  }

  private atom(): string {
    const names = this.names("value");
    if (names.length > 0 && this.random.below(2)) return this.random.pick(names);
    return this.random.pick([
      this.random.pick(NUMBERS),
      this.random.pick(STRINGS),
      this.random.pick(["nil", "true", "false"]),
    ]);
  }

  private declare(kind: "value" | "table"): string {
    const name = `${this.random.pick(NAMES)}${kind === "table" ? "_t" : ""}`;
    this.scopes.at(-1)?.push({ name, kind });
    return name;
  }

  private names(kind: "value" | "table" | "function"): readonly string[] {
    const visible = new Map(this.scopes.flat().map((entry) => [entry.name, entry.kind]));
    return [...visible].filter(([, is]) => is === kind).map(([name]) => name);
  }
}
