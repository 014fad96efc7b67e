// The proxy-wasm 0.2.1 host calls, byte pointers in and out. What the host writes into the module comes from `proxy_on_memory_allocate`,
// which leaves eight bytes in front: a received buffer becomes a `Str` in place, without a copy.
import { alloc } from "./memory/arena";
import { Str } from "./str";

@external("env", "proxy_log")
declare function proxy_log(level: i32, message: usize, size: i32): i32;
@external("env", "proxy_get_log_level")
declare function proxy_get_log_level(level: usize): i32;
@external("env", "proxy_get_current_time_nanoseconds")
declare function proxy_get_current_time_nanoseconds(time: usize): i32;
@external("env", "proxy_get_header_map_pairs")
declare function proxy_get_header_map_pairs(map: i32, data: usize, size: usize): i32;
@external("env", "proxy_get_header_map_value")
declare function proxy_get_header_map_value(map: i32, key: usize, keySize: i32, data: usize, size: usize): i32;
@external("env", "proxy_set_header_map_pairs")
declare function proxy_set_header_map_pairs(map: i32, data: usize, size: i32): i32;
@external("env", "proxy_add_header_map_value")
declare function proxy_add_header_map_value(map: i32, key: usize, keySize: i32, value: usize, valueSize: i32): i32;
@external("env", "proxy_replace_header_map_value")
declare function proxy_replace_header_map_value(map: i32, key: usize, keySize: i32, value: usize, valueSize: i32): i32;
@external("env", "proxy_remove_header_map_value")
declare function proxy_remove_header_map_value(map: i32, key: usize, keySize: i32): i32;
@external("env", "proxy_get_buffer_bytes")
declare function proxy_get_buffer_bytes(buffer: i32, start: i32, length: i32, data: usize, size: usize): i32;
@external("env", "proxy_get_buffer_status")
declare function proxy_get_buffer_status(buffer: i32, size: usize, flags: usize): i32;
@external("env", "proxy_set_buffer_bytes")
declare function proxy_set_buffer_bytes(buffer: i32, start: i32, length: i32, data: usize, size: i32): i32;
@external("env", "proxy_get_property")
declare function proxy_get_property(path: usize, pathSize: i32, data: usize, size: usize): i32;
@external("env", "proxy_set_property")
declare function proxy_set_property(path: usize, pathSize: i32, value: usize, valueSize: i32): i32;
@external("env", "proxy_http_call")
declare function proxy_http_call(
  cluster: usize, clusterSize: i32, headers: usize, headersSize: i32, body: usize, bodySize: i32,
  trailers: usize, trailersSize: i32, timeout: i32, token: usize): i32;
@external("env", "proxy_send_local_response")
declare function proxy_send_local_response(
  status: i32, details: usize, detailsSize: i32, body: usize, bodySize: i32, headers: usize, headersSize: i32, grpcStatus: i32): i32;
@external("env", "proxy_continue_stream")
declare function proxy_continue_stream(stream: i32): i32;
@external("env", "proxy_set_effective_context")
declare function proxy_set_effective_context(context: u32): i32;
@external("env", "proxy_call_foreign_function")
declare function proxy_call_foreign_function(
  name: usize, nameSize: i32, argument: usize, argumentSize: i32, data: usize, size: usize): i32;
@external("env", "proxy_define_metric")
declare function proxy_define_metric(type: i32, name: usize, nameSize: i32, id: usize): i32;
@external("env", "proxy_increment_metric")
declare function proxy_increment_metric(id: u32, by: i64): i32;
@external("env", "proxy_record_metric")
declare function proxy_record_metric(id: u32, value: u64): i32;
@external("env", "proxy_get_metric")
declare function proxy_get_metric(id: u32, value: usize): i32;

/** Results of host calls. */
export const OK: i32 = 0;
export const NOT_FOUND: i32 = 1;
export const BAD_ARGUMENT: i32 = 2;

/** Header maps: those of the two directions, their trailers, and the reply of a side call. */
export const CALL_REPLY_HEADERS: i32 = 6;
/** Buffers 0 and 1 are the bodies of the two directions. */
export const CALL_REPLY_BODY: i32 = 4;

/** What the plugin was configured with; there in `proxy_on_configure` alone. */
export const PLUGIN_CONFIGURATION: i32 = 7;

/** Where host calls put what they return: pointer and size, or one number of up to eight bytes. */
const POINTER: usize = memory.data(16, 8);
const SIZE: usize = POINTER + 4;

/** The export through which the host gets memory for what it returns. Must not call the host. */
export function proxy_on_memory_allocate(size: i32): usize {
  return alloc(<usize>size + HEADER) + HEADER;
}
/** Room for the length and hash of a `Str`. */
const HEADER: usize = 8;

/** What the last call returned, as a string. */
function received(): Str {
  const size = load<u32>(SIZE);
  if (!size) return changetype<Str>(EMPTY);
  const self = load<usize>(POINTER) - HEADER;
  store<u64>(self, <u64>size);
  return changetype<Str>(self);
}
const EMPTY: usize = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0], 8);

export function log(level: i32, message: Str): void {
  proxy_log(level, message.bytes, message.byteLength);
}

/** The level from which on Envoy writes what is logged; unknown counts as everything. */
export function logLevel(): i32 {
  return proxy_get_log_level(POINTER) == OK ? load<i32>(POINTER) : 0;
}

/** Since 1970. */
export function nanoseconds(): u64 {
  proxy_get_current_time_nanoseconds(POINTER);
  return load<u64>(POINTER);
}

/** `[count][key size, value size]… key NUL value NUL …`, or 0 when there is no such map now. */
export function headerPairs(map: i32): usize {
  if (proxy_get_header_map_pairs(map, POINTER, SIZE) != OK || !load<u32>(SIZE)) return 0;
  return load<u32>(POINTER);
}

/** The value of the first header called `name`, in lower case; null when there is none. */
export function headerValue(map: i32, name: Str): Str | null {
  return proxy_get_header_map_value(map, name.bytes, name.byteLength, POINTER, SIZE) == OK ? received() : null;
}

/** Replaces all of a map by pairs in the form of `headerPairs`. */
export function setHeaderPairs(map: i32, pairs: Str): void {
  proxy_set_header_map_pairs(map, pairs.bytes, pairs.byteLength);
}

export function addHeader(map: i32, key: Str, value: Str): void {
  proxy_add_header_map_value(map, key.bytes, key.byteLength, value.bytes, value.byteLength);
}

export function replaceHeader(map: i32, key: Str, value: Str): void {
  proxy_replace_header_map_value(map, key.bytes, key.byteLength, value.bytes, value.byteLength);
}

export function removeHeader(map: i32, key: Str): void {
  proxy_remove_header_map_value(map, key.bytes, key.byteLength);
}

/** At most `length` bytes from `start`; null when there is no such buffer now. */
export function bufferBytes(buffer: i32, start: u32, length: u32): Str | null {
  return proxy_get_buffer_bytes(buffer, start, length, POINTER, SIZE) == OK ? received() : null;
}

/** Length in bytes, 0 when there is no such buffer now. */
export function bufferLength(buffer: i32): u32 {
  return proxy_get_buffer_status(buffer, POINTER, SIZE) == OK ? load<u32>(POINTER) : 0;
}

/** Replaces the first `length` bytes, which must be all of them: the host drains that many unchecked. */
export function setBuffer(buffer: i32, length: u32, bytes: Str): bool {
  return proxy_set_buffer_bytes(buffer, 0, length, bytes.bytes, bytes.byteLength) == OK;
}

/** The root id of the plugin whose context is the current one; empty for a plugin without. */
export function rootId(): Str {
  const id = property(ROOT_ID);
  return id ? id : changetype<Str>(EMPTY);
}
const ROOT_ID = Str.of("plugin_root_id");

/** `path`: segments separated by NUL. Null when there is no such property. */
export function property(path: Str): Str | null {
  return proxy_get_property(path.bytes, path.byteLength, POINTER, SIZE) == OK ? received() : null;
}

export function setProperty(path: Str, value: Str): void {
  proxy_set_property(path.bytes, path.byteLength, value.bytes, value.byteLength);
}

/** Starts a side call. `headers` as for `sendPairs`; timeout in milliseconds, 0 for none. The token is left for `lastToken`. */
export function httpCall(cluster: Str, headers: Str, body: Str, timeout: i32): i32 {
  return proxy_http_call(
    cluster.bytes, cluster.byteLength, headers.bytes, headers.byteLength, body.bytes, body.byteLength, 0, 0, timeout, POINTER);
}

/** The token of the side call just started. */
export function lastToken(): u32 {
  return load<u32>(POINTER);
}

/** The reply is sent, and the stream stopped, when this call into the module is over. */
export function sendLocalResponse(status: i32, details: Str, headers: Str, body: Str): void {
  proxy_send_local_response(
    status, details.bytes, details.byteLength, body.bytes, body.byteLength, headers.bytes, headers.byteLength, NO_GRPC_STATUS);
}
const NO_GRPC_STATUS: i32 = -1;

/** Lets the request (0) or the response (1) of the effective context go on. Its headers can no longer be read afterwards. */
export function continueStream(direction: i32): void {
  proxy_continue_stream(direction);
}

/** Makes host calls work on the stream `context`; false when it is gone. */
export function enterContext(context: u32): bool {
  return proxy_set_effective_context(context) == OK;
}

/** Null when the function refused its argument or does not exist: see `lastResult`. */
export function callForeign(name: Str, argument: Str): Str | null {
  store<u32>(SIZE, 0);
  lastResult = proxy_call_foreign_function(name.bytes, name.byteLength, argument.bytes, argument.byteLength, POINTER, SIZE);
  return lastResult == OK ? received() : null;
}
export let lastResult: i32 = 0;

/** Counter 0, gauge 1, histogram 2. Defining it again gives the same id. */
export function defineMetric(type: i32, name: Str): u32 {
  return proxy_define_metric(type, name.bytes, name.byteLength, POINTER) == OK ? load<u32>(POINTER) : 0;
}

export function incrementMetric(id: u32, by: i64): void {
  proxy_increment_metric(id, by);
}

export function recordMetric(id: u32, value: u64): void {
  proxy_record_metric(id, value);
}

export function metric(id: u32): u64 {
  return proxy_get_metric(id, POINTER) == OK ? load<u64>(POINTER) : 0;
}
