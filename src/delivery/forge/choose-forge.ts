import { InputError, MissingError } from "../../support/failure.js";
import type { RemoteAddress } from "../git/remote-address.js";
import type { Forge } from "./forge.js";
import { gitHub } from "./github.js";
import { gitLab } from "./gitlab.js";

export type ForgeName = "auto" | "github" | "gitlab" | "none";
export const FORGES: readonly ForgeName[] = ["auto", "github", "gitlab", "none"];

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The forge behind a remote: by its host, by what a CI job says of its own forge, or as the user says. Undefined where there is none.
 * Tokens come from GITHUB_TOKEN and GITLAB_TOKEN, and go to that forge's host and API alone.
 * @throws InputError, and MissingError where the token is missing and needed
 */
export function chooseForge(
  remote: RemoteAddress,
  wanted: ForgeName,
  needed: boolean,
  env: Environment = process.env,
): Forge | undefined {
  const { web } = remote;
  if (wanted === "none") return undefined;
  if (web === undefined) {
    if (wanted === "auto") return undefined;
    throw new InputError(`--forge ${wanted}: ${remote.url} is not on a host that could have one`);
  }
  const name = wanted === "auto" ? guess(web.host, env) : wanted;
  if (name === undefined) return undefined;
  const variable = name === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN";
  const token = env[variable];
  if (token === undefined || token === "") {
    if (!needed) return undefined;
    throw new MissingError(
      `${variable} is not set: a pull request at ${web.host} needs a token that may write to ${web.path}`,
    );
  }
  if (web.protocol === "http:" && !/^(?:localhost|127\.0\.0\.1)(?::\d+)?$/.test(web.host))
    throw new InputError(`${web.host} is spoken to without TLS: the token would be shown to everyone on the way`);
  const origin = `${web.protocol}//${web.host}`;
  return name === "github"
    ? gitHub({ api: gitHubApi(web.host, origin, env), origin, path: web.path, token })
    : gitLab({ api: gitLabApi(web.host, origin, env), origin, path: web.path, token });
}

function guess(host: string, env: Environment): "github" | "gitlab" | undefined {
  if (host === "github.com" || isHostOf(host, env.GITHUB_SERVER_URL)) return "github";
  if (host === "gitlab.com" || isHostOf(host, env.CI_SERVER_URL)) return "gitlab";
  return undefined;
}

function isHostOf(host: string, url: string | undefined): boolean {
  return url !== undefined && URL.canParse(url) && new URL(url).host === host;
}

function gitHubApi(host: string, origin: string, env: Environment): string {
  if (host === "github.com") return "https://api.github.com";
  return isHostOf(host, env.GITHUB_SERVER_URL) && env.GITHUB_API_URL ? env.GITHUB_API_URL : `${origin}/api/v3`;
}

function gitLabApi(host: string, origin: string, env: Environment): string {
  return isHostOf(host, env.CI_SERVER_URL) && env.CI_API_V4_URL ? env.CI_API_V4_URL : `${origin}/api/v4`;
}
