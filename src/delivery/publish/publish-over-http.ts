import { join } from "node:path";
import { InputError, MissingError } from "../../support/failure.js";
import { Transport, type TransportOptions } from "../oci/transport.js";
import { abiVersionOf } from "./abi-version.js";
import { chooseModules, type ModuleToPublish, shortened } from "./choose-modules.js";
import { writeAddress } from "./write-address.js";

export interface HttpOptions extends TransportOptions {
  /** Folder of a web server: `https://files.example.com/filters`. */
  readonly to: URL;
  /** Only this filter. */
  readonly only?: string;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

/** One filter's module on a web server. */
export interface Served {
  readonly id: string;
  readonly url: string;
  readonly digest: string;
  /** Files of the folder that name it now. */
  readonly files: readonly string[];
}

/**
 * Names modules that a web server has in the manifests of a folder. How files come there every server has its own way; what is looked at is that
 * each stands there, byte for byte.
 * @throws InputError with what to upload and where, MissingError where the server does not answer
 */
export async function publishOverHttp(dir: string, options: HttpOptions): Promise<readonly Served[]> {
  const { chosen } = chooseModules(dir, options.only);
  const transport = new Transport(options);
  try {
    const there: (readonly [ModuleToPublish, string])[] = [];
    for (const filter of chosen) there.push([filter, await whereItStands(filter, options, transport)]);
    return there.map(([filter, url]) => named(filter, url, options));
  } finally {
    await transport.close();
  }
}

/** The name changes with the module, so that no cache on the way holds an older one under it. */
function addressOf({ id, sha256 }: ModuleToPublish, to: URL): URL {
  const url = new URL(to);
  url.pathname = `${to.pathname.replace(/\/+$/, "")}/${encodeURIComponent(id)}-${shortened(sha256)}.wasm`;
  return url;
}

async function whereItStands(filter: ModuleToPublish, { to, say }: HttpOptions, transport: Transport): Promise<string> {
  const file = join(filter.folder, "filter.wasm");
  abiVersionOf(filter.wasm, file);
  const url = addressOf(filter, to);
  say(`${filter.id}: asking for ${url.href}`);
  const response = await transport.send({ method: "GET", url });
  if (response.status >= 500 || response.status === 429)
    throw new MissingError(`${url.host} is in trouble (${response.status}); try again later`);
  const upload = `upload ${file} there, and run it again`;
  if (!response.ok) {
    await response.body?.cancel();
    throw new InputError(`${url.href} is not to be had (${response.status}): ${upload}`);
  }
  if (!Buffer.from(await response.arrayBuffer()).equals(filter.wasm))
    throw new InputError(`${url.href} is another module: ${upload}`);
  return url.href;
}

function named({ id, folder, sha256 }: ModuleToPublish, url: string, { say }: HttpOptions): Served {
  const digest = `sha256:${sha256}`;
  const files = writeAddress(folder, { schemaVersion: 1, id, url, digest, layout: "plain", moduleSha256: sha256 }, say);
  return { id, url, digest, files };
}
