import { join } from "node:path";
import { InputError } from "../../support/failure.js";
import { writeWhole } from "../../support/write-folder.js";
import { onDisk } from "../disk-failure.js";
import { printYaml } from "../manifests/manifest.js";
import { abiVersionOf } from "./abi-version.js";
import { chooseModules, type ModuleToPublish, shortened } from "./choose-modules.js";
import { writeAddress } from "./write-address.js";

export interface ConfigMapOptions {
  /** Only this filter. */
  readonly only?: string;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

/** One filter's module as a ConfigMap. */
export interface Mapped {
  readonly id: string;
  /** `file:///…`, as the proxy sees it. */
  readonly url: string;
  readonly digest: string;
  /** Files of the folder that name it now. */
  readonly files: readonly string[];
}

/** All values of a ConfigMap together, in bytes (MaxSecretSize of Kubernetes). */
const MAX_BYTES = 1024 * 1024;

/**
 * Writes, for each module, a ConfigMap and the patch that mounts it into the proxy, and names the file in the manifests.
 * @throws InputError for modules that no ConfigMap takes; then nothing is written
 */
export function publishInConfigMaps(dir: string, { only, say }: ConfigMapOptions): readonly Mapped[] {
  const { chosen } = chooseModules(dir, only);
  const names = new Map<string, string>();
  for (const filter of chosen) {
    check(filter);
    const name = nameOf(filter.id);
    const other = names.get(name);
    if (other !== undefined)
      throw new InputError(`${other} and ${filter.id} would both be ${name}: write them one by one with --only`);
    names.set(name, filter.id);
  }
  return chosen.map((filter) => mapped(filter, say));
}

function check({ id, wasm, folder }: ModuleToPublish): void {
  const file = join(folder, "filter.wasm");
  abiVersionOf(wasm, file);
  if (wasm.length > MAX_BYTES)
    throw new InputError(
      `${id} has ${wasm.length} bytes, and a ConfigMap takes ${MAX_BYTES} at most: publish it to oci:// or https://`,
      { file },
    );
}

function mapped(filter: ModuleToPublish, say: (line: string) => void): Mapped {
  const { id, folder, sha256, wasm } = filter;
  if (2 * wasm.length > MAX_BYTES)
    say(`${id}: two versions do not fit into a ConfigMap at once; an update replaces the one that runs`);
  const url = `file://${mountPath(id)}/${fileName(sha256)}`;
  const digest = `sha256:${sha256}`;
  onDisk(() => {
    writeWhole(join(folder, "configmap", "configmap.yaml"), configMap(filter));
    writeWhole(join(folder, "configmap", "volume-patch.yaml"), volumePatch(filter));
  });
  const address = { schemaVersion: 1, id, url, digest, layout: "plain", moduleSha256: sha256 } as const;
  const files = writeAddress(folder, address, say);
  return { id, url, digest, files: ["configmap/configmap.yaml", "configmap/volume-patch.yaml", ...files] };
}

/** Old and new module stand in it side by side during an update, each under its own checksum. */
function configMap({ id, sha256, wasm }: ModuleToPublish): string {
  const namespace = id.slice(0, id.indexOf("."));
  const resource = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: nameOf(id), namespace },
    binaryData: { [fileName(sha256)]: Buffer.from(wasm).toString("base64") },
  };
  return printYaml(`The module of ${id}. It has to be in the namespace of the workload that runs it.`, resource);
}

/** For `kubectl patch deployment`: Istio's injector mounts what these annotations say into the proxy. */
function volumePatch({ id }: ModuleToPublish): string {
  const name = nameOf(id);
  const annotations = {
    "sidecar.istio.io/userVolume": JSON.stringify([{ name, configMap: { name } }]),
    "sidecar.istio.io/userVolumeMount": JSON.stringify([{ name, mountPath: mountPath(id), readOnly: true }]),
  };
  const patch = { spec: { template: { metadata: { annotations } } } };
  return printYaml("Where the workload has these annotations already, add to their lists.", patch);
}

const MAX_LABEL = 63;

/** A DNS-1123 label, which the names of volumes have to be. */
function nameOf(id: string): string {
  const own = id.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return `moonshift-${own}`.slice(0, MAX_LABEL).replace(/-+$/, "");
}

function mountPath(id: string): string {
  return `/var/lib/${nameOf(id)}`;
}

function fileName(sha256: string): string {
  return `filter-${shortened(sha256)}.wasm`;
}
