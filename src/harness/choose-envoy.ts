import type { EnvoyLauncher } from "./envoy.js";
import { findEnvoyBinary } from "./envoy-binary.js";
import { localEnvoy } from "./local-envoy.js";

/** Local process, whatever Docker says: what most tests use. */
export async function chooseLocalEnvoy(say: (line: string) => void = () => {}): Promise<EnvoyLauncher> {
  return localEnvoy(await findEnvoyBinary(say));
}
