import { expect, test } from "vitest";
import { compileProgram } from "../../../src/codegen/compile.js";
import { generate } from "../../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../../src/harness/choose-envoy.js";
import { renderFilterArms } from "../../../src/harness/filter-arms.js";
import { sendHttp1 } from "../../../src/harness/traffic.js";

const SCRIPT = `function envoy_on_response(handle) handle:headers():add("x-seen", handle:headers():get(":status")) end`;

const RBAC = {
  name: "rbac",
  typed_config: {
    "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
    rules: { action: "DENY", policies: { all: { permissions: [{ any: true }], principals: [{ any: true }] } } },
  },
};

/** The limit that the verdict of every script with envoy_on_response tells, as it is in this Envoy; a wiser one makes this fail. */
test("a refusal by a filter in front passes Lua and no Wasm filter; one by a filter behind passes both", async () => {
  const { bytes } = await compileProgram(generate(SCRIPT));
  const wasm = { bytes, allowOnHeadersStopIteration: true };
  const lua = { text: SCRIPT };
  const arms = [
    { name: "lua-behind-it", lua, filtersBefore: [RBAC] },
    { name: "wasm-behind-it", wasm, filtersBefore: [RBAC] },
    { name: "lua-in-front", lua, filtersBehind: [RBAC] },
    { name: "wasm-in-front", wasm, filtersBehind: [RBAC] },
  ];
  const { bootstrap, files } = renderFilterArms(arms, []);
  await using envoy = await (await chooseLocalEnvoy()).start(bootstrap, { files });
  const seen: Record<string, string | undefined> = {};
  for (const { name } of arms) {
    const outcome = await sendHttp1(envoy.port(name), { method: "GET", path: "/", headers: [["host", "h"]] });
    const response = outcome.kind === "response" ? outcome.response : undefined;
    expect(response?.status).toBe(403);
    seen[name] = response!.headers.find(([header]) => header === "x-seen")?.[1];
  }
  expect(seen).toEqual({
    "lua-behind-it": "403",
    "wasm-behind-it": undefined,
    "lua-in-front": "403",
    "wasm-in-front": "403",
  });
}, 60_000);
