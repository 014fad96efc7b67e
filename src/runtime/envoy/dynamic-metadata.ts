import { cString } from "../c-string";
import { raiseDead, raiseText } from "../error";
import { property } from "../host";
import { alloc } from "../memory/arena";
import { Fields, findEntry, MapEntry } from "../protobuf";
import { protoValue, serializeValue, structTable } from "../proto-value";
import { run } from "../run";
import { EMPTY, Str } from "../str";
import { firstKept, keep, Kept } from "../stream-memory";
import { Table } from "../table";
import { boxed, stringArgument } from "./argument";
import { beginIteration, endIteration, isIterating } from "./iteration";
import { DYNAMIC_METADATA, EnvoyObject } from "./object";

const METADATA = Str.of("metadata");
const FILTER_METADATA: u32 = 1;

/**
 * What filters have left for others about the stream. No host call writes it: what the script sets is kept here, and is seen by the script
 * over what other filters wrote, until the companion filters have it (see `companion.ts`), else for as long as the stream lives.
 */
// @ts-ignore: decorator
@unmanaged
export class DynamicMetadata extends EnvoyObject {
  /** A fresh table of all that is there under `filter`; null when there is nothing. */
  get<F>(filter: F, line: i32 = 0): Table | null {
    this.checkAlive(line);
    const name = cString(stringArgument<F>(filter, 1, "get", line)),
      entry = findEntry(metadataFields(), FILTER_METADATA, name);
    return withOwn(entry ? structTable(Fields.of(entry.bytes, entry.size)) : null, name);
  }

  set<F, K, V>(filter: F, key: K, value: V, line: i32): void {
    this.checkAlive(line);
    if (isIterating(DYNAMIC_METADATA)) raiseText("dynamic metadata map cannot be modified while iterating", line);
    const owner = cString(stringArgument<F>(filter, 1, "set", line)),
      name = cString(stringArgument<K>(key, 2, "set", line));
    keep(run.context, owner, name, serializeValue(boxed<V>(value), line));
  }

  pairs(line: i32): DynamicMetadataPairs {
    this.checkAlive(line);
    if (isIterating(DYNAMIC_METADATA)) raiseText("cannot create a second iterator before completing the first", line);
    beginIteration(DYNAMIC_METADATA);
    return DynamicMetadataPairs.start();
  }
}

function metadataFields(): Fields {
  const metadata = property(METADATA) || EMPTY;
  return Fields.of(metadata.bytes, metadata.byteLength);
}

/** `t` with what the script itself set under `filter`. */
function withOwn(t: Table | null, filter: Str): Table | null {
  let all = t,
    kept = firstKept(run.context);
  while (kept) {
    if (kept.owner == filter) {
      const into = all || Table.create(0, 4);
      into.setString(kept.key, protoValue(Fields.of(kept.contents.bytes, kept.contents.byteLength)));
      all = into;
    }
    kept = kept.next;
  }
  return all;
}

/** `for filter, table in pairs(dynamicMetadata)`: what other filters wrote, then what only the script did. */
// @ts-ignore: decorator
@unmanaged
export class DynamicMetadataPairs {
  private fields: Fields;
  private own: Kept | null;
  private epoch: u32;
  key: Str;
  value: Table;

  static start(): DynamicMetadataPairs {
    const self = changetype<DynamicMetadataPairs>(alloc(offsetof<DynamicMetadataPairs>()));
    self.fields = metadataFields();
    self.own = firstKept(run.context);
    self.epoch = run.epoch;
    return self;
  }

  next(line: i32 = 0): bool {
    if (YIELDS && this.epoch != run.epoch) raiseDead(line);
    while (this.fields.next()) {
      if (this.fields.number != FILTER_METADATA) continue;
      const entry = MapEntry.of(this.fields);
      this.key = entry.key;
      this.value = withOwn(structTable(Fields.of(entry.bytes, entry.size)), this.key)!;
      return true;
    }
    while (this.own) {
      const kept = this.own!;
      this.own = kept.next;
      if (!isFirstOfOwner(kept) || findEntry(metadataFields(), FILTER_METADATA, kept.owner)) continue;
      this.key = kept.owner;
      this.value = withOwn(null, kept.owner)!;
      return true;
    }
    endIteration(DYNAMIC_METADATA);
    return false;
  }
}

function isFirstOfOwner(kept: Kept): bool {
  let other = firstKept(run.context);
  while (other && other.owner != kept.owner) other = other.next;
  return changetype<usize>(other) == changetype<usize>(kept);
}
