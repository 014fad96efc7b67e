// `dynamicTypedMetadata`: Envoy takes a message apart by its descriptor; the module knows the types of google.protobuf.
import { enter, leave } from "../depth";
import { property } from "../host";
import { Fields, findEntry, malformed, MapEntry, setMalformed } from "../protobuf";
import { EMPTY, Str } from "../str";
import { Table } from "../table";
import { boolean, isNil, nil, number, string, table, Value } from "../value";

const METADATA = Str.of("metadata");
const TYPED_FILTER_METADATA: u32 = 2;
/** Fields of `google.protobuf.Any`. */
const TYPE_URL: u32 = 1;
const CONTENTS: u32 = 2;

/** The message kept for `filter` as a table of the fields that are set; null when there is none of a known type. */
export function typedMetadata(filter: Str): Table | null {
  const metadata = property(METADATA) || EMPTY,
    entry = findEntry(Fields.of(metadata.bytes, metadata.byteLength), TYPED_FILTER_METADATA, filter);
  if (!entry) return null;
  let type = EMPTY,
    bytes: usize = 0,
    size: u32 = 0;
  for (const part = Fields.of(entry.bytes, entry.size); part.next(); ) {
    if (part.number == TYPE_URL) type = part.text;
    else if (part.number == CONTENTS) {
      bytes = part.bytes;
      size = part.size;
    }
  }
  setMalformed(false);
  const t = decode(typeName(type), Fields.of(bytes, size));
  return malformed ? null : t;
}

/** What follows the last slash of the type's URL. */
function typeName(url: Str): Str {
  let i = url.byteLength;
  while (i && url.at(i - 1) != 47) i--;
  return i ? url.slice(i, url.byteLength - i) : EMPTY;
}

const STRUCT = Str.of("google.protobuf.Struct");
const VALUE = Str.of("google.protobuf.Value");
const LIST_VALUE = Str.of("google.protobuf.ListValue");
const EMPTY_MESSAGE = Str.of("google.protobuf.Empty");
const TIMESTAMP = Str.of("google.protobuf.Timestamp");
const DURATION = Str.of("google.protobuf.Duration");
const STRING_VALUE = Str.of("google.protobuf.StringValue");
const BYTES_VALUE = Str.of("google.protobuf.BytesValue");
const BOOL_VALUE = Str.of("google.protobuf.BoolValue");
const INT32_VALUE = Str.of("google.protobuf.Int32Value");
const INT64_VALUE = Str.of("google.protobuf.Int64Value");
const UINT32_VALUE = Str.of("google.protobuf.UInt32Value");
const UINT64_VALUE = Str.of("google.protobuf.UInt64Value");
const DOUBLE_VALUE = Str.of("google.protobuf.DoubleValue");
const FLOAT_VALUE = Str.of("google.protobuf.FloatValue");

const SECONDS = Str.of("seconds");
const NANOS = Str.of("nanos");
const VALUE_FIELD = Str.of("value");

function decode(type: Str, fields: Fields): Table | null {
  if (type == STRUCT) return structMessage(fields);
  if (type == VALUE) return valueMessage(fields);
  if (type == LIST_VALUE) return listMessage(fields);
  if (type == TIMESTAMP || type == DURATION) return timeMessage(fields);
  if (type == EMPTY_MESSAGE) return emptyMessage(fields);
  if (isWrapper(type)) return wrapperMessage(type, fields);
  return null;
}

function isWrapper(type: Str): bool {
  return (
    type == STRING_VALUE || type == BYTES_VALUE || type == BOOL_VALUE || type == INT32_VALUE || type == INT64_VALUE || type == UINT32_VALUE ||
    type == UINT64_VALUE || type == DOUBLE_VALUE || type == FLOAT_VALUE
  );
}

/** A field that is not set, or has the default value, is not there. */
function wrapperMessage(type: Str, fields: Fields): Table {
  const t = Table.create(0, 1);
  while (fields.next()) {
    if (fields.number != 1) continue;
    const v = wrapped(type, fields);
    if (v != number(0) && !isNil(v)) t.setString(VALUE_FIELD, v);
  }
  return t;
}

function wrapped(type: Str, field: Fields): Value {
  const raw = field.raw;
  if (type == STRING_VALUE || type == BYTES_VALUE) return field.size ? string(field.text) : nil;
  if (type == BOOL_VALUE) return raw ? boolean(true) : nil;
  if (type == DOUBLE_VALUE) return number(reinterpret<f64>(raw));
  if (type == FLOAT_VALUE) return number(<f64>reinterpret<f32>(<u32>raw));
  if (type == INT32_VALUE) return number(<f64>(<i32>raw));
  if (type == INT64_VALUE) return number(<f64>(<i64>raw));
  if (type == UINT32_VALUE) return number(<f64>(<u32>raw));
  return number(<f64>raw);
}

function timeMessage(fields: Fields): Table {
  const t = Table.create(0, 2);
  while (fields.next()) {
    if (fields.number == 1 && fields.raw) t.setString(SECONDS, number(<f64>(<i64>fields.raw)));
    if (fields.number == 2 && fields.raw) t.setString(NANOS, number(<f64>(<i32>fields.raw)));
  }
  return t;
}

function emptyMessage(fields: Fields): Table {
  while (fields.next()) continue;
  return Table.create(0, 0);
}

// ------------------------------------------------------------------------------------------------ Struct, as a message

const FIELDS = Str.of("fields");
const VALUES = Str.of("values");
const NULL_VALUE = Str.of("null_value");
const NUMBER_VALUE = Str.of("number_value");
const TEXT_VALUE = Str.of("string_value");
const TRUTH_VALUE = Str.of("bool_value");
const STRUCT_VALUE = Str.of("struct_value");
const LIST_FIELD = Str.of("list_value");

const NESTING: i32 = 512;

function structMessage(fields: Fields): Table {
  const t = Table.create(0, 1),
    entries = Table.create(0, 4);
  let some = false;
  while (fields.next()) {
    if (fields.number != 1) continue;
    const entry = MapEntry.of(fields);
    entries.setString(entry.key, table(valueMessage(Fields.of(entry.bytes, entry.size))));
    some = true;
  }
  if (some) t.setString(FIELDS, table(entries));
  return t;
}

function listMessage(fields: Fields): Table {
  const t = Table.create(0, 1),
    values = Table.create(4, 0);
  while (fields.next()) if (fields.number == 1) values.append(table(valueMessage(fields.message)));
  if (values.length > 0) t.setString(VALUES, table(values));
  return t;
}

/** The last kind that is set counts. */
function valueMessage(fields: Fields): Table {
  enter(0, NESTING);
  let kind = EMPTY,
    v = nil;
  while (fields.next()) {
    const field = kindOf(fields.number);
    if (!field.byteLength) continue;
    kind = field;
    v = contentsOf(fields);
  }
  leave(NESTING);
  const t = Table.create(0, 1);
  if (kind.byteLength) t.setString(kind, v);
  return t;
}

function kindOf(field: u32): Str {
  switch (field) {
    case 1:
      return NULL_VALUE;
    case 2:
      return NUMBER_VALUE;
    case 3:
      return TEXT_VALUE;
    case 4:
      return TRUTH_VALUE;
    case 5:
      return STRUCT_VALUE;
    case 6:
      return LIST_FIELD;
    default:
      return EMPTY;
  }
}

function contentsOf(field: Fields): Value {
  switch (field.number) {
    case 2:
      return number(reinterpret<f64>(field.raw));
    case 3:
      return string(field.text);
    case 4:
      return boolean(field.raw != 0);
    case 5:
      return table(structMessage(field.message));
    case 6:
      return table(listMessage(field.message));
    default:
      return number(<f64>(<i32>field.raw));
  }
}
