import type { TableContents, Value } from "./value.js";

/** Names values: `#12` is the twelfth that was given a name, `#12.name` a part of it. */
export class ValueKeys {
  /** The number that was given out last. */
  last = 0;
  private readonly inTables = new WeakMap<TableContents, readonly string[]>();

  readonly fresh = (): string => `#${++this.last}`;

  /** The keys of values, and of what is in their tables. */
  heldBy(...holders: readonly Iterable<Value>[]): ReadonlySet<string> {
    const held = new Set<string>();
    for (const values of holders) for (const value of values) this.add(value, held);
    return held;
  }

  private add({ key, table, callees }: Value, held: Set<string>): void {
    if (key !== undefined) held.add(key);
    if (table) for (const inside of this.keysIn(table)) held.add(inside);
    for (const callee of callees ?? []) {
      if (callee.kind !== "iterator") continue;
      for (const value of [...callee.item, callee.over]) this.add(value, held);
    }
  }

  /** What is in a table is looked through once: its contents never change, another table's take their place. */
  private keysIn(table: TableContents): readonly string[] {
    const known = this.inTables.get(table);
    if (known) return known;
    const keys = [...this.heldBy(table.fields.values(), table.other ? [table.other] : [])];
    this.inTables.set(table, keys);
    return keys;
  }
}

/** Of a key that was given out, or of one of its parts (`#12.name`); 0 of others. */
export function keyNumber(key: string): number {
  return key.startsWith("#") ? Number.parseInt(key.slice(1), 10) : 0;
}

/** Whether a value has the key, or is what the key's value is a part of. */
export function isAmong(held: ReadonlySet<string>, key: string): boolean {
  if (held.has(key)) return true;
  const dot = key.indexOf(".");
  return dot !== -1 && held.has(key.slice(0, dot));
}
