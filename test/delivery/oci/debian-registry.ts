import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { stringify } from "yaml";

const PROGRAM = "/usr/bin/docker-registry";

/** Why the tests against a real registry cannot run here; false where they can. */
export const NO_REGISTRY: string | false = existsSync(PROGRAM)
  ? false
  : "Debian's registry is not here: apt-get install docker-registry";

export interface RunningRegistry {
  /** `localhost:PORT`. */
  readonly host: string;
  readonly port: number;
  /** Requests so far, such as `PUT /v2/…`. */
  requests(): readonly string[];
  stop(): Promise<void>;
}

export interface RegistrySettings {
  readonly http?: object;
  readonly auth?: object;
}

/** Debian's `docker-registry` on a free port, with a folder of its own that goes with it. */
export async function startRegistry({ http = {}, auth }: RegistrySettings = {}): Promise<RunningRegistry> {
  const folder = mkdtempSync(join(tmpdir(), "moonshift-registry-"));
  const port = await freePort();
  const config = join(folder, "config.yml");
  const log = join(folder, "log");
  writeFileSync(
    config,
    stringify({
      version: "0.1",
      log: { accesslog: { disabled: false }, level: "error" },
      storage: { filesystem: { rootdirectory: join(folder, "data") } },
      http: { addr: `127.0.0.1:${port}`, ...http },
      ...(auth === undefined ? {} : { auth }),
    }),
  );
  const child = spawn("/bin/sh", ["-c", 'exec "$0" serve "$1" >"$2" 2>&1', PROGRAM, config, log], { stdio: "ignore" });
  await listening(port, child, log);
  return {
    host: `localhost:${port}`,
    port,
    requests: () =>
      [...readFileSync(log, "utf8").matchAll(/"((?:GET|HEAD|POST|PUT|PATCH) [^ ]+)/g)].map((match) => match[1]!),
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(port: number, child: ChildProcess, log: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error(`the registry ended: ${readFileSync(log, "utf8")}`);
    try {
      await fetch(`http://127.0.0.1:${port}/`);
      return;
    } catch {
      await pause(50);
    }
  }
  throw new Error(`the registry does not listen: ${readFileSync(log, "utf8")}`);
}

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

/** A self-signed certificate for localhost. */
export function selfSigned(folder: string): { readonly certificate: string; readonly key: string } {
  const certificate = join(folder, "certificate.pem");
  const key = join(folder, "key.pem");
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...names, "-keyout", key, "-out", certificate], {
    stdio: "ignore",
  });
  return { certificate, key };
}
