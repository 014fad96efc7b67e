import type { HeaderMap } from "./header-map.js";
import type { Result } from "./result.js";
import type { SideReply } from "./side-call.js";

/** What a context can be asked by host calls; each kind of context answers what it has. */
export interface Context {
  readonly id: number;
  /** Of a root context: itself. */
  readonly root: RootContext;
  /** @param forWriting whether a map that is not there yet may be made */
  map(type: number, forWriting: boolean): HeaderMap | undefined;
  body(type: number): BodyBuffer | undefined;
  /** Serialised as Envoy hands it over; undefined when there is no such property. */
  property(path: readonly string[]): Uint8Array | undefined;
  setProperty(name: string, value: Uint8Array): boolean;
  setFilterState(name: string, value: string): typeof Result.ok | typeof Result.notFound | typeof Result.badArgument;
  continueStream(direction: number): void;
  closeStream(direction: number): void;
  sendLocalResponse(reply: LocalReply): void;
  /** Request headers were written. */
  clearRouteCache(): void;
}

export interface RootContext extends Context {
  readonly plugin: Plugin;
  /** Reply of the side call that the module is being told of. */
  reply: SideReply | undefined;
  /** Set while the plugin is configured. */
  isConfiguring: boolean;
}

/** One configuration of a module. */
export interface Plugin {
  readonly name: string;
  readonly rootId: string;
  readonly configuration: Uint8Array;
}

/** Bytes of a body that a module reads and may replace. */
export interface BodyBuffer {
  bytes: Buffer;
  readonly isWritable: boolean;
}

export interface LocalReply {
  readonly status: number;
  readonly body: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** -1: none. */
  readonly grpcStatus: number;
  readonly details: string;
}
