// bench workload `swimlane-hash`, written by hand as the SDK's documentation shows it.
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
    return new Swimlane(id, this);
  }
}

class Swimlane extends Context {
  onRequestHeaders(count: u32, endOfStream: bool): FilterHeadersStatusValues {
    const headers = stream_context.headers.request;
    let lane = headers.get("x-lane");
    if (lane == "") {
      let user = headers.get("x-user-id");
      if (user == "") user = "anonymous";
      let hash: u32 = 5381;
      for (let i = 0; i < user.length; i++) hash = hash * 33 + user.charCodeAt(i);
      lane = hash % 100 < 10 ? "canary" : "stable";
      headers.replace("x-bucket", (hash % 100).toString());
    }
    headers.replace("x-lane", lane);
    return FilterHeadersStatusValues.Continue;
  }
}

registerRootContext((id: u32) => new Root(id), "");
