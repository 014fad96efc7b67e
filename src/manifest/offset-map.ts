/**
 * Where each character of a decoded text came from. Segments ascend by `offset`; the run of text that starts there was copied from
 * `source` on, both advancing together until the next segment. All offsets are UTF-16 units.
 */
export interface OffsetMap {
  readonly segments: readonly Segment[];
}

interface Segment {
  readonly offset: number;
  readonly source: number;
}

/** A text and where it came from. */
export interface MappedText {
  readonly text: string;
  readonly origin: OffsetMap;
}

/** A text that was copied in one piece from `start` on. */
export function copiedFrom(start: number, text: string): MappedText {
  return { text, origin: { segments: [{ offset: 0, source: start }] } };
}

/** Collects pieces of text with their origin; adjoining pieces share a segment. */
export class MappedTextBuilder {
  private text = "";
  private readonly segments: Segment[] = [];
  private nextSource = -1;

  append(piece: string, source: number): void {
    if (piece === "") return;
    if (source !== this.nextSource) this.segments.push({ offset: this.text.length, source });
    this.text += piece;
    this.nextSource = source + piece.length;
  }

  /** One character that stands for a longer or shorter run in the source, such as an escape. */
  appendEscape(character: string, source: number): void {
    this.append(character, source);
    this.nextSource = -1;
  }

  /** `emptyAt` is the origin of a text without characters. */
  build(emptyAt: number): MappedText {
    const segments = this.segments.length === 0 ? [{ offset: 0, source: emptyAt }] : this.segments;
    return { text: this.text, origin: { segments } };
  }
}

/** Index of the last segment that starts at or before `offset`; 0 where there is none. */
export function segmentAt(segments: readonly { readonly offset: number }[], offset: number): number {
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle]!.offset <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

export function sourceOffset(map: OffsetMap, offset: number): number {
  const segment = map.segments[segmentAt(map.segments, offset)];
  return segment === undefined ? offset : segment.source + offset - segment.offset;
}

/** `inner` was taken out of a text that itself came from elsewhere: maps `inner` to that elsewhere. */
export function through(inner: MappedText, outer: OffsetMap): MappedText {
  const segments: Segment[] = [];
  for (const [index, segment] of inner.origin.segments.entries()) {
    const end = inner.origin.segments[index + 1]?.offset ?? inner.text.length;
    const sourceEnd = segment.source + end - segment.offset;
    segments.push({ offset: segment.offset, source: sourceOffset(outer, segment.source) });
    for (let at = segmentAt(outer.segments, segment.source) + 1; at < outer.segments.length; at++) {
      const step = outer.segments[at]!;
      if (step.offset >= sourceEnd) break;
      segments.push({ offset: segment.offset + step.offset - segment.source, source: step.source });
    }
  }
  return { text: inner.text, origin: { segments } };
}
