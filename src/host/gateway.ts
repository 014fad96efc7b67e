import { Clock } from "./clock.js";
import { finishResponse, refusal, requestHeaders, sourceAddress, type WireRequest } from "./connection-manager.js";
import type { LocalReply, RootContext } from "./context.js";
import { HeaderMap } from "./header-map.js";
import { HttpStream, type StreamOptions } from "./http-stream.js";
import { requestCollector, responseCollector, type WiredRequest, type WiredResponse } from "./http1.js";
import { localResponse } from "./local-reply.js";
import type { SideCall, SideReply } from "./side-call.js";
import type { StreamFacts } from "./stream-properties.js";
import { type Answer, breaksOff, readAnswer, routerReply, routingFailure, sendFrames } from "./upstream-answer.js";
import { LoadError, Vm } from "./vm.js";
import type { LogLevel } from "./world.js";

export interface GatewayOptions extends Omit<StreamOptions, "facts"> {
  readonly rootId?: string;
  readonly configuration?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Clusters that side calls may go to. */
  readonly clusters?: readonly string[];
  readonly facts?: StreamFacts;
  /** Milliseconds since 1970. Default: now. */
  readonly startTime?: number;
}

export interface GatewayRequest extends WireRequest {
  /** Several pieces are chunked. */
  readonly body?: string | readonly string[];
  readonly trailers?: readonly (readonly [string, string])[];
  /** `address:port` */
  readonly client?: string;
  readonly facts?: StreamFacts;
}

/** What answers a request; the router's upstream is asked once at most. */
export interface Answers {
  upstream(request: WiredRequest): Answer;
  call(cluster: string, request: WiredRequest): Answer;
}

/** What happened to one request. */
export interface Exchange {
  readonly upstream: readonly WiredRequest[];
  /** Undefined when there was none in time. */
  readonly response: WiredResponse | undefined;
  readonly localReply: LocalReply | undefined;
  readonly calls: readonly (WiredRequest & { readonly cluster: string })[];
  readonly log: readonly { readonly level: LogLevel; readonly text: string }[];
  /** What Envoy would complain of: traps. */
  readonly failures: readonly string[];
}

interface Recording {
  readonly upstream: WiredRequest[];
  readonly calls: (WiredRequest & { readonly cluster: string })[];
  readonly log: { readonly level: LogLevel; readonly text: string }[];
  readonly failures: string[];
  response: WiredResponse | undefined;
}

const DESTINATION = "10.0.0.1:80";
const CLIENT = "203.0.113.7:51234";
/** How long what a request left behind (calls that nobody waits for) may take. */
const SETTLE_MS = 60_000;

/** An Envoy with one worker, one listener and one filter, an upstream behind it; requests come one after the other. */
export class Gateway {
  readonly clock: Clock;
  readonly vm: Vm;
  readonly #root: RootContext;
  #recording = emptyRecording();
  #answers: Answers = { upstream: () => ({}), call: () => ({}) };

  /** @throws LoadError when the module cannot be loaded or refuses its configuration */
  constructor(
    module: WebAssembly.Module,
    private readonly options: GatewayOptions = {},
  ) {
    this.clock = new Clock(options.startTime);
    const clusters = new Set(options.clusters);
    this.vm = Vm.load(module, {
      ...(options.environment === undefined ? {} : { environment: options.environment }),
      world: {
        clock: this.clock,
        log: (level, text) => this.#recording.log.push({ level, text }),
        complain: (text) => this.#recording.failures.push(text),
        hasCluster: (name) => clusters.has(name),
        startCall: (call) => this.#startCall(call),
      },
    });
    const { rootId = "", configuration = "" } = options;
    const root = this.vm.addPlugin({ name: rootId, rootId, configuration: Buffer.from(configuration, "utf8") });
    if (root === undefined) {
      const { log, failures } = this.#recording;
      throw new LoadError([...failures, ...log.map(({ text }) => text), "the module refuses its configuration"][0]!);
    }
    this.#root = root;
  }

  /** Sends one request and lets everything happen that comes of it. @param timeoutMs until the client gives up */
  exchange(request: GatewayRequest, answers: Answers, timeoutMs = 5_000): Exchange {
    this.#recording = emptyRecording();
    this.#answers = answers;
    const recording = this.#recording;
    const stream = this.#open(request, recording);
    if (stream !== undefined) {
      this.clock.runUntil(() => stream.isOver, timeoutMs);
      stream.reset();
    }
    this.clock.runUntil(() => this.vm.pendingCalls === 0, SETTLE_MS);
    return { ...recording, localReply: stream?.localReply };
  }

  /** Undefined when Envoy answers before any filter. */
  #open(request: GatewayRequest, recording: Recording): HttpStream | undefined {
    let isComplete = false;
    let opened: HttpStream | undefined;
    const client = responseCollector(
      request.method === "HEAD",
      (map) => {
        finishResponse(map, new Date(this.clock.now).toUTCString());
        // A filter's own 400 closes the connection, as the codec's does.
        const isRefused = opened?.localReply?.status === 400;
        if (!isComplete || isRefused || asksToClose(request)) map.set("connection", "close");
      },
      (response) => {
        recording.response = response;
      },
    );
    const refused = refusal(request);
    if (refused !== undefined) {
      const { headers, body } = localResponse(refused, undefined);
      client.headers(headers, body === "");
      if (body !== "") client.data(Buffer.from(body, "latin1"), true);
      return undefined;
    }
    const stream: HttpStream = new HttpStream(
      this.vm,
      this.#root,
      { client, upstream: requestCollector((wired) => this.#route(wired, stream, recording)), reset: () => {} },
      { ...this.options, facts: this.#facts(request) },
    );
    opened = stream;
    sendRequest(request, stream, () => {
      isComplete = true;
    });
    return stream;
  }

  #facts(request: GatewayRequest): StreamFacts {
    return {
      destination: DESTINATION,
      protocol: "HTTP/1.1",
      ...this.options.facts,
      ...request.facts,
      source: sourceAddress(request, request.client ?? CLIENT),
    };
  }

  #route(wired: WiredRequest, stream: HttpStream, recording: Recording): void {
    const unroutable = routingFailure(wired);
    if (unroutable) {
      stream.sendLocalReply(unroutable);
      return;
    }
    recording.upstream.push(wired);
    const answer = this.#answers.upstream(wired);
    this.clock.after(answer.delayMs ?? 0, () => {
      const read = readAnswer(answer, wired.method === "HEAD");
      if ("details" in read) stream.sendLocalReply(read);
      else
        sendFrames(read, {
          headers: (map, end) => stream.encodeHeaders(map, end),
          data: (bytes, end) => stream.encodeData(bytes, end),
          trailers: (map) => stream.encodeTrailers(map),
        });
    });
  }

  #startCall(call: SideCall): boolean {
    const { cluster, headers, body, trailers, timeoutMs, token } = call;
    const map = new HeaderMap("request", headers);
    map.set("x-envoy-internal", "true");
    if (timeoutMs > 0) map.set("x-envoy-expected-rq-timeout-ms", String(timeoutMs));
    let wired!: WiredRequest;
    const sink = requestCollector((request) => {
      wired = request;
    });
    sink.headers(map, body.length === 0 && trailers.length === 0);
    if (body.length > 0) sink.data(body, trailers.length === 0);
    if (trailers.length > 0) sink.trailers(new HeaderMap("requestTrailers", trailers));
    this.#recording.calls.push({ ...wired, cluster });
    const answer = this.#answers.call(cluster, wired);
    const delay = answer.delayMs ?? 0;
    const isLate = timeoutMs > 0 && delay >= timeoutMs;
    this.clock.after(isLate ? timeoutMs : delay, () => {
      const reply = isLate
        ? asReply(routerReply(504, "upstream request timeout"))
        : replyOf(answer, wired.method === "HEAD", delay);
      this.vm.answerCall(token, reply);
    });
    return true;
  }
}

function replyOf(answer: Answer, isHead: boolean, elapsedMs: number): SideReply | null {
  if (breaksOff(answer)) return null;
  const read = readAnswer(answer, isHead);
  if ("details" in read) return asReply(read);
  if (read.headers.get("x-envoy-upstream-service-time") === undefined)
    read.headers.set("x-envoy-upstream-service-time", String(elapsedMs));
  return { headers: read.headers.lines, body: Buffer.concat(read.chunks), trailers: read.trailers?.lines ?? [] };
}

/** Local replies of the router are replies like others to a side call. */
function asReply(local: LocalReply): SideReply {
  const { headers, body } = localResponse(local, undefined);
  return { headers: headers.lines, body: Buffer.from(body, "latin1") };
}

/** The frames of a request as Envoy's codec reads them from one packet: its body in one piece, its end as a frame of its own. */
function sendRequest(request: GatewayRequest, stream: HttpStream, onComplete: () => void): void {
  const { body, trailers } = request;
  const bytes = Buffer.from(typeof body === "object" ? body.join("") : (body ?? ""), "latin1");
  const isChunked = typeof body === "object" || trailers !== undefined;
  const framing = isChunked || body === undefined ? [] : [["content-length", String(bytes.length)] as const];
  const isFramed = request.headers.some(([name]) => /^content-length$/i.test(name));
  const map = requestHeaders({ ...request, headers: [...request.headers, ...(isFramed ? [] : framing)] });
  const endsWithHeaders = !isChunked && bytes.length === 0;
  if (endsWithHeaders) onComplete();
  stream.decodeHeaders(map, endsWithHeaders);
  if (endsWithHeaders) return;
  if (bytes.length > 0) stream.decodeData(bytes, false);
  // Envoy closes the connection of a request that is answered before its last frame has come.
  onComplete();
  if (trailers === undefined) stream.decodeData(Buffer.alloc(0), true);
  else stream.decodeTrailers(new HeaderMap("requestTrailers", trailers));
}

function asksToClose({ headers }: WireRequest): boolean {
  return headers.some(([name, value]) => /^connection$/i.test(name) && /\bclose\b/i.test(value));
}

function emptyRecording(): Recording {
  return { upstream: [], calls: [], log: [], failures: [], response: undefined };
}
