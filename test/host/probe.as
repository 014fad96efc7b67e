// Calls the host in ways that the guest runtime never does, and logs what it answers.
// @ts-ignore: decorator
@external("env", "proxy_log")
declare function proxy_log(level: i32, message: usize, size: i32): i32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_value")
declare function header_value(map: i32, key: usize, keySize: i32, data: usize, size: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_add_header_map_value")
declare function add_header(map: i32, key: usize, keySize: i32, value: usize, valueSize: i32): i32;
// @ts-ignore: decorator
@external("env", "proxy_get_header_map_pairs")
declare function header_pairs(map: i32, data: usize, size: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_get_buffer_bytes")
declare function buffer_bytes(buffer: i32, start: i32, length: i32, data: usize, size: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_set_buffer_bytes")
declare function set_buffer(buffer: i32, start: i32, length: i32, data: usize, size: i32): i32;
// @ts-ignore: decorator
@external("env", "proxy_get_property")
declare function property(path: usize, pathSize: i32, data: usize, size: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_set_effective_context")
declare function enter(context: u32): i32;
// @ts-ignore: decorator
@external("env", "proxy_define_metric")
declare function define_metric(type: i32, name: usize, size: i32, id: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_increment_metric")
declare function increment(id: u32, by: i64): i32;
// @ts-ignore: decorator
@external("env", "proxy_get_metric")
declare function metric(id: u32, value: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_get_shared_data")
declare function shared(key: usize, keySize: i32, data: usize, size: usize, cas: usize): i32;
// @ts-ignore: decorator
@external("env", "proxy_set_shared_data")
declare function set_shared(key: usize, keySize: i32, value: usize, size: i32, cas: u32): i32;

const OUT: usize = memory.data(32, 8);
const TEXT: usize = memory.data(64, 8);
const NAME: usize = memory.data<u8>([120, 45, 97]); // x-a
/** What the host gives lies in the second quarter of the one page of memory, again and again. */
const FIRST: usize = 1 << 14;
let top: usize = FIRST;

export function proxy_abi_version_0_2_1(): void {}

export function proxy_on_memory_allocate(size: i32): usize {
  if (top + size > 2 * FIRST) top = FIRST;
  const at = top;
  top += (size + 7) & ~7;
  return at;
}

/** A letter for what was done, and two digits for what came of it. */
function tell(what: i32, result: i32): void {
  store<u8>(TEXT, what);
  store<u8>(TEXT + 1, 48 + result / 10);
  store<u8>(TEXT + 2, 48 + (result % 10));
  proxy_log(2, TEXT, 3);
}

function tellMaps(what: i32): void {
  for (let map = 0; map < 9; map++) {
    tell(what, header_pairs(map, OUT, OUT + 4));
    tell(what + 1, header_value(map, NAME, 3, OUT, OUT + 4));
    if (map != 1 && map != 3) tell(what + 2, add_header(map, NAME, 3, NAME, 3));
  }
}

function tellBuffers(what: i32): void {
  for (let buffer = 0; buffer < 10; buffer++) {
    tell(what, buffer_bytes(buffer, 0, 5, OUT, OUT + 4));
    if (buffer > 1) tell(what + 1, set_buffer(buffer, 0, 0, NAME, 3));
  }
}

export function proxy_on_context_create(_context: u32, root: u32): void {
  tell(65, root);
}
export function proxy_on_configure(_root: u32, _size: u32): u32 {
  tellBuffers(98);
  tellMaps(109);
  tell(66, define_metric(0, NAME, 3, OUT));
  tell(66, define_metric(3, NAME, 3, OUT));
  return 1;
}
export function proxy_on_request_headers(context: u32, count: u32, end: u32): u32 {
  tell(67, end);
  tellMaps(109);
  tellBuffers(98);
  tell(68, property(NAME, 3, OUT, OUT + 4));
  tell(69, enter(context + 1));
  tell(69, enter(context));
  define_metric(0, NAME, 3, OUT + 8);
  const id = load<u32>(OUT, 8);
  tell(70, increment(id, 0));
  tell(70, increment(id, 2));
  tell(70, increment(1023, 2));
  tell(70, metric(id, OUT));
  tell(70, load<i32>(OUT));
  tell(71, shared(NAME, 3, OUT, OUT + 4, OUT + 8));
  tell(71, set_shared(NAME, 3, NAME, 3, 0));
  tell(71, set_shared(NAME, 3, NAME, 3, 77));
  tell(71, shared(NAME, 3, OUT, OUT + 4, OUT + 8));
  return 0;
}
export function proxy_on_request_body(_context: u32, size: u32, end: u32): u32 {
  tell(72, size * 2 + end);
  if (size) {
    tell(72, set_buffer(0, 0, 2, NAME, 3));
    tell(72, set_buffer(0, size, 0, NAME, 3));
    tell(72, set_buffer(0, 0, 0, NAME, 3));
  }
  return end ? 0 : 1;
}
export function proxy_on_request_trailers(_context: u32, count: u32): u32 {
  tell(73, count);
  return 0;
}
export function proxy_on_response_headers(_context: u32, _count: u32, end: u32): u32 {
  tell(74, end);
  tellMaps(109);
  return 0;
}
export function proxy_on_response_body(_context: u32, size: u32, end: u32): u32 {
  tell(75, size * 2 + end);
  return 0;
}
export function proxy_on_done(_context: u32): u32 {
  tell(76, 0);
  return 1;
}
export function proxy_on_log(_context: u32): void {
  tell(77, header_value(0, NAME, 3, OUT, OUT + 4));
}
export function proxy_on_delete(_context: u32): void {
  tell(78, 0);
}
