import { InputError } from "../../support/failure.js";

/** Where an image goes: `oci://registry/repository[:tag]`. */
export interface ImageReference {
  /** Host, with port where one is given. */
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
}

/** As the OCI distribution specification has it. */
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/;
/** Many registries take no longer name. */
const MAX_NAME = 255;

/** @throws InputError where it is none */
export function parseImageReference(text: string): ImageReference {
  if (!text.startsWith("oci://")) throw wrong(text, "is not of the form oci://REGISTRY/REPO[:TAG]");
  const rest = text.slice("oci://".length);
  if (rest.includes("@"))
    throw wrong(withoutUser(text), "names a digest or a user; only a registry, a repository and a tag can be given");
  const slash = rest.indexOf("/");
  if (slash === -1) throw wrong(text, "has no repository: oci://REGISTRY/REPO[:TAG]");
  const registry = rest.slice(0, slash);
  const path = rest.slice(slash + 1);
  const colon = path.indexOf(":");
  const repository = colon === -1 ? path : path.slice(0, colon);
  const tag = colon === -1 ? undefined : path.slice(colon + 1);
  if (!HOST.test(registry)) throw wrong(text, `has no usable registry ("${registry}")`);
  checkRepository(repository, text);
  if (tag !== undefined && !TAG.test(tag)) throw wrong(text, `has a tag that registries refuse ("${tag}")`);
  return { registry, repository, ...(tag === undefined ? {} : { tag }) };
}

/** The same repository's folder for a filter: `repository/<id>`, spelled so that registries take it. */
export function below(reference: ImageReference, id: string): ImageReference {
  const repository = `${reference.repository}/${repositoryComponent(id)}`;
  checkRepository(repository, id);
  return { ...reference, repository };
}

/** `oci://registry/repository:tag`, as Istio's `url` has it. */
export function imageUrl({ registry, repository, tag }: ImageReference): string {
  return `oci://${registry}/${repository}${tag === undefined ? "" : `:${tag}`}`;
}

function repositoryComponent(id: string): string {
  const separators = (text: string): string => (/^(?:\.|_|__|-+)$/.test(text) ? text : "-");
  return id
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, separators)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
}

function checkRepository(repository: string, text: string): void {
  if (!repository.split("/").every((component) => COMPONENT.test(component)))
    throw wrong(
      text,
      `has a repository that registries refuse ("${repository}"): lower case, digits, and single . _ - between them`,
    );
  if (repository.length > MAX_NAME) throw wrong(text, `has a repository of more than ${MAX_NAME} characters`);
}

function wrong(text: string, what: string): InputError {
  return new InputError(`${text} ${what}`);
}

/** What stands before an `@` may be a password. */
function withoutUser(text: string): string {
  return `oci://…@${text.slice(text.lastIndexOf("@") + 1)}`;
}
