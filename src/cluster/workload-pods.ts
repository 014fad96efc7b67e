import type { Resource } from "./list-resources.js";

/** Cuts workloads down to what a selector looks at. Deployments and the like have to come before their pods. */
export class WorkloadPods {
  private readonly seen = new Set<string>();

  /** A manifest with the labels of the workload's pods and nothing else; undefined for a pod of a workload that came already. */
  labelsOf(resource: Resource, kind: string): Resource | undefined {
    if (kind === "Pod") return this.pod(resource);
    this.seen.add(key(resource, kind, resource.metadata.name));
    const template = (resource.spec as { template?: { metadata?: { labels?: Labels } } } | undefined)?.template;
    return withTemplate(resource, kind, resource.metadata.name, template?.metadata?.labels);
  }

  private pod(resource: Resource): Resource | undefined {
    const { name, namespace, labels = {}, ownerReferences = [] } = resource.metadata;
    const [owner] = ownerReferences;
    if (owner === undefined) {
      return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, ...(namespace !== undefined && { namespace }), labels },
      };
    }
    const deployment = owner.name.replace(`-${labels["pod-template-hash"] ?? ""}`, "");
    const known =
      this.seen.has(key(resource, owner.kind, owner.name)) ||
      (owner.kind === "ReplicaSet" && this.seen.has(key(resource, "Deployment", deployment)));
    if (known) return undefined;
    this.seen.add(key(resource, owner.kind, owner.name));
    return withTemplate(resource, owner.kind, owner.name, labels);
  }
}

type Labels = Readonly<Record<string, string>>;

function key({ metadata }: Resource, kind: string, name: string): string {
  return `${metadata.namespace ?? ""}/${kind}/${name}`;
}

function withTemplate({ metadata }: Resource, kind: string, name: string, labels: Labels | undefined): Resource {
  const { namespace } = metadata;
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, ...(namespace !== undefined && { namespace }) },
    spec: { template: { metadata: { labels } } },
  };
}
