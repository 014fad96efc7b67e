export interface TemplateMarker {
  readonly offset: number;
  /** What to call it: `an unrendered Helm template`… */
  readonly language: string;
  readonly remedy: string;
}

interface Language {
  readonly name: string;
  readonly remedy: string;
  readonly marker: RegExp;
}

const GO_WORDS =
  "if|else|end|range|with|include|template|define|block|tpl|toYaml|toJson|default|quote|squote|required|printf|lookup|fromYaml|not|eq|ne|and|or|indent|nindent";

const LANGUAGES: readonly Language[] = [
  {
    name: "an unrendered Helm template",
    remedy: "render it first (helm template)",
    marker: new RegExp(`\\{\\{-?\\s*(?:\\.[A-Za-z_]|\\$|/\\*|(?:${GO_WORDS})\\b)`, "g"),
  },
  { name: "an unrendered Jinja template", remedy: "render it first", marker: /\{%-?\s*\w+/g },
  { name: "an unrendered ERB template", remedy: "render it first", marker: /<%[-=]?\s/g },
  {
    name: "an unrendered Terraform template",
    remedy: "render it first",
    marker: /%\{\s*(?:if|else|endif|for|endfor)\b/g,
  },
  { name: "a template with placeholders", remedy: "fill them in first", marker: /\$\{[A-Za-z_][\w.:-]*\}/g },
  {
    name: "an unrendered template",
    remedy: "render it first",
    marker: /\{\{-?\s+[A-Za-z_][\w.]*(?:\s*\|[^}\n]*)?\s+-?\}\}/g,
  },
];

/** Why a text does not parse: the template marker nearest before `faultOffset`, or else the first one. */
export function templateMarkerNear(text: string, faultOffset: number): TemplateMarker | undefined {
  const markers = LANGUAGES.flatMap((language) => markersOf(text, language));
  const before = markers.filter(({ offset }) => offset <= faultOffset);
  return before.reduce<TemplateMarker | undefined>((best, marker) => later(best, marker), undefined) ?? first(markers);
}

function later(one: TemplateMarker | undefined, other: TemplateMarker): TemplateMarker {
  return one === undefined || other.offset > one.offset ? other : one;
}

function first(markers: readonly TemplateMarker[]): TemplateMarker | undefined {
  return markers.reduce<TemplateMarker | undefined>(
    (best, marker) => (best === undefined || marker.offset < best.offset ? marker : best),
    undefined,
  );
}

function markersOf(text: string, { name, remedy, marker }: Language): TemplateMarker[] {
  return [...text.matchAll(marker)].map(({ index }) => ({ offset: index, language: name, remedy }));
}

/**
 * The first marker in a script. `{{` opens a table in a table in Lua, so that counts only where Go's templates are unmistakable
 * or a string is open on that line.
 */
export function templateMarkerInLua(script: string): TemplateMarker | undefined {
  if (!/\{[{%]|[$%]\{|<%/.test(script)) return undefined;
  const markers = LANGUAGES.flatMap((language) => markersOf(script, language));
  return first(markers.filter(({ offset }) => !isTable(script, offset)));
}

function isTable(script: string, offset: number): boolean {
  if (!script.startsWith("{{", offset)) return false;
  if (
    /^\{\{-?\s*(?:\.[A-Za-z_]|\$|(?:include|template|range|if|end|toYaml|tpl)\b)/.test(
      script.slice(offset, offset + 40),
    )
  )
    return false;
  const line = script.slice(script.lastIndexOf("\n", offset) + 1, offset);
  return (line.match(/"/g)?.length ?? 0) % 2 === 0 && (line.match(/'/g)?.length ?? 0) % 2 === 0;
}
