import { describe, expect, test } from "vitest";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { verifyCandidate } from "../../src/verify/verify-filter.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";

const launcher = await chooseLocalEnvoy(console.error);

const get = (path: string, headers: VerifyRequest["headers"] = []): VerifyRequest => ({
  name: `GET ${path}`,
  method: "GET",
  path,
  headers,
  upstream: { status: 200, headers: [["x-up", "1"]], body: "hello" },
  calls: {},
});

/** Compares a script with another one in place of the module. */
const verify = (lua: string, other: string, requests: readonly VerifyRequest[], limits: object = {}) =>
  verifyCandidate({ id: "t", lua, candidate: { lua: { text: other } }, requests, launcher, ...limits });

const places = (differences: readonly { where: string }[]) => differences.map((difference) => difference.where);

describe("verify, a script against a script", () => {
  const script = `
    count = 0
    function envoy_on_request(handle)
      count = count + 1
      handle:headers():add("x-count", count)
      if handle:headers():get("x-a") then
        handle:logWarn("has a")
      else
        handle:headers():replace("x-b", "none")
      end
      if handle:headers():get(":path") == "/never" then handle:respond({[":status"] = "403"}, "no") end
    end
    function envoy_on_response(handle)
      local body = handle:body()
      handle:headers():add("x-length", tostring(body:length()))
    end`;

  test("is equal to itself, with its state kept and its branches counted", async () => {
    const result = await verify(script, script, [get("/1"), get("/2", [["x-a", "\xff"]])]);
    expect(result).toMatchObject({ result: "equal", requests: 2, differences: [], nondeterministic: [] });
    expect(result.coverage).toEqual({ branches: 6, reached: 5, missed: [11] });
    expect(result.scriptErrors).toEqual({ lua: 0, wasm: 0 });
  });

  test.each([
    ["a header added", `:add("x-count", count)`, `:add("x-count", count + 1)`, ['upstream.headers["x-count"]']],
    [
      "a header missing",
      `handle:logWarn("has a")`,
      `handle:logWarn("has a") handle:headers():remove("x-count")`,
      ['upstream.headers["x-count"]'],
    ],
    [
      "the order of headers",
      `count = count + 1`,
      `count = count + 1 handle:headers():replace("x-a", handle:headers():get("x-a"))`,
      ["upstream.headers order"],
    ],
    ["a log level", "logWarn", "logErr", ["log[0]"]],
    ["a log text", "has a", "has b", ["log[0]"]],
    ["a response header", `"x-length"`, `"x-len"`, ['response.headers["x-length"]', 'response.headers["x-len"]']],
    ["a script error", `count = count + 1`, `count = count + 1; (nil)()`, ['upstream.headers["x-count"]', "log[0]"]],
  ])("tells %s", async (_, from, to, expected) => {
    const result = await verify(script, script.replace(from, to), [
      get("/2", [
        ["x-a", "1"],
        ["x-z", "2"],
      ]),
    ]);
    expect(result.result).toBe("different");
    expect(places(result.differences).sort()).toEqual(expected.sort());
  });

  test("tells a body that differs, a status, a request that does not arrive", async () => {
    const result = await verify(script, script.replace("/never", "/2"), [get("/2")]);
    expect(places(result.differences)).toEqual(
      expect.arrayContaining(["response.status", "response.body", "upstream.requests"]),
    );
  });

  test("one byte that is not UTF-8 is a difference", async () => {
    const one = `function envoy_on_request(h) h:headers():add("x", "\\255") end`;
    const result = await verify(one, one.replace("255", "254"), [get("/")]);
    expect(result.differences).toEqual([
      { request: 0, name: "GET /", where: 'upstream.headers["x"]', lua: "\\xff", wasm: "\\xfe" },
    ]);
  });
});

describe("side calls", () => {
  const script = `function envoy_on_request(handle)
    local cluster = "outbound|443||auth.example.com"
    local headers, body = handle:httpCall(cluster, {[":method"] = "POST", [":path"] = "/check", [":authority"] = "auth", ["x-t"] = "1"}, "body", 1000)
    handle:headers():add("x-auth", headers[":status"] .. (body or ""))
    handle:httpCall("audit", {[":method"] = "POST", [":path"] = "/a", [":authority"] = "audit"}, "later", 1000, true)
  end`;
  const request: VerifyRequest = {
    ...get("/"),
    calls: { "outbound|443||auth.example.com": [{ status: 403, body: "denied" }], audit: [{ delayMs: 100 }] },
  };

  test("are answered and recorded, those that nobody waits for too", async () => {
    expect(await verify(script, script, [request, request])).toMatchObject({ result: "equal" });
    const other = await verify(script, script.replace('"later"', '"now"'), [request]);
    expect(places(other.differences)).toEqual([
      'calls["audit"][0].headers["content-length"]',
      'calls["audit"][0].body',
    ]);
    const answer = await verify(script, script.replace('"x-auth", headers', '"x-auth", "a" .. headers'), [request]);
    expect(answer.differences).toMatchObject([{ lua: "403denied", wasm: "a403denied" }]);
  });
});

test("metadata of the route and of filters in front reaches the script, value by value", async () => {
  const show = `local function show(v)
      if type(v) ~= "table" then return type(v) .. " " .. tostring(v) end
      local parts = {}
      for k, item in pairs(v) do parts[#parts + 1] = tostring(k) .. "=" .. show(item) end
      table.sort(parts)
      return "{" .. table.concat(parts, ",") .. "}"
    end
    function envoy_on_request(h)
      h:logInfo(show(h:streamInfo():dynamicMetadata():get("ns")))
      h:logInfo(show(h:metadata():get("key")))
    end`;
  const payload = {
    s: "é",
    n: -1.5,
    yes: true,
    no: false,
    list: [1, "two"],
    none: null,
    deep: { a: { b: "x".repeat(200) } },
  };
  const result = await verifyCandidate({
    id: "t",
    lua: show,
    candidate: { lua: { text: "function envoy_on_request() end" } },
    requests: [{ ...get("/"), dynamicMetadata: { ns: { payload, other: 7 } } }, get("/")],
    routeMetadata: { "envoy.filters.http.lua": { key: "from the route" } },
    launcher,
  });
  expect(result.differences.map((difference) => difference.lua)).toEqual([
    `info: {other=number 7,payload={deep={a={b=string ${"x".repeat(200)}}},list={1=number 1,2=string two},n=number -1.5,no=boolean false,s=string é,yes=boolean true}}`,
    "info: string from the route",
    "info: nil nil",
    "info: string from the route",
  ]);
});

test("what the verdict announced is kept apart, and only that", async () => {
  const call = `handle:httpCall("c", {[":method"] = "GET", [":path"] = "/", [":authority"] = "c"}, "", 1000)`;
  const lua = `function envoy_on_request(handle) ${call} end`;
  // As the module does it: neither x-forwarded-for nor content-length; and a change that nobody announced.
  const wasm = lua.replace('"", 1000', "nil, {timeout_ms = 1000, send_xff = false}").replace('"/"', '"/other"');
  const candidate = { lua: { text: wasm } };
  const result = await verifyCandidate({
    id: "t",
    lua,
    candidate,
    requests: [get("/")],
    launcher,
    announced: ["Handle:httpCall"],
  });
  expect(places(result.announced).sort()).toEqual([
    'calls["c"][0].headers["content-length"]',
    'calls["c"][0].headers["x-forwarded-for"]',
  ]);
  expect(places(result.differences)).toEqual(['calls["c"][0].path']);
});

describe("what cannot be compared", () => {
  test("a random number is nondeterministic, neither a difference nor a pass", async () => {
    const script = `math.randomseed(tonumber(tostring({}):sub(10), 16) % 2^31)
      function envoy_on_request(h) h:headers():add("x-r", tostring(math.random())) h:headers():add("x-s", "same") end`;
    const result = await verify(script, script, [get("/")]);
    expect(result).toMatchObject({ result: "undecided", differences: [] });
    expect(places(result.nondeterministic)).toEqual(['upstream.headers["x-r"]']);
  });

  test("the order of pairs with few keys is found out in further Lua VMs", async () => {
    const pairs = `function envoy_on_request(h)
      local t, keys = {one = 1, two = 2}, {}
      for k in pairs(t) do keys[#keys + 1] = k end
      h:headers():add("x-keys", table.concat(keys, ","))
    end`;
    const fixed = pairs.replace("for k in pairs(t) do", `for _, k in ipairs({"two", "one"}) do`);
    for (let round = 0; round < 3; round++) {
      const result = await verify(pairs, fixed, [get("/")]);
      expect(result.differences).toEqual([]);
    }
  });

  test("an endless loop in the script stops the verification, and says so", async () => {
    const script = `function envoy_on_request(h) if h:headers():get(":path") == "/loop" then while true do end end end`;
    const started = Date.now();
    const result = await verify(script, script, [get("/"), get("/loop"), get("/")], { requestTimeoutMs: 500 });
    expect(result).toMatchObject({
      result: "undecided",
      stopped: { request: 1, arm: "lua", reason: expect.stringContaining("endless loop") },
    });
    expect(Date.now() - started).toBeLessThan(15_000);
  });

  test("an endless loop in the module is a difference", async () => {
    const result = await verify(
      "function envoy_on_request() end",
      "function envoy_on_request() while true do end end",
      [get("/")],
      {
        requestTimeoutMs: 500,
      },
    );
    expect(result.differences).toMatchObject([{ request: 0, where: "outcome", lua: "response" }]);
  });

  test("a module that does not load is a difference", async () => {
    const result = await verifyCandidate({
      id: "t",
      lua: "function envoy_on_request() end",
      candidate: { wasm: { bytes: Buffer.from("not wasm"), allowOnHeadersStopIteration: true } },
      requests: [get("/")],
      launcher,
    });
    expect(result.differences).toMatchObject([{ request: -1, where: "load", lua: "loads" }]);
    expect(result.differences[0]!.wasm).not.toBe("loads");
  });
});
