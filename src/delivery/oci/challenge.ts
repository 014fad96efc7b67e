/** One `WWW-Authenticate` challenge. */
export interface Challenge {
  readonly scheme: "basic" | "bearer";
  readonly parameters: Readonly<Record<string, string>>;
}

/** The first Bearer challenge, otherwise a Basic one; undefined where the registry asks for something else. */
export function readChallenge(header: string | null): Challenge | undefined {
  if (header === null) return undefined;
  const found = ["bearer", "basic"].flatMap((scheme) => {
    const match = new RegExp(`(?:^|,\\s*)${scheme}(?:\\s+|$)`, "i").exec(header);
    if (match === null) return [];
    const parameters = parametersOf(header.slice(match.index + match[0].length));
    return [{ scheme: scheme as Challenge["scheme"], parameters }];
  });
  return found[0];
}

function parametersOf(text: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  const parameter = /\s*([A-Za-z0-9_-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)/y;
  for (let match = parameter.exec(text); match !== null; match = parameter.exec(text)) {
    parameters[match[1]!.toLowerCase()] = match[2]?.replace(/\\(.)/g, "$1") ?? match[3]!;
  }
  return parameters;
}
