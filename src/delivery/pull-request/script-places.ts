import { isCollection, isSeq } from "yaml";
import type { LuaSite } from "../../manifest/lua-site.js";
import { CannotEdit } from "../yaml-edit/cannot-edit.js";
import { nodeAt, type Step, stepsOf, type YamlText } from "../yaml-edit/yaml-places.js";

import type { Piece } from "./new-resource.js";

/** What becomes of one script where it stands. */
export interface Replacement {
  /** As found in this very text. */
  readonly site: LuaSite;
  /** What comes in the Lua's place; otherwise its successor stands in another file. */
  readonly part?: readonly Piece[];
  /** The Lua filter stays and is switched off, with this said beside it. */
  readonly keptWith?: string;
  /** Routes that switch the Lua filter off: paths of their `LuaPerRoute`, and the new filter's name. */
  readonly routes?: { readonly paths: readonly string[]; readonly filter: string };
}

/** Where a script's filter hangs in its resource. */
export interface ScriptPlace {
  readonly replacement: Replacement;
  /** Item of the list that the carrier is; absent where it is an entry of `spec` itself. */
  readonly index?: number;
}

/** A resource with scripts to be replaced. */
export interface ResourceChange {
  /** Index of its document. */
  readonly document: number;
  /** Of the resource in its document; empty but for lists of resources. */
  readonly at: readonly Step[];
  /** `spec` and the list or entry that holds the filters. */
  readonly carrier: readonly [Step, Step];
  readonly places: readonly ScriptPlace[];
  /** Nothing is left in it. */
  readonly isGone: boolean;
}

const CARRIERS = new Set<Step>(["configPatches", "config_patches", "filters", "lua"]);

/** @throws CannotEdit for scripts that stand where no text range can be told */
export function resourceChanges(yaml: YamlText, replacements: readonly Replacement[]): ResourceChange[] {
  const groups = new Map<string, Replacement[]>();
  for (const replacement of replacements) {
    const { document, at } = resourceOf(replacement.site);
    const key = JSON.stringify([document, at]);
    groups.set(key, [...(groups.get(key) ?? []), replacement]);
  }
  return [...groups.values()].map((group) => resourceChange(yaml, group));
}

function resourceChange({ documents }: YamlText, replacements: readonly Replacement[]): ResourceChange {
  const { document, at, carrier } = resourceOf(replacements[0]!.site);
  const node = nodeAt(documents[document]?.contents, [...at, ...carrier]);
  if (!isCollection(node)) throw new CannotEdit("the Lua stands inside of a string or behind an alias");
  const places = replacements.map((replacement) => {
    const index = stepsOf(replacement.site.source.path)[at.length + 2];
    return { replacement, ...(isSeq(node) ? { index: Number(index) } : {}) };
  });
  const size = isSeq(node) ? node.items.length : 1;
  const leaves = ({ replacement: { part, keptWith } }: ScriptPlace): boolean =>
    part === undefined && keptWith === undefined;
  return { document, at, carrier, places, isGone: places.length === size && places.every(leaves) };
}

function resourceOf({ source }: LuaSite): Pick<ResourceChange, "document" | "at" | "carrier"> {
  const steps = stepsOf(source.path);
  const at = steps.findIndex((step, index) => step === "spec" && CARRIERS.has(steps[index + 1] ?? ""));
  if (at === -1) throw new CannotEdit("the Lua does not stand in a resource of Istio's");
  return { document: source.document, at: steps.slice(0, at), carrier: [steps[at]!, steps[at + 1]!] };
}
