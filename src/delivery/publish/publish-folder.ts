import { join } from "node:path";
import { InputError } from "../../support/failure.js";
import { type Layout, moduleImage, type OciImage } from "../oci/image.js";
import { below, type ImageReference, imageUrl } from "../oci/image-reference.js";
import { type PushOptions, type PushResult, pushImage } from "../oci/push-image.js";
import { abiVersionOf } from "./abi-version.js";
import { chooseModules, type ModuleToPublish, shortened } from "./choose-modules.js";
import { writeAddress } from "./write-address.js";

export interface PublishOptions extends PushOptions {
  readonly to: ImageReference;
  readonly layout: Layout;
  /** Only this filter. */
  readonly only?: string;
  /** Progress, a line at a time. */
  readonly say: (line: string) => void;
}

/** One filter's module in the registry. */
export interface Published extends PushResult {
  readonly id: string;
  /** `oci://registry/repository:tag`, as in the manifests. */
  readonly url: string;
  readonly layout: Layout;
  /** Files of the folder that name it now. */
  readonly files: readonly string[];
}

/**
 * Pushes the modules of a folder that `migrate` wrote and names them in the manifests there. Where the folder holds several modules, each gets
 * a repository of its own below that of `to`, also with `only`: two calls never overwrite each other's tag. Without a tag, the module's
 * own checksum is one.
 * @throws InputError, MissingError; what was pushed until then stays and is not pushed again
 */
export async function publishFolder(dir: string, options: PublishOptions): Promise<readonly Published[]> {
  const { all, chosen } = chooseModules(dir, options.only);
  const shipments = chosen.map((filter) => shipment(filter, options, all.length > 1));
  refuseCollisions(shipments);
  const done: Published[] = [];
  for (const one of shipments) done.push(await publish(one, options));
  return done;
}

interface Shipment {
  readonly filter: ModuleToPublish;
  readonly image: OciImage;
  readonly moduleSha256: string;
  readonly reference: ImageReference & { readonly tag: string };
}

function shipment(filter: ModuleToPublish, { to, layout }: PublishOptions, oneOfSeveral: boolean): Shipment {
  const { wasm: bytes, sha256: moduleSha256 } = filter;
  const abiVersion = abiVersionOf(bytes, join(filter.folder, "filter.wasm"));
  const reference = oneOfSeveral ? below(to, filter.id) : to;
  return {
    filter,
    image: moduleImage({ bytes, rootIds: [filter.id], abiVersion }, layout),
    moduleSha256,
    reference: { ...reference, tag: to.tag ?? shortened(moduleSha256) },
  };
}

function refuseCollisions(shipments: readonly Shipment[]): void {
  const taken = new Map<string, string>();
  for (const { filter, reference } of shipments) {
    const other = taken.get(reference.repository);
    if (other !== undefined)
      throw new InputError(
        `${other} and ${filter.id} would both be ${reference.repository}: publish them one by one with --only`,
      );
    taken.set(reference.repository, filter.id);
  }
}

async function publish(
  { filter, image, moduleSha256, reference }: Shipment,
  options: PublishOptions,
): Promise<Published> {
  const url = imageUrl(reference);
  options.say(`${filter.id}: pushing ${url}`);
  const pushed = await pushImage(image, reference, options);
  const { layout } = options;
  const { id, folder } = filter;
  const files = writeAddress(
    folder,
    { schemaVersion: 1, id, url, digest: pushed.digest, layout, moduleSha256 },
    options.say,
  );
  return { id, url, layout, files, ...pushed };
}
