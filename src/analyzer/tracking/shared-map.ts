/** A map whose copies share their entries until one of them is written to: states are copied at every condition, and few of the copies change. */
export class SharedMap<K, V> implements Iterable<[K, V]> {
  private isShared = false;

  constructor(private entries: Map<K, V> = new Map()) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: K): V | undefined {
    return this.entries.get(key);
  }

  has(key: K): boolean {
    return this.entries.has(key);
  }

  keys(): MapIterator<K> {
    return this.entries.keys();
  }

  values(): MapIterator<V> {
    return this.entries.values();
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries[Symbol.iterator]();
  }

  set(key: K, value: V): void {
    if (this.isShared && this.entries.get(key) === value && this.entries.has(key)) return;
    this.own().set(key, value);
  }

  delete(key: K): void {
    if (this.entries.has(key)) this.own().delete(key);
  }

  copy(): SharedMap<K, V> {
    const copy = new SharedMap(this.entries);
    this.isShared = true;
    copy.isShared = true;
    return copy;
  }

  /** Neither was written to since one was copied from the other. */
  isSameAs(other: SharedMap<K, V>): boolean {
    return this.entries === other.entries;
  }

  private own(): Map<K, V> {
    if (this.isShared) {
      this.entries = new Map(this.entries);
      this.isShared = false;
    }
    return this.entries;
  }
}
