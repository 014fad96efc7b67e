import type { Random } from "./random.js";

/**
 * What a name stands for. `any`: nil, boolean, number or string; `table`: a table of such values; `list`: a sequence without holes;
 * `object`: a table with a metatable; `function`: takes and gives such values.
 */
export type Kind = "number" | "string" | "boolean" | "any" | "table" | "list" | "object" | "function";

const NAMES = ["a", "b", "c", "x", "y", "self", "count", "t", "index", "value"];

/** A program while it is written: the names in scope, and how deep it stands. */
export class Program {
  private readonly scopes: Map<string, Kind>[] = [new Map()];
  depth = 0;
  /** Loops around, which multiply. */
  loops = 0;
  /** Whether `...` can be used. */
  varargs = false;
  /** Whether this is inside of a coroutine's function, or of one made there. */
  yields = false;
  private counter = 0;

  constructor(readonly random: Random) {}

  /** A variable that the statement after this one can use. Names come again, so that they hide each other. */
  declare(kind: Kind): string {
    const suffix = { list: "_l", table: "_t", object: "_o", function: "_f" }[kind as string] ?? "";
    const name = `${this.random.pick(NAMES)}${suffix}`;
    this.scopes.at(-1)?.set(name, kind);
    return name;
  }

  /** Something that can be read and assigned like a variable, from the next statement on: `r1.x`. */
  name(text: string, kind: Kind): void {
    this.scopes.at(-1)?.set(text, kind);
  }

  /** A name that nothing else has. */
  fresh(prefix: string): string {
    return `${prefix}${++this.counter}`;
  }

  /** From now on the name may stand for anything. */
  loosen(name: string): void {
    for (const scope of this.scopes) if (scope.has(name)) scope.set(name, "any");
  }

  names(...kinds: readonly Kind[]): readonly string[] {
    const visible = new Map(this.scopes.flatMap((scope) => [...scope]));
    return [...visible].filter(([, kind]) => kinds.includes(kind)).map(([name]) => name);
  }

  /** What stands in a block of its own, with these names. */
  block<T>(names: Readonly<Record<string, Kind>>, write: () => T): T {
    this.scopes.push(new Map(Object.entries(names)));
    this.depth++;
    const written = write();
    this.depth--;
    this.scopes.pop();
    return written;
  }

  /** The body of a function: loops around it do not multiply, since it is called a few times at most. */
  body<T>(parameters: Readonly<Record<string, Kind>>, varargs: boolean, write: () => T): T {
    const before = { loops: this.loops, varargs: this.varargs };
    Object.assign(this, { loops: 2, varargs });
    const written = this.block(parameters, write);
    Object.assign(this, before);
    return written;
  }

  /** The body of a coroutine, which takes any number of values; one loop of its own may yield. */
  coroutineBody<T>(parameters: Readonly<Record<string, Kind>>, write: () => T): T {
    const before = { loops: this.loops, varargs: this.varargs, yields: this.yields };
    Object.assign(this, { loops: 1, varargs: true, yields: true });
    const written = this.block(parameters, write);
    Object.assign(this, before);
    return written;
  }
}
