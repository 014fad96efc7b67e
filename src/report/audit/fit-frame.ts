import type { FrameLine } from "./code-frame.js";

/** Columns before a mark that stay in sight when a line is cut at its front. */
const BEFORE = 8;

/** Cuts lines that are wider than the terminal, each with its marks, so that what is marked stays in sight and above its marks. */
export function fitFrame(frame: readonly FrameLine[], columns: number): readonly FrameLine[] {
  const out: FrameLine[] = [];
  for (let i = 0; i < frame.length; ) {
    let end = i + 1;
    while (/marks$/.test(frame[end]?.kind ?? "")) end++;
    out.push(...fitLine(frame.slice(i, end), columns));
    i = end;
  }
  return out;
}

function fitLine(rows: readonly FrameLine[], columns: number): readonly FrameLine[] {
  const [line, marks] = rows;
  // Letters of two columns: cutting by index would put the marks elsewhere.
  if (!line || columns < 20 || /[^\x20-\u024f…⋯]/.test(line.text)) return rows;
  if (rows.every(({ text }) => text.length <= columns)) return rows;
  const [run = ""] = /^ *[\^~]+/.exec(marks?.text ?? "") ?? [];
  const start = run.length - run.trimStart().length;
  const shift = run.length < columns ? 0 : Math.min(Math.max(0, start - BEFORE), run.length - columns + 2);
  return rows.map((row) => ({ ...row, text: cut(row, shift, columns) }));
}

function cut({ text, kind }: FrameLine, shift: number, columns: number): string {
  const ellipsis = /marks$/.test(kind) ? " " : "…";
  const shifted = shift === 0 ? text : ellipsis + text.slice(shift + 1);
  return shifted.length <= columns ? shifted : `${shifted.slice(0, columns - 1)}${ellipsis}`.trimEnd();
}
