import type { HeaderMap } from "../header-map.js";
import { decodePairs, encodePairs } from "../pairs.js";
import { Result, type ResultCode } from "../result.js";
import type { Vm } from "../vm.js";

const REQUEST_HEADERS = 0;
const LAST_MAP = 7;

/** Header maps and trailers. */
export function headerCalls(vm: Vm): WebAssembly.ModuleImports {
  /** Does `write` to a map with the strings at the addresses. */
  const change = (
    type: number,
    addresses: readonly number[],
    write: (map: HeaderMap, ...texts: string[]) => void,
  ): ResultCode => {
    if (type >>> 0 > LAST_MAP) return Result.badArgument;
    const texts: string[] = [];
    for (let i = 0; i < addresses.length; i += 2) {
      const text = vm.memory.text(addresses[i]!, addresses[i + 1]!);
      if (text === undefined) return Result.invalidMemoryAccess;
      texts.push(text);
    }
    const map = vm.context.map(type, true);
    if (map === undefined) return Result.badArgument;
    write(map, ...texts);
    if (type === REQUEST_HEADERS) vm.context.clearRouteCache();
    return Result.ok;
  };
  return {
    proxy_get_header_map_pairs(type: number, addressAt: number, sizeAt: number) {
      if (type >>> 0 > LAST_MAP) return Result.badArgument;
      const lines = vm.context.map(type, false)?.lines ?? [];
      const bytes = lines.length === 0 ? new Uint8Array() : encodePairs(lines);
      return vm.memory.give(bytes, addressAt, sizeAt) ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_get_header_map_value(type: number, key: number, keySize: number, addressAt: number, sizeAt: number) {
      if (type >>> 0 > LAST_MAP) return Result.badArgument;
      const name = vm.memory.text(key, keySize);
      if (name === undefined) return Result.invalidMemoryAccess;
      const map = vm.context.map(type, false);
      if (map === undefined) return Result.badArgument;
      const value = map.get(map.canonical(name));
      if (value === undefined) return Result.notFound;
      return vm.memory.give(Buffer.from(value, "latin1"), addressAt, sizeAt) ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_get_header_map_size(type: number, at: number) {
      if (type >>> 0 > LAST_MAP) return Result.badArgument;
      const map = vm.context.map(type, true);
      if (map === undefined) return Result.badArgument;
      return vm.memory.setU32(at, map.byteSize) ? Result.ok : Result.invalidMemoryAccess;
    },
    proxy_add_header_map_value(type: number, key: number, keySize: number, value: number, valueSize: number) {
      return change(type, [key, keySize, value, valueSize], (map, name, text) => map.add(name!, text!));
    },
    proxy_replace_header_map_value(type: number, key: number, keySize: number, value: number, valueSize: number) {
      return change(type, [key, keySize, value, valueSize], (map, name, text) => map.replace(name!, text!));
    },
    proxy_remove_header_map_value(type: number, key: number, keySize: number) {
      return change(type, [key, keySize], (map, name) => map.remove(name!));
    },
    proxy_set_header_map_pairs(type: number, address: number, size: number) {
      return change(type, [address, size], (map, bytes) => {
        for (const [name] of [...map.lines]) map.remove(name);
        for (const [name, value] of decodePairs(Buffer.from(bytes!, "latin1"))) map.add(name, value);
      });
    },
  };
}
