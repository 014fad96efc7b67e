import { expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { FilterArm } from "../../src/harness/filter-arms.js";
import { ArmStage } from "../../src/verify/arm-stage.js";
import { compareFacts, factsOf } from "../../src/verify/compare.js";
import { HostStage } from "../../src/verify/host-stage.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";

// A filter that does to a message what each request asks for in its path.
const SCRIPT = `
function envoy_on_request(handle)
  local what, rest = handle:headers():get(":path"):match("^/(%w+)/?(.*)")
  if what == "reply" then handle:respond({ [":status"] = rest }) end
  if what == "drop" then handle:headers():remove(rest) end
  if what == "late" then
    local body = handle:body()
    handle:respond({ [":status"] = "200" }, tostring(body and body:length()))
  end
end

function envoy_on_response(handle)
  local headers = handle:headers()
  if headers:get("x-status") then headers:replace(":status", headers:get("x-status")) end
  if headers:get("x-longer") then
    for chunk in handle:bodyChunks() do chunk:setBytes(headers:get("x-longer")) end
  end
end`;

const ROUTE = { responseHeadersToAdd: { "x-route": "all" } };

const REQUESTS: readonly VerifyRequest[] = [
  ...["200", "304", "400", "418", "451", "599"].map((status) => asking(`/reply/${status}`)),
  ...[":path", ":method", ":authority"].map((name) => asking(`/drop/${name}`)),
  asking("/late"),
  asking("/late", { method: "POST", body: ["hello"] }),
  asking("/late", { method: "POST", body: ["hello"], trailers: [["x-t", "1"]] }),
  answered("no number", ["x-status", "abc"]),
  answered("two numbers", ["x-status", "200,201"]),
  answered("more than was promised", ["x-longer", "hello hello"]),
];

function asking(path: string, more: Partial<VerifyRequest> = {}): VerifyRequest {
  return { name: path, method: "GET", path, headers: [], upstream: { status: 200, body: "ok" }, calls: {}, ...more };
}

function answered(name: string, header: readonly [string, string]): VerifyRequest {
  return { ...asking("/"), name, upstream: { status: 200, body: "ok", headers: [header] } };
}

test("replies that a filter gives or spoils are those of Envoy", async () => {
  const program = generate(SCRIPT);
  const { bytes } = await compileProgram(program);
  const { allowOnHeadersStopIteration } = program.needs;
  const arm: FilterArm = { name: "replies", wasm: { bytes, allowOnHeadersStopIteration }, ...ROUTE };
  const options = { callClusters: [], requestTimeoutMs: 20_000 };
  await using envoy = await ArmStage.start({
    ...options,
    launcher: await chooseLocalEnvoy(console.error),
    arms: [arm],
  });
  const host = await HostStage.start({ ...options, arm });
  for (const [index, request] of REQUESTS.entries()) {
    const [real, own] = [await envoy.observe("replies", request, index), host.observe(request, index)];
    expect({ [request.name]: compareFacts(factsOf(real), factsOf(own)) }).toEqual({ [request.name]: [] });
  }
}, 60_000);
