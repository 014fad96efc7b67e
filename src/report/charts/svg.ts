/** Escapes text for SVG and HTML. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** An element; attributes that are undefined are left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...children: readonly string[]
): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(typeof value === "number" ? coordinate(value) : value!)}"`)
    .join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("")}</${name}>`;
}

/** A chart with a text for those who cannot see it. Colours come from the style sheet of the page, so that dark mode and print can change them. */
export function chart(width: number, height: number, alt: string, ...children: readonly string[]): string {
  return element(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      role: "img",
      "aria-label": alt,
      class: "chart",
      xmlns: "http://www.w3.org/2000/svg",
    },
    element("title", {}, escapeXml(alt)),
    ...children,
  );
}

export function label(
  x: number,
  y: number,
  text: string,
  attributes: Readonly<Record<string, string | number>> = {},
): string {
  return element("text", { x, y, ...attributes }, escapeXml(text));
}

function coordinate(value: number): string {
  return String(Math.round(value * 10) / 10);
}
