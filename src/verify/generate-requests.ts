import type { HeaderLines, UpstreamAnswer } from "../harness/recording-upstream.js";
import { Random } from "./random.js";
import { readVocabulary, type Vocabulary } from "./script-vocabulary.js";
import type { VerifyRequest } from "./verify-request.js";

/**
 * Requests made from what the script talks about: its header names with its own values, absent, empty, repeated, in other case and
 * not UTF-8; its methods and paths; query strings, cookies, bodies; statuses, headers and bodies of upstream and side calls.
 * The same script, count and seed give the same requests.
 *
 * @throws LuaSyntaxError
 */
export function generateRequests(script: string, count: number, seed: number): VerifyRequest[] {
  const maker = new RequestMaker(readVocabulary(script), new Random(seed));
  return Array.from({ length: count }, (_, index) => maker.make(index));
}

/** `filter_metadata` of a route for a script that reads it: its own field names, with values of every type. */
export function generateRouteMetadata(script: string, filterName: string): Record<string, unknown> | undefined {
  const { readsRouteMetadata, fields } = readVocabulary(script);
  if (!readsRouteMetadata) return undefined;
  const values = ["value", 42, true, { key: "nested" }, ["one", 2], -0.5];
  return { [filterName]: Object.fromEntries(fields.map((name, index) => [name, values[index % values.length]])) };
}

const METHODS = ["GET", "GET", "GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"];
const PATHS = [
  "/",
  "/index.html",
  "/api/v1/users/42",
  "/a//b/../c",
  "/%7Euser/%C3%A9%20x",
  "/very/long/".padEnd(300, "segment/"),
];
const VALUES = [
  "",
  "1",
  "0",
  "true",
  "a",
  "a,b",
  "A b",
  "text/html; q=0.5",
  "-1.5e3",
  "\xc3\xa9",
  "\xff\xfe",
  "%41%zz",
  "x".repeat(600),
];
const STATUSES = [200, 200, 200, 201, 204, 302, 304, 400, 401, 403, 404, 429, 500, 503];
/** Envoy and HTTP act on these: made elsewhere, or they would decide more than the script does. */
const NOT_AS_HEADER =
  /^(:.*|host|connection|content-length|transfer-encoding|upgrade|te|expect|keep-alive|proxy-connection)$/;
const TYPICAL_HEADERS = [
  "user-agent",
  "accept",
  "cookie",
  "authorization",
  "x-forwarded-for",
  "content-type",
  "x-custom",
];

class RequestMaker {
  /** Strings of the script, and usual ones, that may stand in a URL, a cookie or a form. */
  readonly #words: readonly string[];
  /** Strings of the script that may be the value of a header. */
  readonly #values: readonly string[];

  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly random: Random,
  ) {
    this.#words = [...vocabulary.values.filter((value) => /^[\w.~-]+$/.test(value)), "a", "1", "%20", "id"];
    this.#values = vocabulary.values.filter(isHeaderValue);
  }

  make(index: number): VerifyRequest {
    const { random } = this;
    // The first request is plain, the second has all that the script asks for: most branches show there.
    const style = index === 0 ? "plain" : index === 1 ? "full" : "mixed";
    const path = style === "plain" ? "/" : this.#path();
    const body = style === "plain" ? undefined : this.#body();
    const method =
      body !== undefined ? random.pick(["POST", "PUT", "PATCH"]) : style === "plain" ? "GET" : this.#method();
    const headers = style === "plain" ? [] : this.#headers(style === "full" ? 1 : 0.7);
    const calls = Object.fromEntries(
      this.vocabulary.clusters.map((cluster) => [cluster, [this.#answer("GET"), this.#answer("GET")]]),
    );
    return {
      name: `generated ${index}: ${method} ${path.slice(0, 60)}`,
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(Array.isArray(body) && this.vocabulary.readsTrailers && random.chance(0.5)
        ? { trailers: [["x-trailer", this.#value()]] }
        : {}),
      ...(random.chance(0.3) ? { client: `198.51.100.${1 + random.below(4)}` } : {}),
      ...this.#dynamicMetadata(),
      upstream: this.#answer(method),
      calls,
    };
  }

  /** What a filter in front of this one may have left: nothing, or some of the fields that the script looks up. */
  #dynamicMetadata(): Pick<VerifyRequest, "dynamicMetadata"> {
    const { random, vocabulary } = this;
    const present = vocabulary.metadataNamespaces.filter(() => random.chance(0.8));
    if (present.length === 0) return {};
    const struct = (): Record<string, unknown> =>
      Object.fromEntries(vocabulary.fields.filter(() => random.chance(0.7)).map((name) => [name, this.#jsonValue(2)]));
    return { dynamicMetadata: Object.fromEntries(present.map((namespace) => [namespace, struct()])) };
  }

  #method(): string {
    return this.random.pick([...METHODS, ...this.vocabulary.methods.filter((method) => method !== "CONNECT")]);
  }

  #path(): string {
    const { random, vocabulary } = this;
    const own = vocabulary.paths.length > 0 && random.chance(0.7);
    const base = own ? random.pick(vocabulary.paths) : random.pick(PATHS);
    const path = own && random.chance(0.3) ? `${base}${random.pick(["/", "/x", "x", "/1/2"])}` : base;
    return random.chance(0.5) && !path.includes("?") ? `${path}?${this.#query()}` : path;
  }

  /** `name=value` pairs from the script's own words. */
  #query(): string {
    const pairs = Array.from({ length: 1 + this.random.below(3) }, () => `${this.#word()}=${this.#word()}`);
    return this.random.chance(0.1) ? `${pairs.join("&")}&=&&${this.#word()}` : pairs.join("&");
  }

  #word(): string {
    return this.random.pick(this.#words);
  }

  #headers(presence: number): HeaderLines {
    const { random } = this;
    const own = this.vocabulary.headers.filter((name) => !NOT_AS_HEADER.test(name) && name !== "x-request-id");
    const other = TYPICAL_HEADERS.filter((name) => !own.includes(name) && random.chance(0.3));
    const names = [...own.filter(() => random.chance(presence)), ...other];
    return names.flatMap((name) => {
      const repeats = random.chance(0.15) ? 2 + random.below(2) : 1;
      const spelled = random.chance(0.2) ? name.toUpperCase() : name;
      return Array.from({ length: repeats }, () => [spelled, this.#headerValue(name)] as const);
    });
  }

  #headerValue(name: string): string {
    const { random } = this;
    if (random.chance(0.6)) {
      if (name === "cookie") return `${this.#word()}=${this.#word()}; ${this.#word()}=${this.#word()}`;
      if (name === "authorization")
        return random.pick(["Bearer a.b.c", "Basic dXNlcjpwYXNz", "Bearer ", `Bearer ${jwt()}`]);
      if (name === "x-forwarded-for") return random.pick(["198.51.100.1", "10.0.0.1, 198.51.100.2", "::1"]);
      if (name === "content-type")
        return random.pick(["application/json", "application/x-www-form-urlencoded", "text/plain"]);
    }
    return this.#value();
  }

  /** A value for a header: the script's own strings, as they are and slightly off, and awkward ones. */
  #value(): string {
    const { random } = this;
    const own = this.#values;
    if (own.length === 0 || random.chance(0.35)) return random.pick(VALUES);
    const value = random.pick(own);
    switch (random.below(6)) {
      case 0:
        return `${value}x`;
      case 1:
        return value.toUpperCase();
      case 2:
        return `${value}${random.pick([",", "; ", "=", "/", "."])}${random.pick(own)}`.trim();
      default:
        return value;
    }
  }

  /** Nothing, empty, JSON, a form, text, bytes, one piece or chunks; more often something when the script reads bodies. */
  #body(): string | readonly string[] | undefined {
    const { random } = this;
    if (!random.chance(this.vocabulary.readsBody ? 0.75 : 0.3)) return undefined;
    const text = this.#bodyText();
    if (!random.chance(0.3) || text.length < 2) return text;
    const cut = 1 + random.below(text.length - 1);
    return [text.slice(0, cut), text.slice(cut)];
  }

  #bodyText(): string {
    const { random } = this;
    switch (random.below(6)) {
      case 0:
        return "";
      case 1:
      case 2:
        return Buffer.from(JSON.stringify(this.#jsonValue(0)), "utf8").toString("latin1");
      case 3:
        return this.#query();
      case 4:
        return String.fromCharCode(...Array.from({ length: 1 + random.below(40) }, () => random.below(256)));
      default:
        return `${this.#value()} ${this.#value()}\n`.repeat(1 + random.below(20));
    }
  }

  /** Keys from the script's words. */
  #jsonValue(depth: number): unknown {
    const { random } = this;
    const kind = depth === 0 ? 0 : random.below(depth > 2 ? 5 : 7);
    if (kind === 0 || kind === 5) {
      return Object.fromEntries(
        Array.from({ length: random.below(5) }, () => [this.#word(), this.#jsonValue(depth + 1)]),
      );
    }
    if (kind === 6) return Array.from({ length: random.below(4) }, () => this.#jsonValue(depth + 1));
    return random.pick([null, true, false, 0, 1, -2.5, 1e21, "", this.#word(), '\u00e9\n"\\']);
  }

  #answer(method: string): UpstreamAnswer {
    const { random, vocabulary } = this;
    const own = vocabulary.statuses;
    const status = own.length > 0 && random.chance(0.4) ? random.pick(own) : random.pick(STATUSES);
    const names = vocabulary.headers.filter((name) => !NOT_AS_HEADER.test(name) && random.chance(0.3));
    const headers: HeaderLines = [
      ["content-type", random.pick(["application/json", "text/html; charset=utf-8", "text/plain"])],
      ...names.filter((name) => name !== "content-type").map((name) => [name, this.#value()] as const),
      ...(random.chance(0.2)
        ? ([
            ["set-cookie", "a=1; Path=/"],
            ["set-cookie", "b=2"],
          ] as const)
        : []),
    ];
    const hasBody = method !== "HEAD" && status !== 204 && status !== 304 && random.chance(0.7);
    const text = hasBody ? this.#bodyText() : "";
    return { status, headers, ...(text === "" ? {} : { body: random.chance(0.3) ? halves(text) : text }) };
  }
}

function halves(text: string): readonly Uint8Array[] {
  const bytes = Buffer.from(text, "latin1");
  return [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)];
}

/** HTTP takes no control characters, and no blanks at either end, in a header value. */
function isHeaderValue(value: string): boolean {
  return /^[!-~\x80-\xff]([ -~\x80-\xff]*[!-~\x80-\xff])?$/.test(value);
}

/** Header and claims of a token that no key has signed. */
function jwt(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "user", exp: 4_102_444_800 })}.c2ln`;
}
