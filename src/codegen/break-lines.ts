/** Longest line that is left whole, in columns. */
const WIDTH = 120;

/** The text with its long lines broken as prettier breaks them: at the calls of a chain, else at the arguments of the widest call. */
export function breakLongLines(text: string): string {
  return text.split("\n").flatMap(breakLine).join("\n");
}

function breakLine(line: string): readonly string[] {
  const code = line.trimStart();
  if (line.replace(TRAILING_COMMENT, "").length <= WIDTH || code.startsWith("//") || /^\/?\*/.test(code)) return [line];
  const margin = line.slice(0, line.length - code.length);
  const inner = `${margin}  `;
  const parts = partsOf(code);
  const links = parts.breaks.filter(({ kind, depth }) => kind === "link" && depth === 0);
  if (links.length >= 2) return breakChain(code, margin, links);
  const group = parts.groups.reduce<Group | undefined>(
    (widest, each) => (!widest || each.to - each.from > widest.to - widest.from ? each : widest),
    undefined,
  );
  if (!group || group.to - group.from < 40) return [line];
  const inside = parts.breaks.filter(({ at, depth }) => depth === 1 && at > group.from && at < group.to);
  const cuts = CUTS.map((wanted) => inside.filter(({ kind }) => kind === wanted)).find((some) => some.length > 0) ?? [];
  if (cuts.length === 0 && code[group.from] === '"') return [line];
  const pieces = cutAt(code.slice(0, group.to).trimEnd(), group.from, cuts).map((piece) => piece.trimStart());
  return [
    `${margin}${code.slice(0, group.from)}`,
    ...pieces.flatMap((piece) => breakLine(`${inner}${piece}`)),
    `${margin}${code.slice(group.to)}`,
  ];
}

/** Where the inside of parentheses is cut, best first. */
const CUTS = ["semicolon", "comma", "operator"] as const;

const TRAILING_COMMENT = / \/\/[^"]*$/;

/** `Table.create(0, 2)` and each `.field(…)` on a line of its own; short ones of a long list together, as many as fit. */
function breakChain(code: string, margin: string, links: readonly Break[]): readonly string[] {
  const [first, ...calls] = cutAt(code, 0, links);
  const inner = `${margin}  `;
  if (calls.length < 16 || calls.some((call) => !call.startsWith(".append("))) {
    return [`${margin}${first}`, ...calls.flatMap((call) => breakLine(`${inner}${call}`))];
  }
  const lines: string[] = [];
  for (const call of calls) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + call.length <= WIDTH) lines[lines.length - 1] = last + call;
    else lines.push(inner + call);
  }
  return [`${margin}${first}`, ...lines];
}

interface Break {
  /** The second piece begins here. */
  readonly at: number;
  readonly depth: number;
  readonly kind: (typeof CUTS)[number] | "link";
}

/** What stands between a pair of outermost parentheses, or the braces of an import. */
interface Group {
  readonly from: number;
  readonly to: number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\/\/.*|[([{]|[)\]}]|[,;] | (?:&&|\|\|) |(?<=\))\.(?=\w+\()/g;

function partsOf(code: string): { readonly groups: readonly Group[]; readonly breaks: readonly Break[] } {
  const groups: Group[] = [];
  const breaks: Break[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of code.matchAll(TOKEN)) {
    const behind = index + token.length;
    if (token === "(" || token === "[" || token === "{") {
      if (depth === 0) from = behind;
      depth++;
    } else if (token === ")" || token === "]" || token === "}") {
      const isOutermost = depth === 1;
      depth = Math.max(depth - 1, 0);
      if (isOutermost && (token === ")" || code.startsWith("import "))) groups.push({ from, to: index });
    } else if (token === ", ") breaks.push({ at: behind, depth, kind: "comma" });
    else if (token === "; ") breaks.push({ at: behind, depth, kind: "semicolon" });
    else if (token === ".") breaks.push({ at: index, depth, kind: "link" });
    else if (/^ (?:&&|\|\|)/.test(token)) breaks.push({ at: behind, depth, kind: "operator" });
  }
  return { groups, breaks };
}

function cutAt(code: string, from: number, cuts: readonly Break[]): readonly string[] {
  const at = [from, ...cuts.map((cut) => cut.at), code.length];
  return at.slice(1).map((end, i) => code.slice(at[i], end).trimEnd());
}
