import { createSign, X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { dockerCredentials } from "../../../src/delivery/oci/docker-credentials.js";
import { moduleImage } from "../../../src/delivery/oci/image.js";
import { type PushOptions, pushImage } from "../../../src/delivery/oci/push-image.js";
import {
  freePort,
  NO_REGISTRY,
  type RegistrySettings,
  type RunningRegistry,
  selfSigned,
  startRegistry,
} from "./debian-registry.js";

const MODULE = { bytes: Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), rootIds: ["a"], abiVersion: "v0.2.1" };
/** bcrypt of "correct horse". */
const HTPASSWD = "alice:$2y$05$qAXFtdMqzd8or97LLeKtweDuZ3uUSNq7FJDBKb1RYlEjDi.RfOc2i\n";
const ALICE = { kind: "password", username: "alice", password: "correct horse" } as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "moonshift-access-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(NO_REGISTRY)(`who may push${NO_REGISTRY ? ` (${NO_REGISTRY})` : ""}`, () => {
  const running: { stop(): unknown }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });

  async function registry(settings: RegistrySettings): Promise<RunningRegistry> {
    const started = await startRegistry(settings);
    running.push(started);
    return started;
  }

  const push = (host: string, options: PushOptions) =>
    pushImage(
      moduleImage(MODULE, "artifact"),
      { registry: host, repository: "team/a", tag: "1" },
      { pauseMs: 1, ...options },
    );

  test("basic: no, wrong and right credentials", async () => {
    const path = join(folder, "htpasswd");
    writeFileSync(path, HTPASSWD);
    const { host } = await registry({ auth: { htpasswd: { realm: "registry", path } } });
    await expect(push(host, {})).rejects.toThrow(
      `${host} wants to know who pushes to team/a (authentication required): \`docker login ${host}\` leaves credentials that moonshift finds`,
    );
    await expect(push(host, { credentials: { ...ALICE, password: "wrong" } })).rejects.toThrow(
      `${host} does not let these credentials push to team/a (authentication required): \`docker login ${host}\` with others`,
    );
    expect((await push(host, { credentials: ALICE })).sentBytes).toBeGreaterThan(0);
  });

  test("bearer: a token for this repository, got with the password", async () => {
    const pem = selfSigned(folder);
    const port = await freePort();
    const realm = `http://localhost:${port}/token`;
    const { host } = await registry({
      auth: { token: { realm, service: "shop-registry", issuer: "test", rootcertbundle: pem.certificate } },
    });
    const asked: string[] = [];
    running.push(await tokenServer(port, pem, asked));
    await expect(push(host, { credentials: { ...ALICE, password: "wrong" } })).rejects.toThrow(
      /does not let these credentials push/,
    );
    expect((await push(host, { credentials: ALICE })).sentBytes).toBeGreaterThan(0);
    expect(asked.at(-1)).toBe("/token?service=shop-registry&scope=repository%3Ateam%2Fa%3Apull%2Cpush");
  });

  test("a certificate of one's own: refused, trusted with --ca, or let pass with --insecure", async () => {
    const { certificate, key } = selfSigned(folder);
    const { host } = await registry({ http: { tls: { certificate, key } } });
    await expect(push(host, {})).rejects.toThrow(/shows a certificate that is not trusted .* --ca FILE/);
    expect((await push(host, { ca: [readFileSync(certificate, "utf8")] })).sentBytes).toBeGreaterThan(0);
    expect((await push(host, { insecure: true })).sentBytes).toBe(0);
  });
});

/** The token protocol's other side: alice gets what she asks for, in the form that the registry verifies. */
async function tokenServer(
  port: number,
  pem: { certificate: string; key: string },
  asked: string[],
): Promise<{ stop(): void }> {
  const header = {
    alg: "ES256",
    typ: "JWT",
    x5c: [new X509Certificate(readFileSync(pem.certificate)).raw.toString("base64")],
  };
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const server: Server = createServer((request, response) => {
    const { url = "", headers } = request;
    asked.push(url);
    const expected = `Basic ${Buffer.from("alice:correct horse").toString("base64")}`;
    if (headers.authorization !== expected) {
      response.writeHead(401).end();
      return;
    }
    const query = new URL(url, "http://localhost").searchParams;
    const [type, name, actions] = query.get("scope")!.split(":");
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: "test",
      aud: query.get("service"),
      exp: now + 60,
      nbf: now - 60,
      iat: now,
      jti: "1",
      access: [{ type, name, actions: actions!.split(",") }],
    };
    const payload = `${encode(header)}.${encode(claims)}`;
    const signature = createSign("SHA256")
      .update(payload)
      .sign({ key: readFileSync(pem.key, "utf8"), dsaEncoding: "ieee-p1363" });
    response.end(JSON.stringify({ token: `${payload}.${signature.toString("base64url")}` }));
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { stop: () => server.close() };
}

test("plain http is for this machine only, unless --insecure", async ({ skip }) => {
  const name = hostname();
  const found = await lookup(name).catch(() => undefined);
  if (found === undefined || name === "localhost") skip("this machine has no name of its own");
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as { readonly port: number };
  const to = { registry: `${name}:${port}`, repository: "a", tag: "1" };
  const push = (insecure: boolean) => pushImage(moduleImage(MODULE, "artifact"), to, { attempts: 1, insecure });
  await expect(push(false)).rejects.toThrow(`${name}:${port} does not speak TLS; --insecure allows plain http`);
  await expect(push(true)).rejects.toThrow(`${name}:${port} does not begin an upload (404)`);
  server.close();
});

describe("what docker login left", () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(folder, "home-"));
  });

  function configure(config: object): NodeJS.ProcessEnv {
    writeFileSync(join(home, "config.json"), JSON.stringify(config));
    return { DOCKER_CONFIG: home, PATH: `${home}:${process.env.PATH}` };
  }

  function helper(name: string, script: string): void {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
    chmodSync(join(home, `docker-credential-${name}`), 0o755);
  }

  test("user and password, under any of the spellings", async () => {
    const auth = Buffer.from("bob:pass:word").toString("base64");
    const expected = { kind: "password", username: "bob", password: "pass:word" };
    expect(await dockerCredentials("ghcr.io", configure({ auths: { "ghcr.io": { auth } } }))).toEqual(expected);
    expect(await dockerCredentials("ghcr.io", configure({ auths: { "https://ghcr.io/v1/": { auth } } }))).toEqual(
      expected,
    );
    expect(
      await dockerCredentials("docker.io", configure({ auths: { "https://index.docker.io/v1/": { auth } } })),
    ).toEqual(expected);
    expect(await dockerCredentials("other.io", configure({ auths: { "ghcr.io": { auth } } }))).toBeUndefined();
  });

  test("tokens", async () => {
    const env = configure({ auths: { "a.io": { identitytoken: "i" }, "b.io": { registrytoken: "r" } } });
    expect(await dockerCredentials("a.io", env)).toEqual({ kind: "identity-token", token: "i" });
    expect(await dockerCredentials("b.io", env)).toEqual({ kind: "registry-token", token: "r" });
  });

  test("a helper gets the registry on standard input; its own goes before the general one", async () => {
    helper("own", `read host; printf '{"Username":"of-%s","Secret":"s"}' "$host"`);
    helper("general", `echo '{"Username":"<token>","Secret":"t"}'`);
    const env = configure({ credHelpers: { "ghcr.io": "own" }, credsStore: "general" });
    expect(await dockerCredentials("ghcr.io", env)).toEqual({
      kind: "password",
      username: "of-ghcr.io",
      password: "s",
    });
    expect(await dockerCredentials("quay.io", env)).toEqual({ kind: "identity-token", token: "t" });
  });

  test("a helper that knows nothing is not the end", async () => {
    helper("store", "echo 'credentials not found in native keychain'; exit 1");
    const env = configure({
      credsStore: "store",
      auths: { "ghcr.io": { auth: Buffer.from("a:b").toString("base64") } },
    });
    expect(await dockerCredentials("ghcr.io", env)).toEqual({ kind: "password", username: "a", password: "b" });
  });

  test("no helper, a broken helper, a name that is none", async () => {
    await expect(dockerCredentials("ghcr.io", configure({ credsStore: "absent" }))).rejects.toThrow(
      "asks docker-credential-absent for credentials, which cannot be run",
    );
    helper("broken", "exit 3");
    await expect(dockerCredentials("ghcr.io", configure({ credsStore: "broken" }))).rejects.toThrow(
      /failed for ghcr.io \(exit code 3\)/,
    );
    await expect(dockerCredentials("ghcr.io", configure({ credsStore: "../../bin/sh" }))).rejects.toThrow(
      "which is no program's name",
    );
  });

  test("a malformed configuration, without showing what is in it", async () => {
    const env = configure({});
    writeFileSync(join(home, "config.json"), '{"auths": {"ghcr.io": {"auth": "c2VjcmV0" oops');
    await expect(dockerCredentials("ghcr.io", env)).rejects.toThrow(/^not readable as JSON$/);
  });
});
