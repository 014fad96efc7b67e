import { InputError } from "../../support/failure.js";

/**
 * The version of the proxy-wasm ABI that a module says it speaks, such as `v0.2.1`. The module is looked at, not run.
 * @throws InputError for what Envoy would refuse to load
 */
export function abiVersionOf(bytes: Uint8Array, file: string): string {
  let names: readonly string[];
  try {
    names = WebAssembly.Module.exports(new WebAssembly.Module(Uint8Array.from(bytes))).map(({ name }) => name);
  } catch (error) {
    throw new InputError(`not a Wasm module: ${(error as Error).message}`, { file });
  }
  const version = names
    .map((name) => /^proxy_abi_version_(\d+)_(\d+)_(\d+)$/.exec(name))
    .find((match) => match !== null);
  if (version === undefined || version === null)
    throw new InputError("exports no proxy_abi_version_…: not a module for Envoy", { file });
  return `v${version.slice(1).join(".")}`;
}
