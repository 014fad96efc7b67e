/**
 * The name of a chunk in LuaJIT's messages, as `lj_debug_shortname` (lj_debug.c, LUA_IDSIZE 60) makes it of the script's text: its first line, cut:
 * `[string "-- set a header..."]`.
 * @param bytes the script, one character per byte
 */
export function chunkName(bytes: string): string {
  const most = 60 - 12;
  let length = 0;
  while (length < most && length < bytes.length && bytes.charCodeAt(length) >= 32) length++;
  if (length >= bytes.length) return `[string "${bytes}"]`;
  return `[string "${bytes.slice(0, Math.min(length, 60 - 15))}..."]`;
}

/**
 * The name of a chunk that was loaded from a file: its last 56 characters, if it is longer than that and the dots in front of them.
 * @param file one character per byte
 */
export function fileChunkName(file: string): string {
  return file.length >= 60 ? `...${file.slice(-(60 - 4))}` : file;
}

/**
 * The same for the name that `load` is given: `=name` stands for itself, `@name` for a file.
 * @param name one character per byte
 */
export function shownChunkName(name: string): string {
  if (name.startsWith("=")) return name.slice(1, 60);
  return name.startsWith("@") ? fileChunkName(name.slice(1)) : chunkName(name);
}
