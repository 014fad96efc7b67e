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
  const entries = Object.entries(value as object).map(([key, item]) =>
    delimited(1, Buffer.concat([delimited(1, Buffer.from(key, "utf8")), delimited(2, encodeProtobufValue(item))])),
  );
  return delimited(5, Buffer.concat(entries));
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
