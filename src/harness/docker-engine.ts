import http from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";

/** Whether a Docker engine answers here; quick, and without loading testcontainers (which takes half a second). */
export async function dockerAnswers(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  const pings = endpoints(env).map((endpoint) => ping(endpoint));
  return (await Promise.all(pings)).includes(true);
}

function endpoints(env: NodeJS.ProcessEnv): http.RequestOptions[] {
  if (env.DOCKER_HOST) return [fromUrl(env.DOCKER_HOST)];
  const runtime = env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, "docker.sock")] : [];
  return ["/var/run/docker.sock", ...runtime, join(homedir(), ".docker/run/docker.sock")].map((socketPath) => ({
    socketPath,
  }));
}

function fromUrl(host: string): http.RequestOptions {
  if (host.startsWith("unix://")) return { socketPath: host.slice("unix://".length) };
  const url = URL.canParse(host) ? new URL(host) : new URL("tcp://invalid.invalid");
  return { host: url.hostname, port: url.port || 2375 };
}

function ping(endpoint: http.RequestOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const request = http.get({ ...endpoint, path: "/_ping", timeout: 2_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
  });
}
