import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assemble } from "../../src/runtime/toolchain/assemble.mjs";
import { packageRoot } from "../../src/support/package-root.js";

export interface GuestOptions {
  readonly stateful?: boolean;
  readonly metatables?: boolean;
  readonly yields?: boolean;
  /** How many pages of 64 KiB the guest's memory can grow to. */
  readonly maximumPages?: number;
  /** Imports of the module `env` (host calls); each returns an i32. */
  readonly env?: Readonly<Record<string, (...args: number[]) => number>>;
}

/** A Lua value seen from outside: strings are latin1 (a character is a byte), objects their address. */
export type GuestValue =
  | null
  | boolean
  | number
  | string
  | { readonly type: "table" | "function" | "userdata"; readonly address: number };

/**
 * Compiles a small AssemblyScript program against the guest runtime and instantiates it. The program sees `lua` (all of
 * `runtime/lua.ts`), `Str` and `Value`; further imports are written `from "./runtime/…"`. Functions take and return f64, i32,
 * bool, `Str` (a number here: `put`, `text`) or `Value` (a bigint here: `box`, `value`).
 */
export async function guest(program: string, options: GuestOptions = {}): Promise<Guest> {
  const module = await compile(program, options);
  const instance = await WebAssembly.instantiate(module, { env: { ...options.env } });
  (instance.exports as Exports)._initialize?.();
  return new Guest(instance.exports as Exports);
}

type Exports = Record<string, (...args: (number | bigint)[]) => number | bigint | undefined> & {
  memory: WebAssembly.Memory;
};

export class Guest {
  constructor(readonly exports: Exports) {}

  call(name: string, ...args: (number | bigint)[]): number {
    return Number(this.run(name, args));
  }

  /** What a function gives that returns a `Str` (null: ""), as latin1. */
  text(name: string, ...args: (number | bigint)[]): string {
    return this.read(this.call(name, ...args));
  }

  /** What a function gives that returns a `Value`. */
  value(name: string, ...args: (number | bigint)[]): GuestValue {
    return this.unbox(this.run(name, args) as bigint);
  }

  /** A string of the guest made of latin1 text or of bytes. */
  put(text: string | Uint8Array): number {
    const bytes = typeof text === "string" ? Buffer.from(text, "latin1") : text;
    const address = Number(this.run("guest_string", [bytes.length]));
    Buffer.from(this.exports.memory.buffer).set(bytes, address + 8);
    return address;
  }

  read(address: number): string {
    const memory = Buffer.from(this.exports.memory.buffer);
    return address === 0 ? "" : memory.toString("latin1", address + 8, address + 8 + memory.readUInt32LE(address));
  }

  box(value: null | boolean | number | string): bigint {
    if (value === null) return NIL;
    if (typeof value === "boolean") return value ? TRUE : FALSE;
    if (typeof value === "string") return BigInt.asIntN(64, (0xfffcn << 48n) | BigInt(this.put(value)));
    BITS.setFloat64(0, value);
    return BITS.getBigInt64(0);
  }

  unbox(bits: bigint): GuestValue {
    const unsigned = BigInt.asUintN(64, bits);
    const address = Number(unsigned & 0xffffffffn);
    switch (Number(unsigned >> 48n)) {
      case 0xfff9:
        return null;
      case 0xfffa:
        return false;
      case 0xfffb:
        return true;
      case 0xfffc:
        return this.read(address);
      case 0xfffd:
        return { type: "table", address };
      case 0xfffe:
        return { type: "function", address };
      case 0xffff:
        return { type: "userdata", address };
      default:
        BITS.setBigUint64(0, unsigned);
        return BITS.getFloat64(0);
    }
  }

  private run(name: string, args: (number | bigint)[]): number | bigint | undefined {
    const exported = this.exports[name];
    if (!exported) throw new Error(`the guest exports no ${name}`);
    return exported(...args);
  }
}

const NIL = BigInt.asIntN(64, 0xfff9n << 48n);
const FALSE = BigInt.asIntN(64, 0xfffan << 48n);
const TRUE = BigInt.asIntN(64, 0xfffbn << 48n);
const BITS = new DataView(new ArrayBuffer(8));

const PRELUDE =
  'import * as lua from "./runtime/lua"; import { Str } from "./runtime/str"; import { Value } from "./runtime/value";';
const POSTLUDE = "export function guest_string(length: u32): Str { return Str.alloc(length); }";

const assembled = new Map<string, Promise<Uint8Array>>();

async function compile(program: string, options: GuestOptions): Promise<WebAssembly.Module> {
  const { stateful = false, metatables = false, yields = false, maximumPages } = options;
  const key = JSON.stringify([program, stateful, metatables, yields]);
  const read = (name: string) => (name === "entry.ts" ? `${PRELUDE}\n${program}\n${POSTLUDE}` : runtimeFile(name));
  if (!assembled.has(key)) assembled.set(key, assemble({ read, stateful, metatables, yields, names: true }));
  const bytes = (await assembled.get(key))!;
  return new WebAssembly.Module((maximumPages ? limitMemory(bytes, maximumPages) : bytes) as Uint8Array<ArrayBuffer>);
}

function runtimeFile(name: string): string | null {
  const path = join(packageRoot(), "src", name);
  return name.startsWith("runtime/") && existsSync(path) ? readFileSync(path, "utf8") : null;
}

const MEMORY_SECTION = 5;

/** The module with a maximum in its memory section: [id][size][1 memory][flags][initial] becomes [id][size][1][1][initial][maximum]. */
function limitMemory(wasm: Uint8Array, maximumPages: number): Uint8Array {
  for (let at = 8; at < wasm.length; ) {
    const [size, start] = leb128(wasm, at + 1);
    if (wasm[at] === MEMORY_SECTION) {
      const contents = [1, 1, ...wasm.subarray(start + 2, start + size), ...encodeLeb128(maximumPages)];
      return Buffer.concat([
        wasm.subarray(0, at),
        Buffer.from([MEMORY_SECTION, contents.length, ...contents]),
        wasm.subarray(start + size),
      ]);
    }
    at = start + size;
  }
  throw new Error("the module has no memory");
}

/** An unsigned number and where it ends. */
function leb128(bytes: Uint8Array, at: number): [value: number, end: number] {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    value += (byte & 127) * 2 ** shift;
    if (byte < 128) return [value, at];
  }
}

function encodeLeb128(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...encodeLeb128(value >>> 7)];
}
