import { existsSync } from "node:fs";
import { request as requestPlain } from "node:http";
import { type RequestOptions, request as requestTls } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { InputError, MissingError } from "../support/failure.js";

/** A Kubernetes API server, to be read from: nothing here can send anything but GET. */
export interface Cluster {
  /** Name of the kubeconfig's context; `inClusterContext` inside a pod. */
  readonly context: string;
  /** The context's own namespace. */
  readonly namespace: string;
  /**
   * One resource or list as JSON.
   * @param path from the server's root, with its query
   * @param accept media type, where the plain JSON is more than needed
   * @throws Refusal when the server answers with anything but 2xx; InputError when it does not answer
   */
  get(path: string, accept?: string): Promise<unknown>;
}

/** What the API server said instead of what was asked for. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  constructor(
    readonly status: number,
    message: string,
    /** A list whose continuation expired can go on from here. */
    readonly continueToken?: string,
  ) {
    super(message);
  }
}

const ANSWER_WITHIN_MS = 60_000;

/**
 * The cluster of a kubeconfig (`KUBECONFIG`, `~/.kube/config`) or the one this process runs in.
 * @param root folder that a pod's `/` is found under: its service account is in `var/run/secrets`
 * @throws MissingError without either; InputError for a kubeconfig that cannot be used
 */
export async function connect(context: string | undefined, root = ""): Promise<Cluster> {
  const config = await loadConfig(root);
  if (context !== undefined) {
    const names = config.contexts.map(({ name }) => name);
    if (!names.includes(context)) {
      throw new InputError(`no context '${context}' in the kubeconfig; it has ${names.join(", ") || "none"}`);
    }
    config.setCurrentContext(context);
  }
  const current = config.getCurrentContext();
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) {
    throw new InputError(
      current
        ? `the kubeconfig's context '${current}' names no cluster`
        : "the kubeconfig has no current context: --kube-context NAME",
    );
  }
  return {
    context: current,
    namespace: config.getContextObject(current)?.namespace ?? "default",
    get: (path, accept = "application/json") => get(config, new URL(server.replace(/\/+$/, "") + path), accept),
  };
}

const SERVICE_ACCOUNT_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount/token";

async function loadConfig(root: string): Promise<KubeConfig> {
  // Loaded only here: the client brings a hundred generated classes with it.
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    config.loadFromDefault();
  } catch (error) {
    throw new InputError(`the kubeconfig cannot be read: ${oneLine(error)}`);
  }
  // What the client makes up when it finds nothing.
  const isMadeUp =
    config.getCurrentContext() === "loaded-context" && config.getCurrentCluster()?.server === "http://localhost:8080";
  if (isMadeUp && existsSync(root + SERVICE_ACCOUNT_TOKEN)) config.loadFromCluster(root);
  else if (isMadeUp)
    throw new MissingError(
      "no kubeconfig and not inside a cluster: set KUBECONFIG, or run `kubectl config view` where it works",
    );
  return config;
}

async function get(config: KubeConfig, url: URL, accept: string): Promise<unknown> {
  const options: RequestOptions = { method: "GET", headers: {} };
  try {
    await config.applyToHTTPSOptions(options);
  } catch (error) {
    throw new InputError(`the kubeconfig's credentials cannot be used: ${oneLine(error)}`);
  }
  options.headers = { ...options.headers, Accept: accept };
  const { status, body } = await answer(url, options);
  if (status === 401) throw new InputError(`${url.origin} does not accept the kubeconfig's credentials (401)`);
  if (status < 200 || status >= 300) throw refusal(status, body);
  try {
    return JSON.parse(body);
  } catch {
    throw new InputError(`${url.origin} does not answer as a Kubernetes API server`);
  }
}

/** Kubernetes says what is wrong as a `Status`, but for a group that it does not know, in plain words. */
function refusal(status: number, body: string): Refusal {
  try {
    const said = JSON.parse(body) as { readonly message?: string; readonly metadata?: { readonly continue?: string } };
    return new Refusal(status, said.message ?? `HTTP ${status}`, said.metadata?.continue);
  } catch {
    return new Refusal(status, `HTTP ${status}`);
  }
}

function answer(url: URL, options: RequestOptions): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => reject(new InputError(`${url.origin} cannot be read: ${oneLine(error)}`));
    const send = url.protocol === "http:" ? requestPlain : requestTls;
    const request = send(url, { ...options, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", fail);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    request.on("error", fail);
    request.end();
  });
}

function oneLine(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "connection refused";
  if (code === "ENOTFOUND") return "no such host";
  if (code === "ABORT_ERR") return `no answer within ${ANSWER_WITHIN_MS / 1000} s`;
  return (message || code || "unknown").replace(/\s+/g, " ");
}
