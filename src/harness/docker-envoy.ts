import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { StartedTestContainer } from "testcontainers";
import { MissingError } from "../support/failure.js";
import type { EnvoyLauncher, EnvoyOptions, RunningEnvoy } from "./envoy.js";
import { findEnvoyBinary, findInPath } from "./envoy-binary.js";
import { BOOTSTRAP_FILE, envoyFlags } from "./envoy-folder.js";
import { PINNED_ENVOY_VERSION } from "./envoy-wheel.js";
import { onOurDeath } from "./lifeline.js";
import { EnvoyOutput, whenLive } from "./running-envoy.js";
import { scratchImageName, withScratchContext } from "./scratch-image.js";

const OFFICIAL_IMAGE = `envoyproxy/envoy:v${PINNED_ENVOY_VERSION}`;

/** The container's working directory; it holds the bootstrap and its files. */
const FOLDER = "/moonshift";

/**
 * Envoy in a container, in the host's network (the port mapper costs half the throughput).
 *
 * @param image default: the official one, or one built from a local Envoy binary where it cannot be pulled
 * @param say progress, one line each
 * @throws MissingError when the image cannot be had; testcontainers' own error when Docker does not answer
 */
export async function dockerEnvoy(image: string | undefined, say: (line: string) => void): Promise<EnvoyLauncher> {
  // Ryuk, testcontainers' own cleaner, is an image to pull too; with the docker client our lifeline does its work.
  if (findInPath("docker") !== undefined) process.env.TESTCONTAINERS_RYUK_DISABLED ??= "true";
  const name = await provideImage(image, say);
  const description = `Docker, image ${name}`;
  return { kind: "docker", description, start: (bootstrap, options) => start(name, description, bootstrap, options) };
}

async function provideImage(image: string | undefined, say: (line: string) => void): Promise<string> {
  const wanted = image ?? OFFICIAL_IMAGE;
  const failure = await pull(wanted, say);
  if (failure === undefined) return wanted;
  if (image !== undefined) throw new MissingError(`no image ${image}: ${failure}`);
  say(`${wanted} cannot be pulled (${failure}); building an image from a local Envoy`);
  return buildScratchImage(say);
}

/** @returns why it failed; undefined when the image is here now */
async function pull(image: string, say: (line: string) => void): Promise<string | undefined> {
  const { getContainerRuntimeClient, ImageName } = await import("testcontainers");
  const client = await getContainerRuntimeClient();
  const name = ImageName.fromString(image);
  if (await client.image.exists(name)) return undefined;
  say(`pulling ${image}`);
  try {
    await client.image.pull(name, { force: false, platform: undefined });
    return undefined;
  } catch (error) {
    return (error as Error).message.trim();
  }
}

async function buildScratchImage(say: (line: string) => void): Promise<string> {
  const { GenericContainer, getContainerRuntimeClient, ImageName } = await import("testcontainers");
  const binary = await findEnvoyBinary(say);
  const name = await scratchImageName(binary);
  const client = await getContainerRuntimeClient();
  if (await client.image.exists(ImageName.fromString(name))) return name;
  say(`building ${name} from ${binary}`);
  await withScratchContext(binary, (context) =>
    GenericContainer.fromDockerfile(context).build(name, { deleteOnExit: false }),
  );
  return name;
}

async function start(
  image: string,
  description: string,
  bootstrap: string,
  options: EnvoyOptions = {},
): Promise<RunningEnvoy> {
  const { GenericContainer, getContainerRuntimeClient, Wait } = await import("testcontainers");
  const name = `moonshift-envoy-${randomUUID()}`;
  const output = new EnvoyOutput();
  const callOff = onOurDeath('docker rm -f -v "$1"', [name]);
  const files = Object.entries({ ...options.files, [BOOTSTRAP_FILE]: bootstrap });
  const container = new GenericContainer(image)
    .withName(name)
    .withNetworkMode("host")
    .withUser("0")
    .withEntrypoint(["/usr/local/bin/envoy"]) // the official image has one that changes users
    .withCommand(envoyFlags(options))
    .withWorkingDir(FOLDER)
    .withCopyContentToContainer(
      files.map(([file, content]) => ({ content: Buffer.from(content as string), target: `${FOLDER}/${file}` })),
    )
    .withLogConsumer((stream) => readOutput(stream, output))
    .withWaitStrategy(Wait.forAll([])); // whenLive waits, the same way for both launchers;
  const client = await getContainerRuntimeClient();
  let started: StartedTestContainer;
  try {
    started = await container.start();
  } catch (error) {
    await client.container.remove(client.container.getById(name), { removeVolumes: true }).catch(() => {}); // never created
    throw error;
  }
  const handle = client.container.getById(started.getId());
  const { State } = await client.container.inspect(handle);
  const ended = handle.wait().then(
    () => undefined,
    () => undefined, // removed before we could wait: it has ended too
  );
  const terminate = async (): Promise<void> => {
    await started.stop({ timeout: 1_000, remove: true, removeVolumes: true });
    callOff();
  };
  return whenLive(
    { description, pid: State.Pid, container: started.getId(), ended, terminate },
    output,
    options.readyTimeoutMs ?? 30_000,
  );
}

/** Standard output and error come as one stream: what is not in the format of the log counts as both. */
function readOutput(stream: Readable, output: EnvoyOutput): void {
  let rest = "";
  stream.on("data", (chunk: Buffer | string) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const text = Buffer.from(line, "utf8").toString("latin1");
      output.takeLine(text);
      if (output.logs.at(-1)?.level === "raw") output.takeOutput(Buffer.from(`${line}\n`));
    }
  });
  stream.on("error", () => {}); // the container is gone
}
