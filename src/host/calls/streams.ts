import { HeaderMap } from "../header-map.js";
import { decodePairs } from "../pairs.js";
import { Result } from "../result.js";
import type { Vm } from "../vm.js";

const LAST_STREAM_TYPE = 3;

/** What becomes of a stream, and side calls. */
export function streamCalls(vm: Vm): WebAssembly.ModuleImports {
  return {
    proxy_continue_stream(direction: number) {
      if (direction >>> 0 > LAST_STREAM_TYPE) return Result.badArgument;
      vm.context.continueStream(direction);
      return Result.ok;
    },
    proxy_close_stream(direction: number) {
      if (direction >>> 0 > LAST_STREAM_TYPE) return Result.badArgument;
      vm.context.closeStream(direction);
      return Result.ok;
    },
    proxy_send_local_response(
      status: number,
      details: number,
      detailsSize: number,
      body: number,
      bodySize: number,
      headers: number,
      headersSize: number,
      grpcStatus: number,
    ) {
      const [detailsText, bodyText, pairs] = [
        vm.memory.text(details, detailsSize),
        vm.memory.text(body, bodySize),
        vm.memory.view(headers, headersSize),
      ];
      if (detailsText === undefined || bodyText === undefined || pairs === undefined) return Result.invalidMemoryAccess;
      vm.context.sendLocalResponse({
        status,
        body: bodyText,
        headers: decodePairs(pairs),
        grpcStatus,
        details: detailsText,
      });
      vm.stopsIteration = true;
      return Result.ok;
    },
    proxy_set_effective_context: (id: number) => (vm.setEffectiveContext(id >>> 0) ? Result.ok : Result.badArgument),
    proxy_done: () => Result.notFound,
    proxy_http_call(
      cluster: number,
      clusterSize: number,
      headers: number,
      headersSize: number,
      body: number,
      bodySize: number,
      trailers: number,
      trailersSize: number,
      timeoutMs: number,
      tokenAt: number,
    ) {
      const [name, pairs, content, ends] = [
        vm.memory.text(cluster, clusterSize),
        vm.memory.view(headers, headersSize),
        vm.memory.view(body, bodySize),
        vm.memory.view(trailers, trailersSize),
      ];
      if (name === undefined || pairs === undefined || content === undefined || ends === undefined)
        return Result.invalidMemoryAccess;
      if (!vm.memory.setU32(tokenAt, 0)) return Result.invalidMemoryAccess;
      if (timeoutMs < 0 || !vm.world.hasCluster(name)) return Result.badArgument;
      const map = new HeaderMap("request", decodePairs(pairs));
      if ([":path", ":method", ":authority"].some((required) => map.get(required) === undefined))
        return Result.badArgument;
      if (content.length > 0) map.set("content-length", String(content.length));
      const token = vm.startCall({
        cluster: name,
        headers: map.lines,
        body: Buffer.from(content),
        trailers: new HeaderMap("requestTrailers", decodePairs(ends)).lines,
        timeoutMs,
        context: vm.context.id,
      });
      if (token === undefined) return Result.internalFailure;
      vm.memory.setU32(tokenAt, token);
      return Result.ok;
    },
  };
}
