import { InputError, MissingError } from "../support/failure.js";
import { dockerAnswers } from "./docker-engine.js";
import { dockerEnvoy } from "./docker-envoy.js";
import type { EnvoyLauncher } from "./envoy.js";
import { findEnvoyBinary, isExecutable } from "./envoy-binary.js";
import { localEnvoy } from "./local-envoy.js";

export interface EnvoyChoice {
  /** `auto`, `docker`, `local`, or the path of an Envoy binary. */
  readonly envoy: string;
  /** Container image; only with Docker. */
  readonly image?: string;
}

/**
 * The Envoy that `--envoy` and `--envoy-image` ask for; `auto` takes Docker when it answers.
 *
 * @param say gets one line that tells what was chosen, and progress
 * @throws InputError for what is no choice; MissingError when what was asked for is not to be had
 */
export async function chooseEnvoy(choice: EnvoyChoice, say: (line: string) => void): Promise<EnvoyLauncher> {
  const launcher = await provide(choice, say);
  say(`using ${launcher.description}`);
  return launcher;
}

/** A local process, whatever Docker says: the quicker one, and what most tests use. */
export async function chooseLocalEnvoy(say: (line: string) => void = () => {}): Promise<EnvoyLauncher> {
  return localEnvoy(await findEnvoyBinary(say));
}

async function provide({ envoy, image }: EnvoyChoice, say: (line: string) => void): Promise<EnvoyLauncher> {
  switch (envoy) {
    case "local":
      if (image !== undefined) throw new InputError("--envoy-image needs --envoy docker or auto");
      return chooseLocalEnvoy(say);
    case "docker":
      if (await dockerAnswers()) return dockerEnvoy(image, say);
      throw new MissingError(`no Docker answers here: ${DOCKER_ADVICE}, or use --envoy local`);
    case "auto":
      if (await dockerAnswers()) return dockerEnvoy(image, say);
      if (image !== undefined) throw new MissingError(`--envoy-image needs Docker, and none answers: ${DOCKER_ADVICE}`);
      return chooseLocalEnvoy(say);
    default:
      if (isExecutable(envoy)) return localEnvoy(envoy);
      throw new InputError(`--envoy ${envoy}: neither auto, docker, local, nor an executable file`);
  }
}

const DOCKER_ADVICE = "install and start it (Debian: apt-get install docker.io)";
