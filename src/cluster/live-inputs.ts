import { mentionsLua } from "../manifest/lua-mentions.js";
import type { Input } from "../manifest/read-inputs.js";
import { type Cluster, Refusal } from "./connect.js";
import { KINDS, type ReadKind } from "./kinds.js";
import { type Listed, listResources, type Resource } from "./list-resources.js";
import { resourceYaml } from "./resource-yaml.js";
import { WorkloadPods } from "./workload-pods.js";

/**
 * The resources of a cluster that hold Lua, each as the manifest `live/<namespace>/<Kind>/<name>.yaml`, and the labels of its workloads. Of every
 * other resource nothing is kept. Kinds that the cluster does not know or that the user may not list come as notes.
 * @param namespaces read only these; undefined reads all that the user may read
 */
export async function* liveInputs(cluster: Cluster, namespaces?: readonly string[]): AsyncGenerator<Input> {
  const reading = new LiveReading(cluster, namespaces);
  for (const kind of KINDS) yield* reading.kind(kind);
  yield* reading.notes();
}

class LiveReading {
  private readonly absent: string[] = [];
  private readonly forbidden = new Map<string, string[]>();
  private readonly pods = new WorkloadPods();
  private allNamespaces: Promise<readonly string[]> | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly only: readonly string[] | undefined,
  ) {}

  async *kind(kind: ReadKind): AsyncGenerator<Input> {
    for await (const listed of listResources(this.cluster, kind, this.only, () => this.namespaces())) {
      if (listed.type === "resource") yield* this.resource(listed.resource, kind);
      else yield* this.failure(listed, kind);
    }
  }

  private *resource(resource: Resource, kind: ReadKind): Generator<Input> {
    const { name, namespace } = resource.metadata;
    const file = ["live", ...(namespace === undefined ? [] : [namespace]), kind.kind, `${name}.yaml`].join("/");
    // A line break inside a JSON string is a letter that would hide the word behind it.
    const holdsLua = mentionsLua(JSON.stringify(resource).replaceAll("\\n", " "));
    const manifest = holdsLua ? resource : kind.workload === true ? this.pods.labelsOf(resource, kind.kind) : undefined;
    if (manifest !== undefined) yield { type: "file", file, text: resourceYaml(manifest, kind), named: false };
  }

  private *failure(listed: Exclude<Listed, { type: "resource" }>, { kind }: ReadKind): Generator<Input> {
    if (listed.type === "absent") this.absent.push(kind);
    else if (listed.type === "failed")
      yield { type: "problem", problem: { file: this.cluster.context, message: `${kind}: ${listed.message}` } };
    else {
      const places = this.forbidden.get(kind) ?? [];
      if (listed.namespace !== undefined) places.push(listed.namespace);
      this.forbidden.set(kind, places);
    }
  }

  *notes(): Generator<Input> {
    const file = this.cluster.context;
    if (this.absent.length > 0) {
      const message = `the cluster has no ${this.absent.join(", ")}`;
      yield { type: "note", note: { file, code: "cluster", message } };
    }
    for (const [kind, namespaces] of this.forbidden) {
      const where = namespaces.length === 0 ? "" : ` in ${namespaces.join(", ")}`;
      const lost = WORKLOADS.has(kind) ? "which of them a selector hits is not known" : "Lua in them is not looked at";
      const message = `you may not list ${kind} resources${where}; ${lost}`;
      yield { type: "note", note: { file, code: "cluster", message } };
    }
    // Nothing could be read at all: that is no audit.
    const readable = KINDS.some(({ kind }) => !this.forbidden.has(kind) && !this.absent.includes(kind));
    const partly = [...this.forbidden.values()].some((namespaces) => namespaces.length > 0);
    if (!readable && !partly) {
      yield { type: "problem", problem: { file, message: "you may not read anything that could hold Lua" } };
    }
  }

  /** All namespaces, or the context's own where the user may not list them. */
  private namespaces(): Promise<readonly string[]> {
    this.allNamespaces ??= listNamespaces(this.cluster);
    return this.allNamespaces;
  }
}

const WORKLOADS = new Set(KINDS.filter(({ workload }) => workload).map(({ kind }) => kind));

async function listNamespaces(cluster: Cluster): Promise<readonly string[]> {
  try {
    const list = (await cluster.get("/api/v1/namespaces")) as { readonly items?: readonly Resource[] };
    return (list.items ?? []).map(({ metadata }) => metadata.name);
  } catch (error) {
    if (error instanceof Refusal) return [cluster.namespace];
    throw error;
  }
}
