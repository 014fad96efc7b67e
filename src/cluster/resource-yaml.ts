import { Document, visit } from "yaml";
import type { ReadKind } from "./kinds.js";
import type { Resource } from "./list-resources.js";

/** Written by the server or by kubectl, not by the user. */
const SERVER_METADATA = ["managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink"];
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * A resource of the cluster as the manifest that a user would have applied: the server's own fields are left out, the order of
 * keys is the one of `kubectl get -o yaml`.
 */
export function resourceYaml(resource: Resource, { group, version, kind }: ReadKind): string {
  const { apiVersion, kind: own, metadata, status: _status, ...rest } = resource;
  const written = Object.fromEntries(Object.entries(metadata).filter(([key]) => !SERVER_METADATA.includes(key)));
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== LAST_APPLIED);
  delete written.annotations;
  const manifest = {
    // The items of a list do not say what they are.
    apiVersion: apiVersion ?? (group === "" ? version : `${group}/${version}`),
    kind: own ?? kind,
    metadata: { ...written, ...(annotations.length > 0 && { annotations: Object.fromEntries(annotations) }) },
    ...rest,
  };
  // YAML 1.1 quotes what Kubernetes would otherwise read as a boolean (`on`, `no`).
  const document = new Document(manifest, { version: "1.1", aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // As a block, the library would give its spaces to the indentation.
      if (typeof node.value === "string" && /^ [ \n]*$/.test(node.value)) node.type = "QUOTE_DOUBLE";
    },
  });
  return document.toString({ lineWidth: 0 });
}
