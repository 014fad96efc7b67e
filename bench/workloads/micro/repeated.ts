import { getRequest, REPEAT_HEADER, type RequestShape, repeatValue, type Workload } from "../workload.js";

/** One operation of a micro workload. */
export interface Operation {
  readonly name: string;
  readonly about: string;
  /** Statements of the chunk, run once when the script is loaded. */
  readonly chunk?: string;
  /** Statements before the loop. `handle` and `headers` are there already. */
  readonly before?: string;
  /**
   * One operation; `i` counts from 1. Must work on something that changes with `i`, and add what it found to `sum`:
   * LuaJIT moves out of the loop, or drops, what does neither.
   */
  readonly each: string;
  /** Chunk of the script that the Wasm arm is compiled from, where it does the same work in another way. */
  readonly chunkInWasm?: string;
  readonly after?: string;
  readonly repeats?: number;
  readonly request?: RequestShape;
  readonly quick?: boolean;
  readonly logLevel?: Workload["logLevel"];
}

/** Enough for most operations to cost more than the request around them. */
const REPEATS = 257;

/** Turns operations into workloads: the script repeats one as often as the request says and writes what it found into a header. */
export function repeated(group: string, operations: readonly Operation[]): Workload[] {
  return operations.map((operation) => {
    const { name, about, chunk = "", chunkInWasm = chunk } = operation;
    const repeats = operation.repeats ?? REPEATS;
    const request = operation.request ?? getRequest();
    const lua = chunk + callback(operation);
    const wasmLua = chunkInWasm + callback(operation);
    return {
      name,
      kind: "micro",
      group,
      about,
      lua,
      ...(wasmLua === lua ? {} : { wasmLua }),
      request: { ...request, headers: [...request.headers, [REPEAT_HEADER, repeatValue(repeats)]] },
      measure: { form: "repeats", repeats },
      ...(operation.quick ? { quick: true } : {}),
      ...(operation.logLevel ? { logLevel: operation.logLevel } : {}),
    };
  });
}

function callback({ before = "", each, after = "" }: Operation): string {
  return `function envoy_on_request(handle)
  local headers = handle:headers()
  local repeats = tonumber(headers:get("${REPEAT_HEADER}"))
  local sum = 0
${indent(before, 2)}  for i = 1, repeats do
${indent(each, 4)}  end
${indent(after, 2)}  headers:replace("x-result", tostring(sum))
end
`;
}

function indent(text: string, by: number): string {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `${" ".repeat(by)}${line}\n`)
    .join("");
}
