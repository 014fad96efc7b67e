import type { FilterContext, NoteCode, RouteOverride, SourceKind } from "./lua-site.js";
import type { MappedText } from "./offset-map.js";
import type { TextNode, YamlNode } from "./yaml-tree.js";

/** What the finders of the source kinds come upon. Offsets are those of the user's file. */
export type Discovery =
  | FoundScript
  | FoundOverride
  | FoundReference
  | FoundResource
  | FoundManifestText
  | FoundNote
  | FoundProblem;

export interface FoundScript {
  readonly type: "script";
  readonly resource: Resource;
  readonly script: MappedText;
  readonly path: string;
  readonly filter: FilterContext;
}

/** A route that switches a Lua filter off, or chooses among its scripts. */
export interface FoundOverride {
  readonly type: "override";
  readonly filterName: string | undefined;
  readonly override: RouteOverride;
}

/** A script that stands in another resource, which knows nothing of the filter. */
export interface FoundReference {
  readonly type: "reference";
  readonly resource: Resource;
  readonly configMap: { readonly namespace?: string; readonly name: string };
  readonly offset: number;
  readonly filter: Pick<FilterContext, "targetRefs" | "filterContext">;
}

/** A resource inside another (a `List`, an OpenShift Template, a ManifestWork…). */
export interface FoundResource {
  readonly type: "resource";
  readonly node: YamlNode;
  readonly path: string;
  /** What a typed list says of items that do not say it. */
  readonly kind?: string;
}

/** A string that is a manifest or an Envoy configuration itself. */
export interface FoundManifestText {
  readonly type: "manifest-text";
  readonly node: TextNode;
  readonly path: string;
  /** Who the configuration in it belongs to, when it does not say so itself. */
  readonly resource: Resource;
}

export interface FoundNote {
  readonly type: "note";
  readonly code: NoteCode;
  readonly offset: number;
  readonly message: string;
}

export interface FoundProblem {
  readonly type: "problem";
  readonly offset: number;
  readonly message: string;
}

export interface Resource {
  readonly kind: SourceKind;
  readonly resourceKind?: string;
  readonly apiVersion?: string;
  readonly namespace?: string;
  readonly name?: string;
}

export function note(code: NoteCode, offset: number, message: string): FoundNote {
  return { type: "note", code, offset, message };
}
