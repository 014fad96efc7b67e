/** A JSON value as a serialised google.protobuf.Value: the form in which Envoy's header_to_metadata filter takes any type. */
export function encodeProtobufValue(value: unknown): Buffer {
  if (value === null) return Buffer.from([field(1, VARINT), 0]);
  if (typeof value === "boolean") return Buffer.from([field(4, VARINT), Number(value)]);
  if (typeof value === "string") return delimited(3, Buffer.from(value, "utf8"));
  if (typeof value === "number") {
    const bytes = Buffer.alloc(9);
    bytes[0] = field(2, FIXED64);
    bytes.writeDoubleLE(value, 1);
    return bytes;
  }
  if (Array.isArray(value)) {
    return delimited(6, Buffer.concat(value.map((item) => delimited(1, encodeProtobufValue(item)))));
  }
  return delimited(5, encodeStruct(value as object));
}

/** A google.protobuf.Struct. */
function encodeStruct(fields: object): Buffer {
  return encodeMap(Object.entries(fields).map(([key, item]) => [key, encodeProtobufValue(item)]));
}

/** An envoy.config.core.v3.Metadata with `filter_metadata`. */
export function encodeMetadata(filterMetadata: Readonly<Record<string, unknown>>): Buffer {
  return encodeMap(Object.entries(filterMetadata).map(([name, struct]) => [name, encodeStruct(struct as object)]));
}

/** A map field with number 1: entries with key 1 and message 2. */
function encodeMap(entries: readonly (readonly [string, Buffer])[]): Buffer {
  return Buffer.concat(
    entries.map(([key, message]) =>
      delimited(1, Buffer.concat([delimited(1, Buffer.from(key, "utf8")), delimited(2, message)])),
    ),
  );
}

/** A message of small numbers and bytes. */
export function encodeFields(fields: readonly (readonly [number: number, value: number | Buffer])[]): Buffer {
  return Buffer.concat(
    fields.map(([number, value]) =>
      typeof value === "number" ? Buffer.from([field(number, VARINT), ...varint(value)]) : delimited(number, value),
    ),
  );
}

/** The fields of a message that hold bytes, by number. */
export function fieldsOf(message: Buffer): ReadonlyMap<number, Buffer> {
  const fields = new Map<number, Buffer>();
  for (let at = 0; at < message.length; ) {
    const [tag, start] = readVarint(message, at);
    const [value, end] = readVarint(message, start);
    const isBytes = (tag & 7) === DELIMITED;
    if (isBytes) fields.set(tag >>> 3, message.subarray(end, end + value));
    at = isBytes ? end + value : end;
  }
  return fields;
}

const [VARINT, FIXED64, DELIMITED] = [0, 1, 2];

/** A field's tag; all numbers here are below 16, so it is one byte. */
function field(number: number, wireType: number): number {
  return (number << 3) | wireType;
}

function delimited(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([field(number, DELIMITED), ...varint(content.length)]), content]);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

function readVarint(bytes: Buffer, from: number): readonly [value: number, end: number] {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return [value, at];
  }
}
