/** The linear memory of a module as the host reads and writes it. Addresses come from the module: every access is checked. */
export class GuestMemory {
  #bytes: Buffer;

  constructor(
    private readonly memory: WebAssembly.Memory,
    /** The module's allocator: `proxy_on_memory_allocate`, or `malloc`. 0 when there is no memory left. */
    private readonly allocate: (size: number) => number,
  ) {
    this.#bytes = Buffer.from(memory.buffer);
  }

  get byteLength(): number {
    return this.memory.buffer.byteLength;
  }

  /** A view, good until the module runs again; undefined outside of the memory. */
  view(address: number, size: number): Buffer | undefined {
    const bytes = this.#all();
    const from = address >>> 0;
    const to = from + (size >>> 0);
    return to <= bytes.length ? bytes.subarray(from, to) : undefined;
  }

  /** Latin1. */
  text(address: number, size: number): string | undefined {
    return this.view(address, size)?.toString("latin1");
  }

  setU32(address: number, value: number): boolean {
    const view = this.view(address, 4);
    view?.writeUInt32LE(value >>> 0);
    return view !== undefined;
  }

  setU64(address: number, value: bigint): boolean {
    const view = this.view(address, 8);
    view?.writeBigUInt64LE(BigInt.asUintN(64, value));
    return view !== undefined;
  }

  set(address: number, bytes: Uint8Array): boolean {
    const view = this.view(address, bytes.length);
    view?.set(bytes);
    return view !== undefined;
  }

  /** Hands bytes to the module in memory of its own, address and size where it asked for them. Nothing is allocated for no bytes. */
  give(bytes: Uint8Array, addressAt: number, sizeAt: number): boolean {
    let address = 0;
    if (bytes.length > 0) {
      address = this.allocate(bytes.length);
      if (address === 0 || !this.set(address, bytes)) return false;
    }
    return this.setU32(addressAt, address) && this.setU32(sizeAt, bytes.length);
  }

  /** Memory that grew has a new buffer. */
  #all(): Buffer {
    if (this.#bytes.buffer !== this.memory.buffer) this.#bytes = Buffer.from(this.memory.buffer);
    return this.#bytes;
  }
}
