import type { Response } from "undici";
import { InputError, MissingError } from "../../support/failure.js";
import { readChallenge } from "./challenge.js";
import type { Credentials } from "./docker-credentials.js";
import type { ImageReference } from "./image-reference.js";
import { type HttpRequest, Transport, type TransportOptions, Unreachable } from "./transport.js";

export interface RegistryOptions extends TransportOptions {
  readonly credentials?: Credentials | undefined;
}

export type RegistryRequest = Omit<HttpRequest, "url"> & { readonly url: string | URL };

/** A repository of a registry, spoken to over the OCI distribution API; logs in as the registry asks. */
export class Registry {
  private base: URL | undefined;
  private authorization: string | undefined;
  readonly transport: Transport;

  constructor(
    private readonly reference: ImageReference,
    private readonly options: RegistryOptions,
  ) {
    this.transport = new Transport(options);
  }

  /**
   * @param request its `url` is absolute, or a path below `/v2/<repository>/`
   * @throws Unreachable, MissingError where the credentials do not do
   */
  async send(request: RegistryRequest): Promise<Response> {
    const base = await this.baseUrl();
    const url =
      typeof request.url === "string" ? new URL(`v2/${this.reference.repository}/${request.url}`, base) : request.url;
    const response = await this.transport.send(this.authorized(request, url));
    if (response.status !== 401) return response;
    this.authorization = await this.logIn(response, base);
    await response.body?.cancel();
    const second = await this.transport.send(this.authorized(request, url));
    if (second.status === 401 || second.status === 403) throw await this.notAllowed(second);
    return second;
  }

  /** An answer's `Location`: relative ones hold for the registry; a proxy in front of it may have lost the `s` of https. */
  async locationOf(response: Response): Promise<URL> {
    const location = response.headers.get("location");
    if (location === null) throw await this.unexpected(response, "names no place to upload to");
    const base = await this.baseUrl();
    const url = new URL(location, response.url || base);
    if (url.host === base.host) url.protocol = base.protocol;
    return url;
  }

  /** For an answer that is none of those expected. */
  async unexpected(response: Response, what: string): Promise<Error> {
    if (response.status === 401 || response.status === 403) return this.notAllowed(response);
    const said = await errorsIn(response);
    const message = `${this.reference.registry} ${what} (${response.status}${said === "" ? "" : `: ${said}`})`;
    return response.status >= 500 || response.status === 429
      ? new MissingError(`${message}; try again later`)
      : new InputError(message);
  }

  async close(): Promise<void> {
    await this.transport.close();
  }

  /** Nobody but the registry gets its credentials. */
  private authorized(request: RegistryRequest, url: URL): HttpRequest {
    if (this.authorization === undefined || url.origin !== this.base?.origin) return { ...request, url };
    return { ...request, url, headers: { ...request.headers, authorization: this.authorization } };
  }

  /** https; for hosts on this machine, and with `insecure`, http where the other side speaks no TLS. */
  private async baseUrl(): Promise<URL> {
    this.base ??= await this.findBase();
    return this.base;
  }

  private async findBase(): Promise<URL> {
    const host = apiHost(this.reference.registry);
    const https = new URL(`https://${host}/`);
    if (!this.mayBePlain(host)) return https;
    try {
      const response = await this.transport.send({ method: "GET", url: new URL("v2/", https), once: true });
      await response.body?.cancel();
      return https;
    } catch (error) {
      if (error instanceof Unreachable && error.reason === "certificate") throw error;
      return new URL(`http://${host}/`);
    }
  }

  private mayBePlain(host: string): boolean {
    return this.options.insecure === true || isLocal(host);
  }

  private async logIn(response: Response, base: URL): Promise<string> {
    const challenge = readChallenge(response.headers.get("www-authenticate"));
    const { credentials } = this.options;
    if (credentials?.kind === "registry-token") return `Bearer ${credentials.token}`;
    if (challenge?.scheme === "bearer") return `Bearer ${await this.fetchToken(challenge.parameters, base)}`;
    if (challenge?.scheme === "basic" && credentials?.kind === "password") return basic(credentials);
    throw await this.notAllowed(response);
  }

  /** The token protocol of Docker's registry: a GET with the password, or a POST that exchanges an identity token. */
  private async fetchToken(parameters: Readonly<Record<string, string>>, base: URL): Promise<string> {
    const realm = this.realm(parameters.realm, base);
    const { service } = parameters;
    const scope = `repository:${this.reference.repository}:pull,push`;
    const { credentials } = this.options;
    const query = new URLSearchParams({ ...(service === undefined ? {} : { service }), scope });
    const response = await this.transport.send(
      credentials?.kind === "identity-token"
        ? tokenExchange(realm, query, credentials.token)
        : tokenRequest(realm, query, credentials?.kind === "password" ? basic(credentials) : undefined),
    );
    if (!response.ok) throw await this.tokenRefused(response);
    const { token, access_token } = (await response.json()) as {
      readonly token?: string;
      readonly access_token?: string;
    };
    const found = token ?? access_token;
    if (found === undefined) throw new InputError(`${realm.host} gives a token answer without a token`);
    return found;
  }

  private realm(text: string | undefined, base: URL): URL {
    if (text === undefined || !URL.canParse(text))
      throw new InputError(`${base.host} asks for a token and does not say where to get one`);
    const realm = new URL(text);
    const isSafe = realm.protocol === "https:" || (realm.protocol === "http:" && this.mayBePlain(realm.host));
    if (!isSafe)
      throw new InputError(
        `${base.host} sends for a token to ${realm.origin}, which would show the password to everyone on the way`,
      );
    return realm;
  }

  private async tokenRefused(response: Response): Promise<Error> {
    if (response.status === 401 || response.status === 403) return this.notAllowed(response);
    return this.unexpected(response, "gives no token");
  }

  private async notAllowed(response: Response): Promise<Error> {
    const { registry, repository } = this.reference;
    const said = await errorsIn(response);
    const because = said === "" ? "" : ` (${said})`;
    const advice = `\`docker login ${registry}\``;
    if (this.options.credentials === undefined)
      return new MissingError(
        `${registry} wants to know who pushes to ${repository}${because}: ${advice} leaves credentials that moonshift finds`,
      );
    return new MissingError(
      `${registry} does not let these credentials push to ${repository}${because}: ${advice} with others`,
    );
  }
}

/** Docker Hub's API is not where its name says. */
function apiHost(registry: string): string {
  return registry === "docker.io" || registry === "index.docker.io" ? "registry-1.docker.io" : registry;
}

function isLocal(host: string): boolean {
  const name = host.replace(/:\d+$/, "");
  return name === "localhost" || name.endsWith(".localhost") || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function tokenRequest(realm: URL, query: URLSearchParams, authorization: string | undefined): HttpRequest {
  const url = new URL(realm);
  for (const [name, value] of query) url.searchParams.set(name, value);
  return { method: "GET", url, ...(authorization === undefined ? {} : { headers: { authorization } }) };
}

function tokenExchange(url: URL, query: URLSearchParams, token: string): HttpRequest {
  const form = new URLSearchParams([
    ...query,
    ["grant_type", "refresh_token"],
    ["client_id", "moonshift"],
    ["refresh_token", token],
  ]);
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  };
}

const MAX_SAID = 200;

/** What the registry says about it, in the distribution API's form, on one line. */
async function errorsIn(response: Response): Promise<string> {
  if (response.bodyUsed) return "";
  try {
    const { errors } = JSON.parse(await response.text()) as {
      readonly errors?: readonly { readonly code?: string; readonly message?: string }[];
    };
    const said = errors?.map(({ code, message }) => message ?? code ?? "").join("; ") ?? "";
    return said.replace(/[\s\p{Cc}]+/gu, " ").slice(0, MAX_SAID);
  } catch {
    return "";
  }
}
