import { raiseDead, raiseText } from "../error";
import { property } from "../host";
import { Fields, findEntry, MapEntry } from "../protobuf";
import { protoValue } from "../proto-value";
import { run } from "../run";
import { EMPTY, Str } from "../str";
import { nil, Value } from "../value";
import { cString } from "../c-string";
import { alloc } from "../memory/arena";
import { stringArgument } from "./argument";
import { beginIteration, endIteration, isIterating } from "./iteration";
import { EnvoyObject, FILTER_CONTEXT, METADATA, VIRTUAL_HOST_METADATA } from "./object";

/** Name of the Lua filter in the chain, under which its metadata is found. */
let filterName = Str.of("envoy.filters.http.lua");

export function setFilterName(name: Str): void {
  filterName = name;
}

const LUA_FILTER = Str.of("envoy.filters.http.lua");
/** Where migration puts the `filter_context` of a route. */
const CONTEXT_NAME = Str.of("moonshift.filter_context");

const ROUTE_METADATA_PATH = Str.of("xds\0route_metadata");
const VIRTUAL_HOST_METADATA_PATH = Str.of("xds\0virtual_host_metadata");

/** Field of `envoy.config.core.v3.Metadata`. */
const FILTER_METADATA: u32 = 1;
/** Field of `google.protobuf.Struct`. */
const STRUCT_FIELDS: u32 = 1;

/** A Struct of the metadata of route or virtual host. */
// @ts-ignore: decorator
@unmanaged
export class Metadata extends EnvoyObject {
  get<K>(key: K, line: i32 = 0): Value {
    this.checkAlive(line);
    const name = cString(stringArgument<K>(key, 1, "get", line)),
      entry = findEntry(this.fields, STRUCT_FIELDS, name);
    return entry ? protoValue(Fields.of(entry.bytes, entry.size)) : nil;
  }

  pairs(line: i32): MetadataPairs {
    this.checkAlive(line);
    if (isIterating(this.kind)) raiseText("cannot create a second iterator before completing the first", line);
    beginIteration(this.kind);
    return MetadataPairs.start(this.fields, this.kind);
  }

  /** The fields of the Struct; none when there is no such metadata. */
  private get fields(): Fields {
    const kind = this.kind,
      metadata = property(kind == VIRTUAL_HOST_METADATA ? VIRTUAL_HOST_METADATA_PATH : ROUTE_METADATA_PATH) || EMPTY;
    let found = structOf(metadata, kind == FILTER_CONTEXT ? CONTEXT_NAME : filterName);
    if (!found && kind == METADATA) found = structOf(metadata, LUA_FILTER);
    return found ? Fields.of(found.bytes, found.size) : Fields.of(0, 0);
  }
}

function structOf(metadata: Str, name: Str): MapEntry | null {
  return findEntry(Fields.of(metadata.bytes, metadata.byteLength), FILTER_METADATA, name);
}

/** `for key, value in pairs(metadata)`. */
// @ts-ignore: decorator
@unmanaged
export class MetadataPairs {
  private fields: Fields;
  private entry: MapEntry;
  private kind: u32;
  private epoch: u32;

  static start(fields: Fields, kind: u32): MetadataPairs {
    const self = changetype<MetadataPairs>(alloc(offsetof<MetadataPairs>()));
    self.fields = fields;
    self.kind = kind;
    self.epoch = run.epoch;
    return self;
  }

  next(line: i32 = 0): bool {
    if (YIELDS && this.epoch != run.epoch) raiseDead(line);
    if (!this.fields.next()) {
      endIteration(this.kind);
      return false;
    }
    this.entry = MapEntry.of(this.fields);
    return true;
  }

  get key(): Str {
    return this.entry.key;
  }

  get value(): Value {
    return protoValue(Fields.of(this.entry.bytes, this.entry.size));
  }
}
