import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, fetch } from "undici";

/** The API server's own program, and etcd's; see docs/live-audit.md for where they come from. */
const KUBE_APISERVER = process.env.KUBE_APISERVER_BIN ?? "/work/k8s-bin/kube-apiserver";
const ETCD = process.env.ETCD_BIN ?? "/usr/bin/etcd";

/** Why there can be no API server here; undefined where there can. */
export function whyNoApiServer(): string | undefined {
  const missing = [KUBE_APISERVER, ETCD].filter((file) => !existsSync(file));
  return missing.length === 0 ? undefined : `not here: ${missing.join(", ")} (docs/live-audit.md says where from)`;
}

/** A real Kubernetes API server over an etcd of its own, on loopback. */
export class ApiServer {
  private constructor(
    readonly folder: string,
    readonly url: string,
    private readonly processes: readonly ChildProcess[],
  ) {}

  static async start(): Promise<ApiServer> {
    const folder = mkdtempSync(join(tmpdir(), "moonshift-apiserver-"));
    const [port, etcdPort, peerPort] = await freePorts(3);
    const key = join(folder, "sa.key");
    execFileSync("openssl", ["genrsa", "-out", key, "2048"], { stdio: "ignore" });
    writeFileSync(join(folder, "tokens.csv"), 'admin-token,admin,admin,"system:masters"\nguest-token,guest,guest\n');
    const etcdUrl = `http://127.0.0.1:${etcdPort}`;
    const peerUrl = `http://127.0.0.1:${peerPort}`;
    const etcd = run(ETCD, [
      ["--data-dir", join(folder, "etcd")],
      ["--listen-client-urls", etcdUrl],
      ["--advertise-client-urls", etcdUrl],
      ["--listen-peer-urls", peerUrl],
      ["--initial-advertise-peer-urls", peerUrl],
      ["--initial-cluster", `default=${peerUrl}`],
    ]);
    const server = run(KUBE_APISERVER, [
      ["--etcd-servers", etcdUrl],
      ["--bind-address", "127.0.0.1"],
      ["--advertise-address", "127.0.0.1"],
      ["--secure-port", String(port)],
      ["--cert-dir", join(folder, "certs")],
      ["--service-account-key-file", key],
      ["--service-account-signing-key-file", key],
      ["--service-account-issuer", "https://kubernetes.default.svc"],
      ["--service-cluster-ip-range", "10.0.0.0/24"],
      ["--token-auth-file", join(folder, "tokens.csv")],
      ["--authorization-mode", "RBAC"],
      ["--disable-admission-plugins", "ServiceAccount"],
    ]);
    const started = new ApiServer(folder, `https://127.0.0.1:${port}`, [server, etcd]);
    try {
      await until(() => started.isReady(), server);
      return started;
    } catch (error) {
      started.stop();
      throw error;
    }
  }

  /** A kubeconfig for the user with this token; its path. */
  kubeconfig(token: "admin-token" | "guest-token" | "no-such-token", namespace = "default"): string {
    const ca = readFileSync(join(this.folder, "certs", "apiserver.crt")).toString("base64");
    const file = join(this.folder, `kubeconfig-${token}-${namespace}`);
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "real",
      clusters: [{ name: "real", cluster: { server: this.url, "certificate-authority-data": ca } }],
      users: [{ name: token, user: { token } }],
      contexts: [{ name: "real", context: { cluster: "real", user: token, namespace } }],
    };
    writeFileSync(file, JSON.stringify(config));
    return file;
  }

  /** Creates what a path's collection holds; what the server says when it refuses is thrown. */
  async create(path: string, resource: unknown): Promise<void> {
    const response = await this.ask(path, { method: "POST", body: JSON.stringify(resource) });
    if (response.status === 409) return;
    if (response.status >= 300) throw new Error(`${path}: ${await response.text()}`);
  }

  /** A token of a service account, and the folder that a pod of it would see as `/`. */
  async serviceAccount(namespace: string, name: string): Promise<string> {
    await this.create(`/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
    const request = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: {} };
    const response = await this.ask(path, { method: "POST", body: JSON.stringify(request) });
    const { status } = (await response.json()) as { readonly status: { readonly token: string } };
    const root = join(this.folder, `pod-${name}`);
    const secrets = join(root, "var/run/secrets/kubernetes.io/serviceaccount");
    mkdirSync(secrets, { recursive: true });
    writeFileSync(join(secrets, "token"), status.token);
    writeFileSync(join(secrets, "namespace"), namespace);
    copyFileSync(join(this.folder, "certs", "apiserver.crt"), join(secrets, "ca.crt"));
    return root;
  }

  async isServed(path: string): Promise<boolean> {
    return (await this.ask(path)).status === 200;
  }

  stop(): void {
    for (const process of this.processes) process.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async isReady(): Promise<boolean> {
    try {
      return await this.isServed("/readyz");
    } catch {
      return false;
    }
  }

  private ask(path: string, request: { readonly method?: string; readonly body?: string } = {}) {
    return fetch(this.url + path, {
      ...request,
      headers: { Authorization: "Bearer admin-token", "Content-Type": "application/json" },
      dispatcher: new Agent({ connect: { rejectUnauthorized: false } }),
    });
  }
}

function run(program: string, options: readonly (readonly [string, string])[]): ChildProcess {
  return spawn(program, options.flat(), { stdio: "ignore" });
}

export async function until(isTrue: () => Promise<boolean>, process?: ChildProcess): Promise<void> {
  const end = Date.now() + 120_000;
  while (!(await isTrue())) {
    if (process?.exitCode != null) throw new Error(`the API server ended with ${process.exitCode}`);
    if (Date.now() > end) throw new Error("not ready within two minutes");
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
