import { stringify } from "yaml";

/** A string as YAML on one line, in quotes where YAML 1.1 or 1.2 would read something else. */
export function yamlScalar(value: string): string {
  return stringify(value, { compat: "yaml-1.1", lineWidth: 0, blockQuote: false }).trimEnd();
}
