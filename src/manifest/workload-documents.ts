import { defined, field, stringMap, textField } from "./fields.js";
import type { LuaSite, Workload } from "./lua-site.js";
import { splitDocuments } from "./split-documents.js";
import { readYaml, type YamlNode } from "./yaml-tree.js";

/**
 * Deployments and the like among the inputs, to name what a filter's selector hits. Their text is kept and parsed only when it has the labels
 * of a selector.
 */
export class WorkloadDocuments {
  private readonly texts: string[] = [];
  private kept = 0;

  /** Keeps the documents of a file that are workloads; the first 64 MB of all files. */
  read(text: string): void {
    if (!WORKLOAD.test(text)) return;
    for (const { source } of splitDocuments(text) ?? []) {
      if (this.kept > MAX_KEPT || !WORKLOAD.test(source.text)) continue;
      this.kept += source.text.length;
      this.texts.push(source.text);
    }
  }

  /** The sites, those with a selector with the workloads that it hits. */
  nameIn(sites: readonly LuaSite[]): LuaSite[] {
    const selectors = sites.flatMap(({ filter }) => (filter.selector === undefined ? [] : [filter.selector]));
    const found = this.withLabels(selectors);
    const labelled = byLabel(found);
    return sites.map((site) => {
      const [first] = Object.entries(site.filter.selector ?? {});
      const candidates = first ? (labelled.get(pair(...first)) ?? []) : found;
      const workloads = candidates.filter((workload) => hits(site, workload)).map(({ labels: _, ...name }) => name);
      return workloads.length === 0 ? site : { ...site, filter: { ...site.filter, workloads } };
    });
  }

  private withLabels(selectors: readonly Labels[]): readonly LabelledWorkload[] {
    const wanted = new Set(
      selectors.flatMap((selector) => Object.entries(selector).map(([key, value]) => pair(key, value))),
    );
    if (wanted.size === 0) return [];
    return this.texts.filter((text) => mentionsPair(text, wanted)).flatMap(workloadsIn);
  }
}

const MAX_KEPT = 64 * 1024 * 1024;

/** Kinds with a pod template (or that are a pod), as YAML or JSON spells them. */
const WORKLOAD =
  /["']?kind["']?\s*:\s*["']?(Deployment|StatefulSet|DaemonSet|ReplicaSet|Pod|Job|CronJob|Rollout|DeploymentConfig)\b/;

type Labels = Readonly<Record<string, string>>;

interface LabelledWorkload extends Workload {
  readonly labels: Labels;
}

function pair(key: string, value: string): string {
  return `${key}=${value}`;
}

/** The workloads with each label, in their order. */
function byLabel(workloads: readonly LabelledWorkload[]): ReadonlyMap<string, readonly LabelledWorkload[]> {
  const found = new Map<string, LabelledWorkload[]>();
  for (const workload of workloads) {
    for (const [key, value] of Object.entries(workload.labels)) {
      const others = found.get(pair(key, value));
      if (others) others.push(workload);
      else found.set(pair(key, value), [workload]);
    }
  }
  return found;
}

function mentionsPair(text: string, wanted: ReadonlySet<string>): boolean {
  for (const [, key = "", value = ""] of text.matchAll(/([\w./-]+)["']?\s*:\s*["']?([\w.-]+)/g)) {
    if (wanted.has(pair(key, value))) return true;
  }
  return false;
}

/** What a pod runs is most of a workload's text and says nothing of its labels: read only when they stand behind it. */
function workloadsIn(text: string): readonly LabelledWorkload[] {
  const containers = /^[ \t]*(?:-[ \t]+)?containers:/m.exec(text)?.index;
  const found = containers === undefined ? [] : parsed(text.slice(0, containers));
  return found.length > 0 && !/^items:/m.test(text) ? found : parsed(text);
}

function parsed(text: string): readonly LabelledWorkload[] {
  try {
    return readYaml({ text, origin: { segments: [{ offset: 0, source: 0 }] } }).flatMap(({ root, errors }) =>
      errors.length > 0 ? [] : ofRoot(root),
    );
  } catch {
    // Too large or too deep: it stays unnamed.
    return [];
  }
}

function ofRoot(root: YamlNode): readonly LabelledWorkload[] {
  const listed = field(root, "items") ?? root;
  if (listed.kind === "list") return listed.items.flatMap(ofRoot);
  const kind = textField(root, "kind");
  const name = textField(root, "metadata", "name");
  const labels = stringMap(podLabels(root, kind));
  if (kind === undefined || name === undefined || labels === undefined) return [];
  return [{ kind, name, labels, ...defined({ namespace: textField(root, "metadata", "namespace") }) }];
}

function podLabels(root: YamlNode, kind: string | undefined): YamlNode | undefined {
  if (kind === "Pod") return field(root, "metadata", "labels");
  const spec = kind === "CronJob" ? field(root, "spec", "jobTemplate", "spec") : field(root, "spec");
  return field(spec, "template", "metadata", "labels");
}

/** A selector looks into its own namespace; in Istio's root namespace it looks into all. */
function hits({ source, filter }: LuaSite, { namespace, labels }: LabelledWorkload): boolean {
  if (filter.selector === undefined) return false;
  if (source.namespace !== namespace && source.namespace !== ROOT_NAMESPACE) return false;
  return Object.entries(filter.selector).every(([key, value]) => labels[key] === value);
}

/** Istio's default; another one stands in the mesh configuration, which is not among manifests. */
const ROOT_NAMESPACE = "istio-system";
