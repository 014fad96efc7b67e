/** Bytes (latin1) as text that JSON and terminals can carry: UTF-8 where it is, `\xff` for other bytes and control characters. */
export function printable(bytes: string): string {
  const text = Buffer.from(bytes, "latin1").toString("utf8");
  const readable = text.includes("\ufffd") ? bytes.replace(/[\x80-\xff]/g, escapeByte) : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is escaped
  return readable.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, escapeByte);
}

function escapeByte(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
