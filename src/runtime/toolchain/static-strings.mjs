// `Str.of("text")` is written by people and by the code generator; what the module should hold is the finished byte
// string in static memory: no start-up code, no UTF-16, hash already there.

/** A constant of a module: linked only where it is used, like everything else. */
const CONSTANT = /^(?=(?:export )?const \w+ = Str\.of\(")/gm;

const LITERAL = /\bStr\.of\("((?:[^"\\\n]|\\.)*)"\)/g;
const ESCAPES = { n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, 0: 0 };

/**
 *     const AB = Str.of("ab");  →  @lazy const AB = changetype<Str>(memory.data<u8>([2,0,0,0, h,h,h,h, 97,98], 8));
 *
 * @param {string} source AssemblyScript; characters of the literals are bytes (U+0000 to U+00FF)
 * @returns {string} the same number of lines
 */
export function staticStrings(source) {
  return source.replace(CONSTANT, "@lazy ").replace(LITERAL, (_, text) => {
    const bytes = unescape(text);
    const contents = [...word(bytes.length), ...word(hash(bytes)), ...bytes];
    return `changetype<Str>(memory.data<u8>([${contents.join(",")}], 8))`;
  });
}

/** @param {string} text */
function unescape(text) {
  const bytes = [];
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\") {
      bytes.push(text.charCodeAt(i) & 255);
      continue;
    }
    const escape = text[++i];
    if (escape === "x") {
      bytes.push(Number.parseInt(text.slice(i + 1, i + 3), 16));
      i += 2;
    } else if (escape === "u") {
      bytes.push(Number.parseInt(text.slice(i + 1, i + 5), 16) & 255);
      i += 4;
    } else bytes.push(ESCAPES[escape] ?? escape.charCodeAt(0));
  }
  return bytes;
}

const word = (n) => [n & 255, (n >>> 8) & 255, (n >>> 16) & 255, (n >>> 24) & 255];

/**
 * The hash of `hashOf` in `../str.ts`, which must stay the same function.
 * @param {readonly number[]} bytes
 */
export function hash(bytes) {
  let h = (bytes.length ^ 0x9e3779b9) >>> 0;
  let i = 0;
  const rotate = (x, by) => ((x << by) | (x >>> (32 - by))) >>> 0;
  for (; i + 4 <= bytes.length; i += 4) {
    const w = (bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24)) >>> 0;
    h = Math.imul(rotate((h ^ w) >>> 0, 13), 0x85ebca6b) >>> 0;
  }
  for (; i < bytes.length; i++) h = Math.imul(rotate((h ^ bytes[i]) >>> 0, 7), 0xc2b2ae35) >>> 0;
  h = (h ^ (h >>> 15)) >>> 0;
  return (h | 1) >>> 0;
}
