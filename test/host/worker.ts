import { Clock } from "../../src/host/clock.js";
import type { Plugin, RootContext } from "../../src/host/context.js";
import { type HeaderLines, HeaderMap } from "../../src/host/header-map.js";
import { HttpStream } from "../../src/host/http-stream.js";
import { requestCollector, responseCollector, type WiredRequest, type WiredResponse } from "../../src/host/http1.js";
import type { SideCall } from "../../src/host/side-call.js";
import { Vm } from "../../src/host/vm.js";

/** A stream with what came out of it. */
export interface OpenStream {
  readonly stream: HttpStream;
  upstream?: WiredRequest;
  response?: WiredResponse;
}

const PLUGIN: Plugin = { name: "", rootId: "", configuration: new Uint8Array() };

/** A worker whose streams the test opens, and whose side calls (all clusters exist) the test answers, in whatever order. */
export class Worker {
  readonly clock = new Clock(0);
  readonly log: string[] = [];
  /** Side calls not answered yet, by the stream that waits. */
  readonly calls = new Map<number, SideCall>();
  readonly vm: Vm;
  readonly root: RootContext;

  constructor(module: WebAssembly.Module, plugin = PLUGIN) {
    this.vm = Vm.load(module, {
      logLevel: 2,
      world: {
        clock: this.clock,
        log: (level, text) => this.log.push(`${level}: ${text}`),
        complain: (text) => this.log.push(`failure: ${text}`),
        hasCluster: () => true,
        startCall: (call) => {
          this.calls.set(call.context, call);
          return true;
        },
      },
    });
    this.root = this.vm.addPlugin(plugin)!;
  }

  static async load(bytes: Uint8Array): Promise<Worker> {
    return new Worker(await WebAssembly.compile(new Uint8Array(bytes)));
  }

  /** A GET through the filter of `root`. */
  open(headers: HeaderLines, root = this.root): OpenStream {
    const ends = {
      upstream: requestCollector((request) => {
        open.upstream = request;
      }),
      client: responseCollector(
        false,
        () => {},
        (response) => {
          open.response = response;
        },
      ),
      reset: () => {},
    };
    const open: OpenStream = { stream: new HttpStream(this.vm, root, ends) };
    const request = [[":authority", "a"] as const, [":path", "/"] as const, [":method", "GET"] as const, ...headers];
    open.stream.decodeHeaders(new HeaderMap("request", request), true);
    return open;
  }

  /** Answers the side call that a stream waits for, be it there or not. */
  reply(waiting: number, body: string): void {
    const { token } = this.calls.get(waiting)!;
    this.calls.delete(waiting);
    this.vm.answerCall(token, { headers: [[":status", "200"]], body: Buffer.from(body) });
  }

  /** The upstream answers 200 without a body; the stream is over then. */
  finish({ stream }: OpenStream): void {
    stream.encodeHeaders(new HeaderMap("response", [[":status", "200"]]), true);
  }
}
