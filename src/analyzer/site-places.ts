import type { Node } from "../lua/ast.js";
import type { LuaSite } from "../manifest/lua-site.js";
import { locate } from "../manifest/position-map.js";
import type { Location } from "./assessment.js";
import type { Place } from "./define-rule.js";

/** Where a path of the site's own document stands; undefined when it is not there. */
export type PathLocator = (site: LuaSite, path: string) => Location | undefined;

/** Turns places of one site's script into places of the user's file. */
export class SitePlaces {
  /** Offset in UTF-16 units of each byte, for scripts that are not all ASCII. */
  private readonly units: Uint32Array | undefined;

  constructor(
    private readonly site: LuaSite,
    private readonly locatePath: PathLocator | undefined,
  ) {
    this.units = isAscii(site.text) ? undefined : unitsOfBytes(site.text);
  }

  location(at: Place | Node): Location {
    if ("path" in at) return this.locatePath?.(this.site, at.path) ?? this.firstLine();
    const [start, end] = "bytes" in at ? at.bytes : at.range;
    return this.between(this.unit(start), this.unit(end));
  }

  /** From one UTF-16 offset of the script to another. */
  between(start: number, end: number): Location {
    const from = locate(this.site.positions, start);
    // The last character's own place, plus one: what follows it may be on another line, or indented otherwise.
    const to = end > start ? locate(this.site.positions, end - 1) : from;
    return {
      file: this.site.source.file,
      startLine: from.line,
      startColumn: from.column,
      endLine: to.line,
      endColumn: end > start ? to.column + 1 : to.column,
    };
  }

  private unit(byte: number): number {
    return this.units ? (this.units[Math.min(byte, this.units.length - 1)] ?? 0) : byte;
  }

  private firstLine(): Location {
    const { line, column, file } = this.site.source;
    const end = column + (this.site.text.split("\n", 1)[0]?.length ?? 0);
    return { file, startLine: line, startColumn: column, endLine: line, endColumn: Math.max(end, column + 1) };
  }
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

function unitsOfBytes(text: string): Uint32Array {
  const units = new Uint32Array(Buffer.byteLength(text) + 1);
  let byte = 0;
  for (let unit = 0; unit < text.length; ) {
    const point = text.codePointAt(unit) ?? 0;
    const width = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    units.fill(unit, byte, byte + width);
    byte += width;
    unit += point > 0xffff ? 2 : 1;
  }
  units[byte] = text.length;
  return units;
}
