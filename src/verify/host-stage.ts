import type { FilterArm } from "../harness/filter-arms.js";
import type { UpstreamAnswer } from "../harness/recording-upstream.js";
import { Gateway, type GatewayRequest } from "../host/gateway.js";
import { reasonPhrase } from "../host/http1.js";
import type { StreamFacts } from "../host/stream-properties.js";
import { addedHeaders, withServiceTime } from "./arm-stage.js";
import type { Observation } from "./observation.js";
import type { VerifyRequest } from "./verify-request.js";

export interface HostStageOptions {
  readonly arm: FilterArm;
  readonly callClusters: readonly string[];
  readonly requestTimeoutMs: number;
  readonly routeMetadata?: Readonly<Record<string, unknown>>;
}

/** As `ArmStage` for one Wasm arm, in this process instead of Envoy. */
export class HostStage {
  readonly #gateway: Gateway;

  private constructor(
    module: WebAssembly.Module,
    private readonly options: HostStageOptions,
  ) {
    const { arm, callClusters } = options;
    this.#gateway = new Gateway(module, {
      clusters: [UPSTREAM, ...callClusters],
      allowOnHeadersStopIteration: arm.wasm?.allowOnHeadersStopIteration ?? false,
      rootId: arm.wasm?.rootId ?? "",
      configuration: arm.wasm?.configuration ?? "",
      facts: factsOf(options),
      ...(arm.responseHeadersToAdd && { responseHeadersToAdd: arm.responseHeadersToAdd }),
    });
  }

  /** @throws LoadError */
  static async start(options: HostStageOptions): Promise<HostStage> {
    return new HostStage(await WebAssembly.compile(new Uint8Array(options.arm.wasm!.bytes)), options);
  }

  observe(request: VerifyRequest, index: number): Observation {
    const counts = new Map<string, number>();
    const exchange = this.#gateway.exchange(
      toGateway(request, index),
      {
        upstream: () => withServiceTime(request.upstream),
        call: (cluster): UpstreamAnswer => {
          const nth = counts.get(cluster) ?? 0;
          counts.set(cluster, nth + 1);
          const answers = request.calls[cluster];
          return answers?.[Math.min(nth, answers.length - 1)] ?? request.upstream;
        },
      },
      this.options.requestTimeoutMs,
    );
    const { response } = exchange;
    const protocol = "http1" as const;
    return {
      outcome:
        response === undefined
          ? { kind: "timeout", partial: "" }
          : { kind: "response", response: { ...response, reason: reasonPhrase(response.status) } },
      upstream: exchange.upstream.map((wired) => ({ ...wired, upstream: UPSTREAM, protocol })),
      calls: exchange.calls.map(({ cluster, ...wired }) => ({ ...wired, upstream: cluster, protocol })),
      log: exchange.log,
      wasmFailures: exchange.failures,
      branches: [],
      scriptErrors: 0,
    };
  }
}

const UPSTREAM = "moonshift-upstream";

function factsOf({ arm, routeMetadata }: HostStageOptions): StreamFacts {
  const metadata = arm.routeMetadata ?? routeMetadata;
  return {
    routeName: arm.routeName ?? "all",
    ...(metadata === undefined ? {} : { routeMetadata: metadata }),
    ...(arm.virtualHostMetadata === undefined ? {} : { virtualHostMetadata: arm.virtualHostMetadata }),
  };
}

function toGateway(request: VerifyRequest, index: number): GatewayRequest {
  return {
    method: request.method,
    path: request.path,
    headers: [...addedHeaders(request, index), ...request.headers],
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.trailers === undefined ? {} : { trailers: request.trailers }),
    ...(request.client === undefined ? {} : { client: `${request.client}:51234` }),
    ...(request.dynamicMetadata === undefined ? {} : { facts: { dynamicMetadata: request.dynamicMetadata } }),
  };
}
