import type { HeaderLines } from "./header-map.js";

/** A side call as the module asked for it. */
export interface SideCall {
  readonly token: number;
  readonly cluster: string;
  /** In the order of Envoy's map: pseudo headers first. */
  readonly headers: HeaderLines;
  readonly body: Buffer;
  readonly trailers: HeaderLines;
  /** 0: none. */
  readonly timeoutMs: number;
  /** Context that the module worked for when it made the call. */
  readonly context: number;
}

/** What comes back; null when nothing does: the module is then told so without headers. */
export interface SideReply {
  /** `:status` among them. */
  readonly headers: HeaderLines;
  readonly body?: Uint8Array;
  readonly trailers?: HeaderLines;
}
