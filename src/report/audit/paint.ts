export type Style = "bold" | "dim" | "underline" | "red" | "yellow" | "green" | "cyan";

const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  underline: [4, 24],
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
};

/** Escape codes for a terminal, or none. */
export function painter(colour: boolean): (style: Style, text: string) => string {
  if (!colour) return (_, text) => text;
  return (style, text) => `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m`;
}

/** Colours only on a terminal, and not where NO_COLOR is set (no-color.org) or the terminal is dumb. */
export function wantsColour(
  stream: { readonly isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && !environment.NO_COLOR && environment.TERM !== "dumb";
}
