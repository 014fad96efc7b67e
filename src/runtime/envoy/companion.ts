// What the script writes into dynamic metadata leaves the module in private headers, of which `header_to_metadata` filters beside this one
// make dynamic metadata that all of Envoy sees. Only where the plugin's configuration says that they are there: else nobody would
// take the headers off again.
import { base64 } from "./base64";
import { bufferBytes, PLUGIN_CONFIGURATION, replaceHeader } from "../host";
import { allocPermanent } from "../memory/arena";
import { equal } from "../memory/copy";
import { isTextual } from "../proto-value";
import { Fields } from "../protobuf";
import { run } from "../run";
import { Str } from "../str";
import { activeRoot } from "../state";
import { forget, recall } from "../stream-memory";

// @ts-ignore: decorator
@unmanaged
class Carrier {
  next: Carrier | null;
  header: Str;
  namespace: Str;
  key: Str;
}

let first: Carrier | null = null;
/** Root contexts (plugin configurations) with companion filters; without state there is one root, told by 0. */
// @ts-ignore: decorator
@unmanaged
class Configured {
  next: Configured | null;
  root: u32;
}

let configured: Configured | null = null;

/** header_to_metadata takes values of up to 8,192 characters: base64 of this many bytes. */
const MOST: u32 = 6144;

const CONFIGURED = Str.of('"publishDynamicMetadata":true');

/** From now on `header` is what carries `key` of `namespace`. For the start of the module. */
export function carry(header: Str, namespace: Str, key: Str): void {
  const carrier = changetype<Carrier>(allocPermanent(offsetof<Carrier>()));
  carrier.header = header;
  carrier.namespace = namespace;
  carrier.key = key;
  carrier.next = first;
  first = carrier;
}

/** Looks whether the configuration of the plugin `root`, of `size` bytes, says that the companion filters are there. */
export function configureCompanion(root: u32, size: u32): void {
  if (!saysSo(size)) return;
  const added = changetype<Configured>(allocPermanent(offsetof<Configured>()));
  added.root = STATEFUL ? root : 0;
  added.next = configured;
  configured = added;
}

function saysSo(size: u32): bool {
  const configuration = bufferBytes(PLUGIN_CONFIGURATION, 0, size),
    wanted = CONFIGURED.byteLength;
  if (!configuration) return false;
  for (let at: u32 = 0; at + wanted <= configuration.byteLength; at++)
    if (equal(configuration.bytes + at, CONFIGURED.bytes, wanted)) return true;
  return false;
}

function isConfigured(): bool {
  const root: u32 = STATEFUL ? activeRoot() : 0;
  let candidate = configured;
  while (candidate && candidate.root != root) candidate = candidate.next;
  return changetype<usize>(candidate) != 0;
}

function canBeCarried(contents: Str): bool {
  return contents.byteLength <= MOST && isTextual(Fields.of(contents.bytes, contents.byteLength));
}

/** The headers of `run` are about to go on: they take along what the stream has written. */
export function publish(): void {
  if (!isConfigured()) return;
  let carrier = first;
  while (carrier) {
    const contents = recall(run.context, carrier.namespace, carrier.key);
    if (contents && canBeCarried(contents)) {
      replaceHeader(run.direction << 1, carrier.header, base64(contents));
      forget(run.context, carrier.namespace, carrier.key);
    }
    carrier = carrier.next;
  }
}
