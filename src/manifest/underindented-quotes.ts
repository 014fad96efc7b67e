import { type MappedText, MappedTextBuilder, through } from "./offset-map.js";

/**
 * A quoted scalar whose further lines stand no deeper than its key is malformed by YAML 1.2 §7.3, yet libyaml and Go's parser, and so Kubernetes,
 * take it. Gives the text with those lines moved to the right, which changes nothing in the scalar: white space at the start of a line is folded
 * away.
 * @param faultAt offset of the place where the scalar ends for a parser that insists on the indentation
 * @returns undefined when no such scalar stands there
 */
export function indentQuoted({ text, origin }: MappedText, faultAt: number): MappedText | undefined {
  const opening = /(?:^|[\s:\-?,[{])("(?:\\[\s\S]|[^"\\])*|'(?:''|[^'])*)$/.exec(text.slice(0, faultAt));
  if (opening === null) return undefined;
  const start = opening.index + opening[0].length - opening[1]!.length;
  const scalar = /"(?:\\[\s\S]|[^"\\])*"|'(?:''|[^'])*'/y;
  scalar.lastIndex = start;
  const source = scalar.exec(text)?.[0];
  if (source === undefined || !source.includes("\n")) return undefined;
  const indentation = " ".repeat(start - text.lastIndexOf("\n", start));
  const builder = new MappedTextBuilder();
  let from = 0;
  for (const lineBreak of source.matchAll(/\n/g)) {
    const line = start + lineBreak.index + 1;
    builder.append(text.slice(from, line), from);
    builder.append(indentation, line);
    from = line;
  }
  builder.append(text.slice(from), from);
  return through(builder.build(0), origin);
}
