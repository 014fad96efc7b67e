// bench workload `routing`, written by hand as the SDK's documentation shows it.
export * from "@gcoredev/proxy-wasm-sdk-as/assembly/proxy";
import {
  Context,
  FilterHeadersStatusValues,
  RootContext,
  registerRootContext,
  stream_context,
} from "@gcoredev/proxy-wasm-sdk-as/assembly";

class Root extends RootContext {
  createContext(id: u32): Context {
    return new Routing(id, this);
  }
}

class Routing extends Context {
  onRequestHeaders(count: u32, endOfStream: bool): FilterHeadersStatusValues {
    const headers = stream_context.headers.request;
    const path = headers.get(":path");
    let agent = headers.get("user-agent");
    if (agent == "") agent = "unknown";
    headers.add("x-sort", sortOf(path));
    headers.replace("x-agent", agent.toLowerCase() + "/" + path.length.toString());
    if (path.startsWith("/catalogue/")) headers.add("x-catalogue", "1");
    return FilterHeadersStatusValues.Continue;
  }
}

function sortOf(path: string): string {
  let sort = "none";
  const query = path.indexOf("?");
  if (query < 0) return sort;
  const pairs = path.substring(query + 1).split("&");
  for (let i = 0; i < pairs.length; i++) {
    const equals = pairs[i].indexOf("=");
    if (equals > 0 && pairs[i].substring(0, equals) == "sort") sort = pairs[i].substring(equals + 1);
  }
  return sort;
}

registerRootContext((id: u32) => new Root(id), "");
