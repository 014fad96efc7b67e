import { isDeepStrictEqual } from "node:util";
import { type Document, parseAllDocuments } from "yaml";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { isEmpty, type Step, stepsOf, type YamlText } from "../yaml-edit/yaml-places.js";
import { filterNameOf } from "./new-resource.js";
import type { Replacement, ResourceChange, ScriptPlace } from "./script-places.js";

export const FILTER_CONFIG = "type.googleapis.com/envoy.config.route.v3.FilterConfig";

/**
 * Reads the edited text again: it has to mean what the old one meant, but for what was to change. Works on values and knows nothing of how
 * the text was edited.
 * @throws CannotEdit
 */
export function checkRewrite(
  { documents }: YamlText,
  result: string,
  file: string,
  changes: readonly ResourceChange[],
): void {
  const expected = documents.flatMap((document, index) => {
    const value: unknown = document.toJS();
    const own = changes.filter((change) => change.document === index);
    if (isEmpty(document) || own.some(({ at, isGone }) => isGone && at.length === 0)) return [];
    const routed = own.flatMap(({ places }) => places).reduce(withRoutes, value);
    return [own.toReversed().reduce(changed, routed)];
  });
  const after = [...parseAllDocuments(result, { logLevel: "silent", uniqueKeys: false })] as Document[];
  const values = after.filter((document) => !isEmpty(document)).map((document): unknown => document.toJS());
  if (after.some(({ errors }) => errors.length > 0) || !isDeepStrictEqual(values, expected))
    throw new CannotEdit(`${file} is laid out so that more would change than is meant`);
}

function withRoutes(root: unknown, { replacement: { routes } }: ScriptPlace): unknown {
  return (routes?.paths ?? []).reduce((value, path) => {
    const steps = stepsOf(path);
    return updated(value, steps.slice(0, -1), (filters) => {
      const { [String(steps.at(-1))]: off, ...others } = filters as Readonly<Record<string, object>>;
      return { ...others, [routes!.filter]: { ...off, "@type": FILTER_CONFIG } };
    });
  }, root);
}

function changed(root: unknown, change: ResourceChange): unknown {
  const { at, carrier, places, isGone } = change;
  if (isGone)
    return updated(root, at.slice(0, -1), (list) => (list as readonly unknown[]).toSpliced(Number(at.at(-1)), 1));
  if (places.some(({ index }) => index === undefined)) {
    return updated(root, [...at, carrier[0]], (spec) => {
      const { [String(carrier[1])]: _, ...rest } = spec as Readonly<Record<string, unknown>>;
      return { ...rest, wasm: places[0]!.replacement.part?.[0]?.value };
    });
  }
  return updated(root, [...at, ...carrier], (list) =>
    (list as readonly unknown[]).flatMap((item, index) => {
      const place = places.find((one) => one.index === index);
      return place === undefined ? [item] : successors(item, place.replacement, [...at, ...carrier, index]);
    }),
  );
}

function successors(item: unknown, { site, part, keptWith }: Replacement, at: readonly Step[]): readonly unknown[] {
  const added = part?.map(({ value }) => value) ?? [];
  if (keptWith === undefined) return added;
  const path = stepsOf(site.filter.filterPath ?? "").slice(at.length);
  const off = updated(item, path, (filter) => {
    const { name } = filter as { readonly name?: string };
    const taken = added.some((patch) => filterNameOf(patch) === name);
    return { ...(filter as object), name: taken ? `${name}-lua` : name, disabled: true };
  });
  return [off, ...added];
}

function updated(value: unknown, steps: readonly Step[], update: (value: unknown) => unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return update(value);
  if (Array.isArray(value)) return value.with(Number(step), updated(value[Number(step)], rest, update));
  const map = value as Readonly<Record<string, unknown>>;
  return { ...map, [step]: updated(map[String(step)], rest, update) };
}
