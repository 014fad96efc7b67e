import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { LuaSite } from "../../manifest/lua-site.js";
import { type ModuleAddress, namesModuleOf } from "../publish/module-address.js";
import { nodeAt, readYamlText, stepsOf } from "../yaml-edit/yaml-places.js";
import { findOriginal } from "./find-original.js";
import { generatedFrom } from "./generated-file.js";
import { idleBecause } from "./idle-filter.js";
import { isKustomization, patchesResource } from "./kustomization.js";
import { filterNameOf, type NewResource, readNewResource, withLabels } from "./new-resource.js";
import type { Delivery } from "./read-delivery.js";
import { beside, type RepositoryFiles } from "./repository-files.js";
import type { Replacement } from "./script-places.js";

/** How one filter's Lua is replaced in the repository. */
export interface FilterPlan {
  readonly kind: "replace";
  readonly delivery: Delivery;
  /** Form of the new resource, as in `manifests/`. */
  readonly form: string;
  readonly resource: NewResource;
  readonly replacement: Replacement;
  /** The new resource's own file; absent where it stands in place of the Lua. */
  readonly added?: { readonly file: string; readonly text: string };
}

/** A filter that an earlier pull request has brought: it may get a newer module. */
export interface UpdatePlan {
  readonly kind: "update";
  readonly delivery: Delivery;
  /** Files that name its module. */
  readonly files: readonly string[];
  readonly address: ModuleAddress;
}

/** A filter that the pull request does not touch. */
export interface LeftAlone {
  readonly kind: "left-alone";
  readonly id: string;
  readonly because: string;
  /** Nothing to worry about: the verdict said so already, or it is delivered. */
  readonly expected?: boolean;
}

export interface PlanOptions {
  /** `auto`, or the only form to use. */
  readonly target: string;
  /** Switch the Lua filter off instead of taking it out. */
  readonly keepOriginal: boolean;
}

/**
 * Decides for one filter. With `auto`, an EnvoyFilter goes on as an EnvoyFilter, which keeps the filter's very place in the chain, and a
 * TrafficExtension as a TrafficExtension; the other forms follow where that one cannot carry the filter.
 */
export function planFilter(
  delivery: Delivery,
  files: RepositoryFiles,
  options: PlanOptions,
): FilterPlan | UpdatePlan | LeftAlone {
  const { id } = delivery;
  const obstacle = obstacleOf(delivery);
  if (obstacle !== undefined) return { kind: "left-alone", id, ...obstacle };
  const form = formOf(delivery, options.target);
  if (form === undefined) return { kind: "left-alone", id, because: noForm(delivery, options.target) };
  const site = findOriginal(delivery, files);
  if ("missing" in site) return updateOf(delivery, files) ?? { kind: "left-alone", id, because: site.missing };
  const untouchable = untouchableBecause(site, files);
  if (untouchable !== undefined) return { kind: "left-alone", id, because: `${site.source.file}: ${untouchable}` };
  const resource = readNewResource(delivery.manifests.get(form)!, join(delivery.folder, "manifests", `${form}.yaml`));
  return { kind: "replace", delivery, form, resource, ...placed(site, resource, files, options) };
}

function noForm({ missing, manifests }: Delivery, target: string): string {
  const wanted = target === "auto" ? EVERY_FORM[0] : target;
  const why = missing.find(({ form }) => form === wanted)?.note;
  const others = [...manifests.keys()].map((form) => `--target ${form}`);
  const instead = others.length === 0 ? "" : ` (there is ${others.join(", ")})`;
  return `no ${target === "auto" ? "resource" : `${wanted}.yaml`}: ${why ?? "migrate wrote none"}${instead}`;
}

/** The filter is in the repository already, under its plugin name. */
function updateOf(delivery: Delivery, { texts }: RepositoryFiles): UpdatePlan | LeftAlone | undefined {
  const { id, published } = delivery;
  const inUse = [...texts].filter(([, text]) => text.includes(id) && namesModuleOf(text, id)).map(([file]) => file);
  if (inUse.length === 0) return undefined;
  if (published === undefined)
    return { kind: "left-alone", id, because: `${inUse.join(", ")} runs it as Wasm already`, expected: true };
  const address = { url: published.url, sha256: published.digest.slice("sha256:".length) };
  return { kind: "update", delivery, files: inUse, address };
}

function obstacleOf({ verdict, equivalence }: Delivery): Pick<LeftAlone, "because" | "expected"> | undefined {
  if (verdict.verdict === "refused") {
    const [reason] = verdict.reasons;
    return { because: `refused${reason === undefined ? "" : `: ${reason.message}`}`, expected: true };
  }
  if (equivalence?.result === "different") {
    const count = equivalence.differences.length;
    return {
      because: `\`moonshift verify\` found ${count} difference${count === 1 ? "" : "s"} between the Lua and the module`,
    };
  }
  return undefined;
}

function untouchableBecause(site: LuaSite, files: RepositoryFiles): string | undefined {
  const { file, kind, name = "" } = site.source;
  const generated = generatedFrom(site, files);
  if (generated !== undefined) return `${generated}; change what it comes from`;
  const idle = idleBecause(site);
  if (idle !== undefined) return `the Lua does not run in present versions of Istio: ${idle}`;
  if (!Buffer.from(files.texts.get(file)!).equals(readFileSync(join(files.folder, file))))
    return "it is not plain UTF-8 without byte order mark";
  const sharesRoutes = (other: LuaSite): boolean =>
    other !== site &&
    other.source.file === file &&
    other.source.document === site.source.document &&
    other.filter.filterName === site.filter.filterName;
  if (site.filter.routeOverrides !== undefined && files.sites.some(sharesRoutes))
    return "a route switches several of its scripts off at once; change that by hand";
  for (const [other, text] of files.texts) {
    if (isKustomization(other) && patchesResource(text, other, { kind, name }))
      return `${other} patches this resource; change both by hand`;
  }
  return undefined;
}

const EVERY_FORM = ["envoyfilter", "wasmplugin", "trafficextension"];

function formOf({ manifests, verdict: { source } }: Delivery, target: string): string | undefined {
  const order =
    target !== "auto" ? [target] : source.kind === "TrafficExtension" ? EVERY_FORM.toReversed() : EVERY_FORM;
  return order.find((form) => manifests.has(form));
}

function placed(
  site: LuaSite,
  resource: NewResource,
  files: RepositoryFiles,
  { keepOriginal }: PlanOptions,
): Pick<FilterPlan, "replacement" | "added"> {
  const { file } = site.source;
  const inside = resource.part !== undefined && standsInside(site, resource, files);
  const where = inside ? `EnvoyFilter ${site.source.name}` : `${resource.kind} ${resource.name}`;
  const replacement: Replacement = {
    site,
    ...(inside ? { part: resource.part! } : {}),
    ...(keepOriginal
      ? {
          keptWith: `the Wasm filter${inside ? " below" : ` of ${where}`} does this now; take this line out, and that filter, to go back`,
        }
      : {}),
    ...routesOf(site, resource),
  };
  if (inside) return { replacement };
  const { labels = {} } = entryOf(site, "metadata", files) as { readonly labels?: Readonly<Record<string, string>> };
  const text = withLabels(resource, labels);
  return {
    replacement,
    added: { file: beside(file, `${resource.name}${/\.yml$/.test(file) ? ".yml" : ".yaml"}`), text },
  };
}

/** Same kind, and the same workloads: then the patches can simply change places. */
function standsInside(site: LuaSite, { kind, scope }: NewResource, files: RepositoryFiles): boolean {
  if (site.source.kind !== kind) return false;
  const { configPatches, lua, ...rest } = entryOf(site, "spec", files);
  return (configPatches !== undefined || lua !== undefined) && isDeepStrictEqual(rest, scope);
}

function routesOf({ filter }: LuaSite, { part }: NewResource): Pick<Replacement, "routes"> {
  const name = part?.map(({ value }) => filterNameOf(value)).find((one) => one !== undefined);
  if (filter.routeOverrides === undefined || name === undefined) return {};
  return { routes: { paths: filter.routeOverrides.map(({ path }) => path), filter: name } };
}

/** An entry of the resource that the script stands in. */
function entryOf({ source }: LuaSite, key: string, { texts }: RepositoryFiles): Readonly<Record<string, unknown>> {
  const steps = stepsOf(source.path);
  const document = readYamlText(texts.get(source.file)!, source.file).documents[source.document];
  const entry = nodeAt(document?.contents, [...steps.slice(0, steps.indexOf("spec")), key]);
  return (
    (document === undefined ? undefined : (entry?.toJS(document) as Readonly<Record<string, unknown>> | undefined)) ??
    {}
  );
}
