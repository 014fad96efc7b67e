import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Recommendation } from "../../src/analyzer/assessment.js";
import { assessLua, auditTexts } from "./audit-text.js";
import { NATIVE_SCRIPTS } from "./native-scripts.js";

const SCHEMAS = join(import.meta.dirname, "../../../shared/schemas");
const ISTIOCTL = process.env.ISTIOCTL_BIN ?? "/work/k8s-bin/istioctl";

async function inFilter(script: string, context: string, extra = ""): Promise<Recommendation> {
  const manifest = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: own, namespace: shop}
spec:
  workloadSelector: {labels: {app: cart}}
  configPatches:
  - applyTo: HTTP_FILTER
    match: {context: ${context}, listener: {filterChain: {filter: {name: envoy.filters.network.http_connection_manager}}}}
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        ${extra}
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          inlineCode: ${JSON.stringify(script)}
`;
  const [assessment] = (await auditTexts({ "own.yaml": manifest })).assessments;
  if (!assessment) throw new Error("no script");
  return assessment.recommendation;
}

describe("scripts that are a feature of Istio or Envoy", () => {
  for (const { name, script, feature, inGateway } of NATIVE_SCRIPTS) {
    test(`${name}: ${feature}`, () => {
      const { outcome, native } = assessLua(script).recommendation;
      if (feature.startsWith("VirtualService")) expect(outcome).not.toBe("native");
      else expect(native?.feature).toBe(feature);
    });

    test(`${name}, in a gateway: ${inGateway}`, async () => {
      const { outcome, native } = await inFilter(script, "GATEWAY");
      expect([outcome, native?.feature]).toEqual(["native", inGateway]);
      await isValid(native?.resource ?? "");
    });
  }

  test("the constants of the script stand in the resource", async () => {
    const resources = await Promise.all(
      NATIVE_SCRIPTS.map(async ({ name, script }) => [
        name,
        parse((await inFilter(script, "GATEWAY")).native!.resource),
      ]),
    );
    expect(Object.fromEntries(resources)).toMatchSnapshot();
  });
});

/** Against Istio's schema where it is here, and by `istioctl validate` where that is here. */
async function isValid(yaml: string): Promise<void> {
  const resource = parse(yaml) as { readonly kind: string };
  const schema = join(SCHEMAS, `${resource.kind.toLowerCase()}-networking.istio.io-v1alpha3.json`);
  if (existsSync(schema)) {
    const check = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(readFileSync(schema, "utf8")));
    expect([check(resource), check.errors]).toEqual([true, null]);
  }
  if (!existsSync(ISTIOCTL)) return;
  const folder = mkdtempSync(join(tmpdir(), "moonshift-istioctl-"));
  try {
    writeFileSync(
      join(folder, "resource.yaml"),
      yaml.replace(/(- |host: )(HOST|GATEWAY|DESTINATION)$/gm, "$1a.example"),
    );
    execFileSync(ISTIOCTL, ["validate", "-f", join(folder, "resource.yaml")], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const refuse = `handle:respond({[":status"] = "403"}, "no")`;
const hook = (body: string): string => `function envoy_on_request(handle)\n${body}\nend\n`;

describe("headers with constant values, where the resource is no EnvoyFilter", () => {
  const script = `function envoy_on_response(handle)
          handle:headers():add("x-a", "1")
          handle:headers():remove("x-b")
        end`;
  const native = async (manifest: string) =>
    (await auditTexts({ "own.yaml": manifest })).assessments.map(({ recommendation }) => recommendation.native);

  test("a TrafficExtension: an EnvoyFilter, and what it does not say", async () => {
    const [found] = await native(`apiVersion: extensions.istio.io/v1alpha1
kind: TrafficExtension
metadata: {name: own, namespace: shop}
spec:
  phase: AUTHN
  selector: {matchLabels: {app: cart}}
  lua:
    inlineCode: |
        ${script}
`);
    expect(found?.resource).toMatch(/^# A TrafficExtension carries .* what `phase: AUTHN` said has to be said/);
    expect(parse(found?.resource ?? "")).toMatchObject({
      kind: "EnvoyFilter",
      spec: {
        workloadSelector: { labels: { app: "cart" } },
        configPatches: [{ patch: { operation: "INSERT_BEFORE" } }],
      },
    });
    await isValid(found?.resource ?? "");
  });

  test("a Module of Emissary-ingress: a Mapping", async () => {
    const [found] = await native(`apiVersion: getambassador.io/v3alpha1
kind: Module
metadata: {name: ambassador}
spec:
  config:
    lua_scripts: |
        ${script}
`);
    expect(found?.feature).toBe("header operations of a Mapping");
    expect(parse(found?.resource ?? "").spec).toMatchObject({
      add_response_headers: { "x-a": { value: "1", append: true } },
      remove_response_headers: ["x-b"],
    });
  });

  test("a ConfigMap to which Envoy Gateway's policy points: an HTTPRoute", async () => {
    const [found] = await native(`apiVersion: v1
kind: ConfigMap
metadata: {name: code, namespace: shop}
data:
  lua: |
        ${script}
---
apiVersion: gateway.envoyproxy.io/v1alpha1
kind: EnvoyExtensionPolicy
metadata: {name: own, namespace: shop}
spec:
  targetRefs: [{group: gateway.networking.k8s.io, kind: HTTPRoute, name: cart}]
  lua: [{type: ValueRef, valueRef: {group: "", kind: ConfigMap, name: code}}]
`);
    expect(found?.feature).toBe("HTTPRoute header modifiers");
  });
});

describe("near misses are not recommended", () => {
  test.each([
    ["a header that is kept where it is", 'local h = handle:headers() h:add("x-a", h:get("x-b") or "none")'],
    ["a value of the clock", 'handle:headers():replace("x-a", tostring(os.time()))'],
    ["the host", 'handle:headers():replace("host", "b.example")'],
    ["a write under a condition", 'if handle:headers():get("x-b") then handle:headers():add("x-a", "1") end'],
    ["a return before the write", 'if handle:headers():get("x-b") then return end handle:headers():add("x-a", "1")'],
    ["a loop", 'for i = 1, 3 do handle:headers():add("x-a", "1") end'],
    ["a log line that fails", 'handle:logInfo("a" .. handle:headers():get("x-b")) handle:headers():add("x-a", "1")'],
    [
      "refusals of two kinds",
      `local m = handle:headers():get(":method") if m == "PUT" then ${refuse} end if m == "POST" then handle:respond({[":status"] = "405"}, "") end`,
    ],
    [
      "a refusal with a header",
      'if handle:headers():get("x-b") then handle:respond({[":status"] = "403", ["x-why"] = handle:headers():get(":path")}, "") end',
    ],
    ["a refusal by a pattern", `if handle:headers():get(":path"):find("^/a.*b") then ${refuse} end`],
    ["a refusal by a header that may be absent", `if handle:headers():get("x-b"):find("bot") then ${refuse} end`],
    ["a refusal by another case", `if handle:headers():get(":path"):lower():find("^/a") then ${refuse} end`],
    [
      "a refusal after a write",
      `local h = handle:headers() h:replace("x-b", "1") if h:get("x-b") == "1" then ${refuse} end`,
    ],
    [
      "a refusal that also writes",
      `if handle:headers():get("x-c") == "1" then ${refuse} else handle:headers():add("x-a", "1") end`,
    ],
    ["a prefix of another length", `if handle:headers():get(":path"):sub(1, 5) == "/abc" then ${refuse} end`],
    [
      "a side call",
      `local h = handle:httpCall("auth", {[":method"] = "GET", [":path"] = "/", [":authority"] = "a"}, "", 50) if h[":status"] ~= "200" then ${refuse} end`,
    ],
    [
      "a redirect that drops the path",
      'if handle:headers():get(":scheme") == "http" then handle:respond({[":status"] = "301", ["location"] = "https://a.example/"}, "") end',
    ],
    [
      "a fixed response for a path without its query",
      'if handle:headers():get(":path") == "/healthz" then handle:respond({[":status"] = "200"}, "ok") end',
    ],
  ])("%s", async (_, body) => {
    for (const context of ["GATEWAY", "SIDECAR_INBOUND"])
      expect((await inFilter(hook(body), context)).native?.feature).toBeUndefined();
  });

  test.each([
    [
      "a counter per address",
      'local n = {}\nfunction envoy_on_request(h) local a = h:headers():get(":authority") n[a] = (n[a] or 0) + 1 if n[a] > 5 then h:respond({[":status"] = "429"}, "") end end',
    ],
    [
      "a counter that is never reset",
      'local n = 0\nfunction envoy_on_request(h) n = n + 1 if n > 5 then h:respond({[":status"] = "429"}, "") end end',
    ],
    [
      "a counter that a response takes back",
      'local n, s = 0, 0\nfunction envoy_on_request(h) local now = os.time() if now - s >= 1 then s = now n = 0 end n = n + 1 if n > 5 then h:respond({[":status"] = "429"}, "") end end\nfunction envoy_on_response(h) n = n - 1 end',
    ],
    [
      "a counter that says when to come again",
      'local n, s = 0, 0\nfunction envoy_on_request(h) local now = os.time() if now - s >= 1 then s = now n = 0 end n = n + 1 if n > 5 then h:respond({[":status"] = "429", ["retry-after"] = "1"}, "") end end',
    ],
  ])("%s: the local rate limit only may do it", (_, script) => {
    const { native, path } = assessLua(script).recommendation;
    expect(native).toBeUndefined();
    expect(path[0]).toMatchObject({ answer: "no", because: expect.stringContaining("local rate limit filter may") });
  });

  test("every origin with credentials, which browsers refuse today", () => {
    const script = NATIVE_SCRIPTS.find(({ name }) => name === "CORS")?.script ?? "";
    const open = script.replaceAll("https://app.example", "*");
    expect(assessLua(open).recommendation.native).toBeUndefined();
    expect(assessLua(open.replaceAll(/.*credentials.*\n/g, "")).recommendation.native?.feature).toBe(
      "Envoy's CORS filter",
    );
  });

  test("a filter that only some routes switch on", async () => {
    const { native, path } = await inFilter(
      hook('handle:headers():add("x-a", "1")'),
      "SIDECAR_INBOUND",
      "disabled: true",
    );
    expect(native).toBeUndefined();
    expect(path[0]?.because).toContain("only on the routes that choose it");
  });
});

test("of two writes of one header the order is kept", async () => {
  const script = hook('handle:headers():remove("x-a") handle:headers():add("x-a", "1")');
  const { native } = await inFilter(script, "GATEWAY");
  expect(native?.feature).toBe("Envoy's header_mutation filter");
  const [patch] = parse(native?.resource ?? "").spec.configPatches;
  expect(patch.patch.value.typed_config.mutations.request_mutations.map(Object.keys)).toEqual([["remove"], ["append"]]);
});

test("a helper that is called twice writes twice", () => {
  const script = `local function put(h, name, value) h:headers():replace(name, value) end\n${hook('put(handle, "x-a", "1") put(handle, "x-b", "2")')}`;
  expect(assessLua(script).recommendation.native?.resource).toMatch(/x-a[\s\S]*x-b/);
});
