/**
 * The Wasm module of a WebAssembly text. Binaryen, 15 MB, is loaded when the first text is there: whoever only asks for help does not wait for it.
 * @throws when the text is malformed
 */
export async function textModule(text: string): Promise<Uint8Array> {
  const { default: binaryen } = await import("binaryen");
  const module = binaryen.parseText(text);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
