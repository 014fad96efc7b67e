import { execFileSync, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/**
 * Stands in for GitHub's and GitLab's API, which no test may call. The git side is git's own server (`git http-backend`) before a real repository. Whoever
 * comes without the token is turned away.
 */
export interface StandInForge {
  readonly origin: string;
  /** What was asked of the API: method, path, and fields. */
  readonly calls: {
    readonly method: string;
    readonly path: string;
    readonly fields: Readonly<Record<string, unknown>>;
  }[];
  /** Open pull or merge requests, as the API gives them. */
  readonly open: Record<string, unknown>[];
  /** Answer to the next call of the API, instead of its own. */
  failNext?: { readonly status: number; readonly message: string };
  stop(): Promise<void>;
}

export const TOKEN = "t0k3n-of-the-test";

/** @param home folder that holds `acme/mesh.git` */
export async function standInForge(home: string): Promise<StandInForge> {
  const server = createServer((request, response) => {
    const { url = "" } = request;
    if (url.startsWith("/api/")) void api(forge, request, response);
    else gitBackend(home, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  const forge: StandInForge = {
    origin: `http://localhost:${port}`,
    calls: [],
    open: [],
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return forge;
}

async function api(forge: StandInForge, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString("utf8");
  const fields = (text === "" ? {} : JSON.parse(text)) as Record<string, unknown>;
  const answer = (status: number, value: unknown): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
  };
  const { authorization } = request.headers;
  if (authorization !== `token ${TOKEN}` && request.headers["private-token"] !== TOKEN)
    return answer(401, { message: "Bad credentials" });
  const method = request.method!;
  forge.calls.push({ method, path: request.url!, fields });
  const { failNext } = forge;
  if (failNext !== undefined) {
    delete forge.failNext;
    return answer(failNext.status, { message: failNext.message });
  }
  if (method === "GET") return answer(200, forge.open);
  if (method === "POST") forge.open.push(opened(forge, fields));
  else Object.assign(forge.open[0]!, fields);
  answer(method === "POST" ? 201 : 200, forge.open[0]);
}

function opened({ origin }: StandInForge, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const common = {
    ...fields,
    html_url: `${origin}/acme/mesh/pull/1`,
    web_url: `${origin}/acme/mesh/-/merge_requests/1`,
  };
  return { ...common, number: 1, iid: 1, head: { ref: fields.head }, base: { ref: fields.base } };
}

const BACKEND = `${execFileSync("git", ["--exec-path"]).toString().trim()}/git-http-backend`;

/** CGI, as far as git's server needs it. */
function gitBackend(home: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url!, "http://localhost");
  const [, password] = Buffer.from(request.headers.authorization?.replace("Basic ", "") ?? "", "base64")
    .toString("utf8")
    .split(":");
  if (password !== TOKEN) {
    response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
    return;
  }
  const child = spawn(BACKEND, {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: home,
      GIT_HTTP_EXPORT_ALL: "1",
      REMOTE_USER: "ann",
      REQUEST_METHOD: request.method,
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: (request.headers["git-protocol"] as string | undefined) ?? "",
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.on("close", () => {
    const output = Buffer.concat(chunks);
    const end = output.indexOf("\r\n\r\n");
    const head = output.toString("latin1", 0, end).split("\r\n");
    const headers = Object.fromEntries(
      head.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]),
    );
    response.writeHead(Number.parseInt(headers.Status ?? "200", 10), headers).end(output.subarray(end + 4));
  });
}
