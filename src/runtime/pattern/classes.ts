// Lua's character classes as tests. No byte from 128 up is in any of them.

// @ts-ignore: decorator
@inline export function isLetter(c: u32): bool { return (c | 32) - 97 < 26; }

// @ts-ignore: decorator
@inline export function isDigit(c: u32): bool { return c - 48 < 10; }

// @ts-ignore: decorator
@inline export function isAlphanumeric(c: u32): bool { return c - 48 < 10 || (c | 32) - 97 < 26; }

// @ts-ignore: decorator
@inline export function isLower(c: u32): bool { return c - 97 < 26; }

// @ts-ignore: decorator
@inline export function isUpper(c: u32): bool { return c - 65 < 26; }

// @ts-ignore: decorator
@inline export function isSpace(c: u32): bool { return c == 32 || c - 9 < 5; }

// @ts-ignore: decorator
@inline export function isControl(c: u32): bool { return c < 32 || c == 127; }

// @ts-ignore: decorator
@inline export function isPrintable(c: u32): bool { return c - 33 < 94; }

// @ts-ignore: decorator
@inline export function isPunctuation(c: u32): bool { return c - 33 < 94 && !isAlphanumeric(c); }

// @ts-ignore: decorator
@inline export function isHexadecimal(c: u32): bool { return c - 48 < 10 || (c | 32) - 97 < 6; }
