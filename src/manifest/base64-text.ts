import { type MappedText, MappedTextBuilder, sourceOffset } from "./offset-map.js";

/** The UTF-8 text that a base64 text holds, each character with the base64 digit it begins in; undefined where it holds none. */
export function base64Text(encoded: MappedText): MappedText | undefined {
  const digits = [...encoded.text.matchAll(/[^\s=]/g)].map((match) => match.index);
  if (!/^[A-Za-z0-9+/\-_\s]*[=\s]*$/.test(encoded.text)) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(encoded.text, "base64"));
  } catch {
    return undefined;
  }
  const out = new MappedTextBuilder();
  let byte = 0;
  for (const character of text) {
    const digit = digits[Math.floor((byte * 4) / 3)] ?? 0;
    out.appendEscape(character, sourceOffset(encoded.origin, digit));
    byte += Buffer.byteLength(character);
  }
  return out.build(sourceOffset(encoded.origin, 0));
}
