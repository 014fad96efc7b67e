import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { InputError, MissingError } from "../../support/failure.js";

/** What a registry may ask of us. */
export type Credentials =
  | { readonly kind: "password"; readonly username: string; readonly password: string }
  /** Exchanged for an access token (OAuth 2 refresh token). */
  | { readonly kind: "identity-token"; readonly token: string }
  /** Handed to the registry as it is. */
  | { readonly kind: "registry-token"; readonly token: string };

const entry = z.object({
  auth: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  identitytoken: z.string().optional(),
  registrytoken: z.string().optional(),
});

const dockerConfig = z.object({
  auths: z.record(z.string(), entry).optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
});

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The credentials that `docker login` left for a registry: from the helper named for it, the general helper, or the configuration itself
 * (`$DOCKER_CONFIG/config.json`, otherwise `~/.docker/config.json`). Undefined where there are none.
 * @throws InputError for a malformed configuration, MissingError for a helper that cannot be run
 */
export async function dockerCredentials(
  registry: string,
  env: Environment = process.env,
): Promise<Credentials | undefined> {
  const file = join(env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), ".docker"), "config.json");
  if (!existsSync(file)) return undefined;
  const config = readConfig(file);
  const keys = configKeys(registry);
  for (const key of keys) {
    const helper = config.credHelpers?.[key] ?? config.credsStore;
    if (helper === undefined || helper === "") continue;
    const found = await askHelper(helper, key, env);
    if (found !== undefined) return found;
  }
  for (const key of keys) {
    const found = config.auths?.[key];
    const credentials = found === undefined ? undefined : fromEntry(found, file);
    if (credentials !== undefined) return credentials;
  }
  return undefined;
}

function readConfig(file: string): z.infer<typeof dockerConfig> {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    // The parser's own message quotes the text, which holds passwords.
    throw new InputError("not readable as JSON", { file });
  }
  const parsed = dockerConfig.safeParse(value);
  if (parsed.success) return parsed.data;
  const at = parsed.error.issues[0]!.path.map(String).join(".");
  throw new InputError(`not a Docker configuration: ${at}`, { file });
}

/** The spellings under which Docker and others file a registry. */
function configKeys(registry: string): readonly string[] {
  if (registry === "docker.io" || registry === "index.docker.io")
    return ["https://index.docker.io/v1/", "index.docker.io", "docker.io"];
  return [registry, `https://${registry}`, `https://${registry}/v1/`, `https://${registry}/v2/`, `http://${registry}`];
}

function fromEntry(found: z.infer<typeof entry>, file: string): Credentials | undefined {
  if (found.registrytoken) return { kind: "registry-token", token: found.registrytoken };
  if (found.identitytoken) return { kind: "identity-token", token: found.identitytoken };
  if (found.auth) {
    const text = Buffer.from(found.auth, "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (colon === -1) throw new InputError("an entry's auth is not user:password in base64", { file });
    return { kind: "password", username: text.slice(0, colon), password: text.slice(colon + 1).replace(/\0+$/, "") };
  }
  if (found.username !== undefined && found.password !== undefined)
    return { kind: "password", username: found.username, password: found.password };
  return undefined;
}

const HELPER_TIMEOUT_MS = 30_000;

/** The protocol of docker-credential-helpers: the registry on standard input, JSON on standard output. */
async function askHelper(helper: string, registry: string, env: Environment): Promise<Credentials | undefined> {
  if (!/^[A-Za-z0-9._-]+$/.test(helper))
    throw new InputError(`the Docker configuration names a helper "${helper}", which is no program's name`);
  const program = `docker-credential-${helper}`;
  const { code, stdout } = await runHelper(program, registry, env);
  // The helper's way of saying that it knows nothing of this registry.
  if (code !== 0) {
    if (/not found/i.test(stdout)) return undefined;
    throw new MissingError(`${program} failed for ${registry} (exit code ${code}); try \`docker login ${registry}\``);
  }
  const answer = z.object({ Username: z.string(), Secret: z.string() }).safeParse(parseJson(stdout));
  if (!answer.success) throw new MissingError(`${program} did not answer as a credential helper does`);
  const { Username: username, Secret: secret } = answer.data;
  if (username === "<token>") return { kind: "identity-token", token: secret };
  return username === "" && secret === "" ? undefined : { kind: "password", username, password: secret };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function runHelper(
  program: string,
  registry: string,
  env: Environment,
): Promise<{ code: number | null; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, ["get"], {
      stdio: ["pipe", "pipe", "ignore"],
      env: { ...env },
      timeout: HELPER_TIMEOUT_MS,
    });
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.on("error", () =>
      reject(
        new MissingError(
          `the Docker configuration asks ${program} for credentials, which cannot be run: install it or take it out`,
        ),
      ),
    );
    child.on("close", (code) => resolve({ code, stdout }));
    // A helper that ends without reading is no failure of its own.
    child.stdin.on("error", () => undefined);
    child.stdin.end(registry);
  });
}
