import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str } from "./runtime/lua";

const X_CUSTOM_HEADER = Str.of("x-custom-header");
const VALUE = Str.of("value");

export function envoy_on_request(handle: Handle): void {
  handle.headers().add(X_CUSTOM_HEADER, VALUE);
}
