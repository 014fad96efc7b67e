/**
 * Does a text mention Lua in a way that a manifest would? A cheap test before parsing, so it may say yes too often but never no to a
 * text with a script: every spelling that the finders look for has one of these words (letters written as \u escapes apart).
 */
export function mentionsLua(text: string): boolean {
  return /inline_?code|source_?codes?\b|lua_?scripts|envoy_on_re(?:quest|sponse)|\blua\\?["']?\s*:|lua\.v[23]\.Lua/i.test(
    text,
  );
}

/** Is this string, standing where nothing says that it is Lua, an Envoy script? */
export function isEnvoyScript(text: string): boolean {
  return (
    /^[^\S\n]*(?:local\s+)?(?:function\s+envoy_on_re(?:quest|sponse)\b|envoy_on_re(?:quest|sponse)\s*=)/m.test(text) &&
    /^\s*(?:--(?!-(?:\s|$))|#!|local\b|function\b|[A-Za-z_][\w.]*\s*[=(])/.test(text)
  );
}
