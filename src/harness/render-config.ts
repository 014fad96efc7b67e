import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import { packageRoot } from "../support/package-root.js";

/**
 * Fills a template of `envoy-configs/`. Values are written with `{{yaml value}}`, which makes them JSON literals, and YAML
 * reads those as they are: no name, script or header can break out of its place, and `y` does not turn into a boolean.
 *
 * @param template file name without `.yaml.hbs`
 * @throws Error when the template uses a value that is not in `values`
 */
export function renderConfig(template: string, values: object): string {
  const file = join(packageRoot(), "envoy-configs", `${template}.yaml.hbs`);
  const handlebars = Handlebars.create();
  handlebars.registerHelper("yaml", toYamlLiteral);
  return handlebars.compile(readFileSync(file, "utf8"), { strict: true, noEscape: true })(values);
}

const BARE_IN_JSON = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function toYamlLiteral(value: unknown): string {
  const json = JSON.stringify(value);
  if (json === undefined) throw new Error("a template value is missing");
  return json.replace(BARE_IN_JSON, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
