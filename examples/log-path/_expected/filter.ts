import { Handle } from "./runtime/envoy/handle";
import * as lua from "./runtime/lua";
import { Str } from "./runtime/lua";

const PATH = Str.of(":path");
const REQUEST_PATH = Str.of("Request path: ");

export function envoy_on_request(handle: Handle): void {
  const path: Str | null = handle.headers().get(PATH);
  handle.logInfo(lua.concat2(REQUEST_PATH, lua.presentOperand(path, 3, "local 'path'")));
}
