import { setTimeout as pause } from "node:timers/promises";
import { rootCertificates } from "node:tls";
import { EnvHttpProxyAgent, fetch, type Response } from "undici";
import { MissingError } from "../../support/failure.js";

export interface TransportOptions {
  /** Accept certificates that nobody vouches for. */
  readonly insecure?: boolean;
  /** Certificates (PEM) to trust besides the usual ones. */
  readonly ca?: readonly string[];
  /** How often a request is sent before giving up; default 5. */
  readonly attempts?: number;
  /** Before the second attempt, in milliseconds, doubled before each further one; default 250. */
  readonly pauseMs?: number;
}

export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "PATCH";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Once only: what a cut leaves behind has to be looked at first. */
  readonly once?: boolean;
}

/** No answer came. */
export class Unreachable extends MissingError {
  constructor(
    message: string,
    readonly reason: "certificate" | "not-tls" | "no-answer",
  ) {
    super(message);
  }
}

const MAX_PAUSE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 10_000;
const SILENCE_TIMEOUT_MS = 60_000;

/** HTTP as a registry needs it: own certificates, proxies from the environment, and a second try where that may help. */
export class Transport {
  readonly attempts: number;
  private readonly pauseMs: number;
  private readonly dispatcher: EnvHttpProxyAgent;

  constructor({ insecure = false, ca = [], attempts = 5, pauseMs = 250 }: TransportOptions) {
    this.attempts = attempts;
    this.pauseMs = pauseMs;
    const tls = { rejectUnauthorized: !insecure, ...(ca.length === 0 ? {} : { ca: [...rootCertificates, ...ca] }) };
    this.dispatcher = new EnvHttpProxyAgent({
      connect: { ...tls, timeout: CONNECT_TIMEOUT_MS },
      requestTls: tls,
      headersTimeout: SILENCE_TIMEOUT_MS,
      bodyTimeout: SILENCE_TIMEOUT_MS,
    });
  }

  /** The last answer, also where it is an error of the server's. @throws Unreachable */
  async send(request: HttpRequest): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const last = request.once === true || attempt >= this.attempts;
      try {
        const response = await this.sendOnce(request);
        if (last || !isTransient(response)) return response;
        await response.body?.cancel();
        await this.backOff(attempt, response);
      } catch (error) {
        if (!(error instanceof Unreachable) || error.reason !== "no-answer" || last) throw error;
        await this.backOff(attempt);
      }
    }
  }

  /** Waits before the next attempt; what the server wants goes first. */
  async backOff(attempt: number, response?: Response): Promise<void> {
    const wanted = Number(response?.headers.get("retry-after") ?? Number.NaN) * 1_000;
    const own = this.pauseMs * 2 ** (attempt - 1) * (1 + Math.random() / 4);
    await pause(Math.min(MAX_PAUSE_MS, Number.isNaN(wanted) ? own : wanted));
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  private async sendOnce({ method, url, headers, body }: HttpRequest): Promise<Response> {
    try {
      return await fetch(url, {
        method,
        headers: { "user-agent": "moonshift", ...headers },
        body: body ?? null,
        dispatcher: this.dispatcher,
      });
    } catch (error) {
      throw unreachable(url, error);
    }
  }
}

/** What a second try may change. */
export function isTransient({ status }: { readonly status: number }): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501);
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "its name cannot be looked up",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "no answer in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "no answer in time",
  EHOSTUNREACH: "no way to it",
  ENETUNREACH: "no way to it",
};

function unreachable(url: URL, error: unknown): Unreachable {
  const { code = "", message = "" } = causeOf(error);
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code)) {
    const advice = "give its authority with --ca FILE, or, where that does not matter, --insecure";
    return new Unreachable(`${url.host} shows a certificate that is not trusted (${code}): ${advice}`, "certificate");
  }
  if (/^ERR_SSL|^EPROTO/.test(code))
    return new Unreachable(`${url.host} does not speak TLS; --insecure allows plain http`, "not-tls");
  return new Unreachable(
    `${url.host} does not answer (${REASONS[code] ?? (code || message)}): is it up, and reachable from here?`,
    "no-answer",
  );
}

/** `fetch` wraps what happened; several addresses tried come as one error with several in it. */
function causeOf(error: unknown): { readonly code?: string; readonly message?: string } {
  const { cause } = error as { readonly cause?: unknown };
  const inner = (cause as { readonly errors?: readonly unknown[] } | undefined)?.errors?.[0] ?? cause ?? error;
  return inner as { readonly code?: string; readonly message?: string };
}
