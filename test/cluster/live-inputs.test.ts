import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { connect } from "../../src/cluster/connect.js";
import { liveInputs } from "../../src/cluster/live-inputs.js";
import type { Input } from "../../src/manifest/read-inputs.js";
import { InputError, MissingError } from "../../src/support/failure.js";

/** How moonshift talks to an API server that behaves badly; what a real one does is in `api-server.test.ts`. */
type Answer = { readonly status: number; readonly body: unknown };

let folder: string;
let server: Server;
let answers: Map<string, Answer | ((url: URL) => Answer)>;
let asked: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "moonshift-live-"));
  answers = new Map();
  asked = [];
  server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://stand-in");
    asked.push(`${request.method} ${url.pathname}`);
    const answer = answers.get(url.pathname) ?? { status: 404, body: { kind: "Status", message: "not found" } };
    const { status, body } = typeof answer === "function" ? answer(url) : answer;
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("KUBECONFIG", join(folder, "config"));
  kubeconfig((server.address() as AddressInfo).port);
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function kubeconfig(port: number): void {
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "stand-in",
    clusters: [{ name: "c", cluster: { server: `http://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: [{ name: "stand-in", context: { cluster: "c", user: "u", namespace: "mine" } }],
  };
  writeFileSync(join(folder, "config"), JSON.stringify(config));
}

async function read(namespaces?: readonly string[]): Promise<Input[]> {
  const inputs: Input[] = [];
  for await (const input of liveInputs(await connect(undefined), namespaces)) inputs.push(input);
  return inputs;
}

const FORBIDDEN = { status: 403, body: { kind: "Status", message: "forbidden" } };

function configMap(name: string, namespace: string) {
  return { metadata: { name, namespace }, data: { "a.lua": "function envoy_on_request(h) end\n" } };
}

function list(...items: unknown[]): Answer {
  return { status: 200, body: { items } };
}

function said(inputs: readonly Input[]): readonly string[] {
  return inputs.map((input) =>
    input.type === "file" ? input.file : input.type === "note" ? input.note.message : input.problem.message,
  );
}

test("long lists come page by page, also after their continuation expired", async () => {
  answers.set("/api/v1/configmaps", ({ searchParams }) => {
    const at = searchParams.get("continue");
    if (at === null) return { status: 200, body: { items: [configMap("one", "a")], metadata: { continue: "old" } } };
    if (at === "old") return { status: 410, body: { message: "expired", metadata: { continue: "new" } } };
    return list(configMap("two", "a"));
  });
  expect(said(await read())).toEqual(
    expect.arrayContaining(["live/a/ConfigMap/one.yaml", "live/a/ConfigMap/two.yaml"]),
  );
});

test("where the whole cluster is forbidden, each namespace is tried and the forbidden ones are named", async () => {
  answers.set("/api/v1/configmaps", FORBIDDEN);
  answers.set("/api/v1/namespaces", list({ metadata: { name: "a" } }, { metadata: { name: "b" } }));
  answers.set("/api/v1/namespaces/a/configmaps", list(configMap("one", "a")));
  answers.set("/api/v1/namespaces/b/configmaps", FORBIDDEN);
  const inputs = said(await read());
  expect(inputs).toContain("live/a/ConfigMap/one.yaml");
  expect(inputs).toContain("you may not list ConfigMap resources in b; Lua in them is not looked at");
});

test("where namespaces cannot be listed either, the context's own is read", async () => {
  answers.set("/api/v1/configmaps", FORBIDDEN);
  answers.set("/api/v1/namespaces", FORBIDDEN);
  answers.set("/api/v1/namespaces/mine/configmaps", list(configMap("one", "mine")));
  expect(said(await read())).toContain("live/mine/ConfigMap/one.yaml");
});

test("only the namespaces that were asked for", async () => {
  answers.set("/api/v1/namespaces/a/configmaps", list(configMap("one", "a")));
  expect(said(await read(["a"]))).toContain("live/a/ConfigMap/one.yaml");
  expect(asked).not.toContain("GET /api/v1/configmaps");
});

test("kinds that are not there are one note, a server that fails is a problem, nothing readable is one too", async () => {
  answers.set("/api/v1/configmaps", { status: 500, body: { message: "etcd is away" } });
  const inputs = await read();
  expect(inputs).toContainEqual({
    type: "note",
    note: expect.objectContaining({
      message: expect.stringMatching(/^the cluster has no EnvoyFilter, TrafficExtension, /),
    }),
  });
  expect(inputs).toContainEqual({ type: "problem", problem: { file: "stand-in", message: "ConfigMap: etcd is away" } });
  for (const path of ["configmaps", "services", "pods"]) answers.set(`/api/v1/${path}`, FORBIDDEN);
  expect(said(await read())).toContain("you may not read anything that could hold Lua");
});

test("nothing but GET is ever sent", async () => {
  answers.set("/api/v1/configmaps", list(configMap("one", "a")));
  await read();
  expect(asked.filter((line) => !line.startsWith("GET "))).toEqual([]);
});

test("a pod of a known deployment is not named again, one without an owner is", async () => {
  answers.set("/apis/apps", { status: 200, body: { preferredVersion: { version: "v1" } } });
  const labels = { app: "cart", "pod-template-hash": "abc12" };
  answers.set(
    "/apis/apps/v1/deployments",
    list({
      metadata: { name: "cart", namespace: "shop" },
      spec: { template: { metadata: { labels: { app: "cart" } } } },
    }),
  );
  const owner = (name: string) => [{ kind: "ReplicaSet", name }];
  answers.set(
    "/api/v1/pods",
    list(
      { metadata: { name: "cart-abc12-x", namespace: "shop", labels, ownerReferences: owner("cart-abc12") } },
      { metadata: { name: "roll-abc12-x", namespace: "shop", labels, ownerReferences: owner("roll-abc12") } },
      { metadata: { name: "roll-abc12-y", namespace: "shop", labels, ownerReferences: owner("roll-abc12") } },
      { metadata: { name: "bare", namespace: "shop", labels } },
    ),
  );
  const files = (await read()).filter(({ type }) => type === "file");
  expect(said(files)).toEqual([
    "live/shop/Deployment/cart.yaml",
    "live/shop/Pod/roll-abc12-x.yaml",
    "live/shop/Pod/bare.yaml",
  ]);
  expect(files[1]).toMatchObject({
    text: expect.stringContaining("kind: ReplicaSet\nmetadata:\n  name: roll-abc12\n"),
  });
});

test("what the kubeconfig lacks is one line", async () => {
  await expect(connect("nowhere")).rejects.toThrow(
    new InputError("no context 'nowhere' in the kubeconfig; it has stand-in"),
  );
  answers.set("/api/v1/configmaps", { status: 401, body: { message: "Unauthorized" } });
  await expect(read()).rejects.toThrow(/does not accept the kubeconfig's credentials \(401\)$/);
  server.close();
  kubeconfig(1);
  await expect(read()).rejects.toThrow(new InputError("http://127.0.0.1:1 cannot be read: connection refused"));
  writeFileSync(join(folder, "config"), "{");
  await expect(connect(undefined)).rejects.toThrow(/^the kubeconfig cannot be read: /);
  vi.stubEnv("KUBECONFIG", "");
  vi.stubEnv("HOME", folder);
  await expect(connect(undefined)).rejects.toThrow(MissingError);
});
