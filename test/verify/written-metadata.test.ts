import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { judgeSite } from "../../src/delivery/migration/migrate-sites.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { findLuaSites } from "../../src/manifest/find-lua-sites.js";
import { verifyCandidate, verifyFilter } from "../../src/verify/verify-filter.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";
import { metadataFacts, readMetadataLine, writtenNamespaces } from "../../src/verify/written-metadata.js";

const launcher = await chooseLocalEnvoy(console.error);

const get = (name: string, headers: VerifyRequest["headers"] = []): VerifyRequest => ({
  name,
  method: "GET",
  path: "/",
  headers,
  upstream: { status: 200 },
  calls: {},
});

const SCRIPT = `
local NS = "com.example.auth"
function envoy_on_request(handle)
  local metadata = handle:streamInfo():dynamicMetadata()
  metadata:set(NS, "role", handle:headers():get("x-role"))
  metadata:set(NS, "score", 42.5)
  metadata:set(NS, "list", { "a", { b = 1, a = true } })
  if handle:headers():get("x-deny") then handle:respond({ [":status"] = "403" }, "no") end
end
function envoy_on_response(handle)
  handle:streamInfo():dynamicMetadata():set("com.example.answer", "status", handle:headers():get(":status"))
end`;

const REQUESTS = [get("admin", [["x-role", "admin"]]), get("denied", [["x-deny", "1"]]), get("without a role")];

describe("the dynamic metadata that a script writes", () => {
  test("is looked for in the namespaces that are constants", () => {
    expect(writtenNamespaces(SCRIPT)).toEqual(["com.example.answer", "com.example.auth"]);
    const own = `function envoy_on_request(h) h:streamInfo():dynamicMetadata():set(h:headers():get("x"), "k", 1) end`;
    expect(writtenNamespaces(own)).toEqual([]);
    expect(writtenNamespaces(own.replace(`h:headers():get("x")`, `"a:b"`))).toEqual([]);
  });

  test("is compared by key, whatever order Envoy keeps", () => {
    const line = `{"arm":"lua","moonshift_metadata":{"ns":{"k":{"b":1,"a":2}},"other":null}}`;
    const told = readMetadataLine(line)!;
    expect(told.arm).toBe("lua");
    expect([...metadataFacts(told.metadata)]).toEqual([[`metadata["ns"]["k"]`, `{"a":2,"b":1}`]]);
    expect(readMetadataLine("anything else")).toBeUndefined();
  });

  test("is the same from the module and its companion filters as from the script", async () => {
    const { program, assessment } = judgeSite(findLuaSites("f.lua", SCRIPT).sites[0]!);
    const { bytes } = await compileProgram(program!);
    const input = {
      ...{ id: "f", lua: SCRIPT, wasm: bytes, needs: program!.needs, requests: REQUESTS, launcher },
      announced: assessment.judgement.deviations.map(({ construct }) => construct),
    };
    const result = await verifyFilter({ ...input, companion: program!.companion! });
    expect(result).toMatchObject({ result: "equal", requests: 3, differences: [], announced: [] });

    // Without its companions the module is found out.
    const { differences } = await verifyFilter(input);
    expect(differences.map(({ name, where, lua, wasm }) => [name, where, lua, wasm])).toEqual(
      expect.arrayContaining([
        ["admin", `metadata["com.example.auth"]["role"]`, `"admin"`, null],
        ["admin", `metadata["com.example.auth"]["list"]`, `["a",{"a":true,"b":1}]`, null],
        ["denied", `metadata["com.example.answer"]["status"]`, `"403"`, null],
      ]),
    );
    expect(differences.every(({ where }) => where.startsWith("metadata["))).toBe(true);
  }, 120_000);

  test("makes a difference when one value differs", async () => {
    const result = await verifyCandidate({
      ...{
        id: "f",
        lua: SCRIPT,
        candidate: { lua: { text: SCRIPT.replace("42.5", "42") } },
        requests: REQUESTS,
        launcher,
      },
    });
    const where = `metadata["com.example.auth"]["score"]`;
    expect(result.differences).toMatchObject(REQUESTS.map(({ name }) => ({ name, where, lua: "42.5", wasm: "42" })));
  }, 60_000);
});
