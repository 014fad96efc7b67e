import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { LuaSite } from "../../manifest/lua-site.js";
import { nodeAt, readYamlText } from "../yaml-edit/yaml-places.js";
import type { RepositoryFiles } from "./repository-files.js";

/**
 * What a file is rendered from, so that a change in it would be lost with the next rendering; undefined for files that people write. Told by a
 * chart around it, by marks that Helm leaves, by a jsonnet file beside it, or because its head says so.
 */
export function generatedFrom(site: LuaSite, { folder, texts, templates }: RepositoryFiles): string | undefined {
  const { file } = site.source;
  const text = texts.get(file) ?? "";
  const template = templates.get(file);
  if (template !== undefined) return `it is not rendered yet (${template.split(";")[0]})`;
  const chart = chartAround(file, folder);
  if (chart !== undefined) return `it is a template of the Helm chart in ${chart}`;
  const rendered = /^# Source: (\S+\/templates\/\S+)$/m.exec(text)?.[1];
  if (rendered !== undefined) return `Helm has rendered it from ${rendered}`;
  if (hasHelmLabels(site, text)) return "its labels say that Helm has rendered it";
  const jsonnet = jsonnetBeside(file, folder);
  if (jsonnet !== undefined) return `jsonnet renders it from ${jsonnet}`;
  if (file.endsWith(".json")) return "it is JSON, which people seldom write";
  const said = /^#.*\b(?:do not edit|(?:auto-?)?generated (?:by|from|with)|rendered (?:by|from|with))\b.*$/im.exec(
    head(text),
  )?.[0];
  return said === undefined ? undefined : `it says “${said.replace(/^#\s*/, "").trim().slice(0, 120)}”`;
}

function chartAround(file: string, folder: string): string | undefined {
  for (let at = dirname(file); at !== "."; at = dirname(at)) {
    if (basename(at) === "templates" && existsSync(join(folder, dirname(at), "Chart.yaml"))) return dirname(at);
  }
  return undefined;
}

function hasHelmLabels({ source }: LuaSite, text: string): boolean {
  const labels = nodeAt(readYamlText(text, source.file).documents[source.document]?.contents, [
    "metadata",
    "labels",
  ])?.toJSON() as Readonly<Record<string, unknown>> | undefined;
  return labels?.["app.kubernetes.io/managed-by"] === "Helm" || labels?.["helm.sh/chart"] !== undefined;
}

function jsonnetBeside(file: string, folder: string): string | undefined {
  const stem = file.replace(/\.(?:ya?ml|json)$/i, "");
  const candidates = [
    `${stem}.jsonnet`,
    join(dirname(dirname(file)), `${basename(stem)}.jsonnet`),
    join(dirname(file), "main.jsonnet"),
  ];
  return candidates.find((candidate) => existsSync(join(folder, candidate)));
}

/** The comments before the first line of content. */
function head(text: string): string {
  return /^(?:\uFEFF?(?:#.*|---|\s*)\r?\n)*/.exec(text)![0];
}
