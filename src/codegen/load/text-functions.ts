/** Functions of `string` on constants, as far as they are needed to know a text: none of them can raise for what it takes. */
type TextFunction = (text: string, ...args: readonly string[]) => string | undefined;

/** Longer ones are not put together. */
const MAXIMUM_LENGTH = 100_000;

/** By the name in the library. Bytes are characters; numbers come as they are written. Undefined: not known. */
export const TEXT_FUNCTIONS: ReadonlyMap<string, TextFunction> = new Map<string, TextFunction>([
  ["string.rep", (text, count, ...more) => (more.length === 0 ? repeated(text, Number(count)) : undefined)],
  [
    "string.sub",
    (text, from, to = "-1", ...more) => (more.length === 0 ? slice(text, Number(from), Number(to)) : undefined),
  ],
  ["string.lower", (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())],
  ["string.upper", (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase())],
  ["string.reverse", (text) => [...text].reverse().join("")],
  ["string.format", format],
  ["string.gsub", replaced],
]);

function repeated(text: string, count: number): string | undefined {
  if (!Number.isInteger(count) || text.length * count > MAXIMUM_LENGTH) return undefined;
  return text.repeat(Math.max(0, count));
}

function slice(text: string, from: number, to: number): string | undefined {
  if (!Number.isInteger(from) || !Number.isInteger(to)) return undefined;
  const place = (at: number): number => (at < 0 ? Math.max(text.length + at + 1, 0) : at);
  return text.slice(Math.max(place(from), 1) - 1, place(to));
}

/** `%s`, `%q`, `%%` and, for an integer, `%d`. */
function format(form: string, ...args: readonly string[]): string | undefined {
  let taken = 0;
  let isKnown = true;
  const text = form.replace(/%(.?)/gs, (_, conversion: string) => {
    if (conversion === "%") return "%";
    const arg = args[taken++];
    const isFit = arg !== undefined && (conversion === "d" ? /^-?\d{1,9}$/.test(arg) : /^[sq]$/.test(conversion));
    isKnown &&= isFit;
    return isFit && conversion === "q" ? quoted(arg) : (arg ?? "");
  });
  return isKnown ? text : undefined;
}

/** `%q`: as few digits for a control character as what follows it allows (lj_strfmt_putquoted). */
function quoted(text: string): string {
  const parts = Array.from(text, (one, at) => {
    if (/["\\\n]/.test(one)) return `\\${one}`;
    if (!/\p{Cc}/u.test(one) || one > "\x7f") return one;
    return `\\${String(one.charCodeAt(0)).padStart(/\d/.test(text.charAt(at + 1)) ? 3 : 1, "0")}`;
  });
  return `"${parts.join("")}"`;
}

const CLASSES: Readonly<Record<string, string>> = {
  a: "[A-Za-z]",
  d: "[0-9]",
  l: "[a-z]",
  s: "[\\t-\\r ]",
  u: "[A-Z]",
  w: "[A-Za-z0-9]",
  x: "[A-Fa-f0-9]",
};

/** A pattern of single characters and classes, each perhaps repeated, and a replacement that is a plain text. */
function replaced(text: string, pattern: string, replacement: string, ...more: readonly string[]): string | undefined {
  const item = /%([adlsuwx])|%(\W)|([^%^$()[\].*+?-])/.source;
  if (more.length > 0 || replacement.includes("%") || !new RegExp(`^(?:(?:${item})[*+?]?)+$`, "s").test(pattern))
    return undefined;
  const source = pattern.replace(
    new RegExp(`(?:${item})([*+?]?)`, "gs"),
    (_, letter?: string, mark?: string, plain?: string, count?: string) =>
      `${letter ? CLASSES[letter] : literal((mark ?? plain) as string)}${count}`,
  );
  return text.replace(new RegExp(source, "gs"), () => replacement);
}

function literal(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
