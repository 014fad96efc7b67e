import { InputError } from "../support/failure.js";
import { type Cluster, Refusal } from "./connect.js";
import type { ReadKind } from "./kinds.js";

/** A resource as the API server gives it. */
export interface Resource {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  };
  readonly [field: string]: unknown;
}

export type Listed =
  | { readonly type: "resource"; readonly resource: Resource }
  /** The cluster does not know the kind. */
  | { readonly type: "absent" }
  /** `namespace` is undefined where the user may read the kind in none. */
  | { readonly type: "forbidden"; readonly namespace: string | undefined }
  | { readonly type: "failed"; readonly message: string };

const PAGE = 100;

/** Pods are many and large; their metadata says all there is to know. */
const METADATA_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/**
 * All resources of a kind: of the whole cluster where the user may list that, else of each of the namespaces.
 * @param only list these namespaces and nothing else
 * @param namespaces asked for only when the whole cluster is forbidden
 */
export async function* listResources(
  cluster: Cluster,
  kind: ReadKind,
  only: readonly string[] | undefined,
  namespaces: () => Promise<readonly string[]>,
): AsyncGenerator<Listed> {
  const root = await rootOf(cluster, kind);
  if (root === undefined) {
    yield { type: "absent" };
    return;
  }
  if (only === undefined || kind.clusterScoped === true) {
    const whole = yield* pages(cluster, kind, `${root}/${kind.plural}`);
    if (whole === "forbidden" && kind.clusterScoped === true) yield { type: "forbidden", namespace: undefined };
    if (whole !== "forbidden" || kind.clusterScoped === true) return;
  }
  const names = only ?? (await namespaces());
  const refused: string[] = [];
  for (const namespace of names) {
    const path = `${root}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`;
    const outcome = yield* pages(cluster, kind, path);
    if (outcome === "absent") return;
    if (outcome === "forbidden") refused.push(namespace);
  }
  if (refused.length === names.length) yield { type: "forbidden", namespace: undefined };
  else for (const namespace of refused) yield { type: "forbidden", namespace };
}

/** The group's root in the version that the server prefers; undefined when it has no such group. */
async function rootOf(cluster: Cluster, { group, version }: ReadKind): Promise<string | undefined> {
  if (group === "") return `/api/${version}`;
  try {
    const found = (await cluster.get(`/apis/${group}`)) as {
      readonly preferredVersion?: { readonly version?: string };
    };
    return `/apis/${group}/${found.preferredVersion?.version ?? version}`;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.status === 404 ? undefined : `/apis/${group}/${version}`;
  }
}

async function* pages(
  cluster: Cluster,
  kind: ReadKind,
  path: string,
): AsyncGenerator<Listed, "forbidden" | "absent" | "read"> {
  const accept = kind.kind === "Pod" ? METADATA_ONLY : undefined;
  let token = "";
  do {
    const query = `?limit=${PAGE}${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`;
    const page = await onePage(cluster, path + query, accept);
    if (page === "forbidden") return "forbidden";
    if ("type" in page) {
      yield page;
      return page.type === "absent" ? "absent" : "read";
    }
    for (const resource of page.items) yield { type: "resource", resource };
    token = page.token;
  } while (token !== "");
  return "read";
}

interface Page {
  readonly items: readonly Resource[];
  /** Empty at the end. */
  readonly token: string;
}

async function onePage(
  cluster: Cluster,
  path: string,
  accept: string | undefined,
): Promise<Page | Listed | "forbidden"> {
  try {
    const list = (await cluster.get(path, accept)) as {
      readonly items?: readonly Resource[];
      readonly metadata?: { readonly continue?: string };
    };
    return { items: list.items ?? [], token: list.metadata?.continue ?? "" };
  } catch (error) {
    if (error instanceof InputError) throw error;
    if (!(error instanceof Refusal)) throw error;
    if (error.status === 403) return "forbidden";
    if (error.status === 404) return { type: "absent" };
    // The list is older than the server remembers; it offers to go on with what is there now.
    if (error.status === 410 && error.continueToken !== undefined) return { items: [], token: error.continueToken };
    return { type: "failed", message: error.message };
  }
}
