import type { TopLevelNames } from "./names.js";
import { PatternFile } from "./pattern/pattern-file.js";

/** The constant patterns that a filter uses, under names that are free in `filter.ts`. */
export class Patterns {
  private readonly file = new PatternFile();
  private readonly aliases = new Map<string, string>();

  constructor(private readonly topLevel: TopLevelNames) {}

  /** The class that searches for a pattern; undefined when the general matcher has to. `literalCaret`: as in `gmatch`. */
  matcher(text: string, literalCaret = false): string | undefined {
    return this.alias(this.file.matcher(text, { literalCaret }));
  }

  /** The function that tells whether a string matches. */
  test(text: string): string | undefined {
    return this.alias(this.file.test(text));
  }

  get isEmpty(): boolean {
    return this.file.isEmpty;
  }

  print(): string {
    return this.file.print();
  }

  printImports(): readonly string[] {
    if (this.aliases.size === 0) return [];
    const names = [...this.aliases].map(([name, alias]) => (name === alias ? name : `${name} as ${alias}`));
    return [`import { ${names.sort().join(", ")} } from "./patterns";`];
  }

  private alias(name: string | undefined): string | undefined {
    if (name === undefined) return undefined;
    let alias = this.aliases.get(name);
    if (alias === undefined) {
      alias = this.topLevel.declare(name);
      this.aliases.set(name, alias);
    }
    return alias;
  }
}
