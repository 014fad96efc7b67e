import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { EnvoyStartError } from "../../src/harness/envoy.js";
import { renderFilterArms } from "../../src/harness/filter-arms.js";
import { startUpstream } from "../../src/harness/recording-upstream.js";
import { sendHttp1 } from "../../src/harness/traffic.js";

const launcher = await chooseLocalEnvoy(console.error);

describe("local Envoy", () => {
  test("carries a request byte for byte to the upstream and the answer back", async () => {
    await using upstream = await startUpstream({
      answer: () => ({
        status: 201,
        headers: [
          ["x-a", "1"],
          ["x-a", "\xff\x80"],
        ],
        body: [Buffer.from("ab"), Buffer.from("c")],
        trailers: [["x-t", "end"]],
      }),
    });
    const lua = `function envoy_on_request(h) h:logWarn("line one\\nline \\\\n two \\255 " .. h:streamInfo():downstreamRemoteAddress()) end`;
    const { bootstrap, files } = renderFilterArms(
      [{ name: "lua", lua: { text: lua } }, { name: "none" }],
      [{ name: "upstream", port: upstream.port }],
      { cluster: "upstream", proxyProtocol: true, http1Trailers: true },
    );
    await using envoy = await launcher.start(bootstrap, { files, logLevels: { lua: "info" } });
    const outcome = await sendHttp1(
      envoy.port("lua"),
      {
        method: "POST",
        path: "/p?q=1",
        headers: [
          ["Host", "h"],
          ["X-B", "2"],
          ["X-B", "\xfe"],
        ],
        body: [Buffer.from("xy"), Buffer.from("z")],
        trailers: [["x-req-t", "t"]],
      },
      { proxy: { client: { address: "203.0.113.7", port: 4711 }, server: { address: "10.0.0.1", port: 80 } } },
    );
    if (outcome.kind !== "response") throw new Error(outcome.kind);
    expect(outcome.response.status).toBe(201);
    expect(outcome.response.headers.filter(([name]) => name === "x-a")).toEqual([
      ["x-a", "1"],
      ["x-a", "\xff\x80"],
    ]);
    expect(outcome.response.body.toString()).toBe("abc");
    expect(outcome.response.trailers).toEqual([["x-t", "end"]]);
    const [request] = upstream.take();
    expect(request).toMatchObject({ method: "POST", path: "/p?q=1", trailers: [["x-req-t", "t"]] });
    expect(request!.body.toString()).toBe("xyz");
    expect(request!.headers.filter(([name]) => name === "x-b")).toEqual([
      ["x-b", "2"],
      ["x-b", "\xfe"],
    ]);
    const line = await envoy.waitForLog((log) => log.logger === "lua" && log.level === "warning", 2_000);
    expect(line.message).toBe("script log: line one\nline \\n two \xff 203.0.113.7:4711");
    expect(await envoy.stats("^http.lua.lua")).toMatchObject({
      "http.lua.lua.lua.executions": 1,
      "http.lua.lua.lua.errors": 0,
    });
    expect(envoy.workerCpu()).toMatchObject([{ thread: "wrk:worker_0", cpuNs: expect.any(Number) }]);
  });

  test("tells why Envoy rejected a script, and leaves nothing", async () => {
    const { bootstrap } = renderFilterArms([{ name: "lua", lua: { text: "function (" } }], []);
    const error = await launcher.start(bootstrap).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EnvoyStartError);
    expect((error as EnvoyStartError).reason).toBe("rejected");
    expect((error as EnvoyStartError).message).toContain("script load error");
  });

  test("a script that loops at its top level times out and is killed", async () => {
    const { bootstrap } = renderFilterArms([{ name: "lua", lua: { text: "while true do end" } }], []);
    const error = await launcher.start(bootstrap, { readyTimeoutMs: 700 }).catch((caught: unknown) => caught);
    expect((error as EnvoyStartError).reason).toBe("timeout");
  });

  test("stop ends the process", async () => {
    const envoy = await launcher.start(renderFilterArms([{ name: "none" }], []).bootstrap);
    expect(existsSync(`/proc/${envoy.pid}`)).toBe(true);
    await envoy.stop();
    expect(envoy.alive).toBe(false);
    expect(existsSync(`/proc/${envoy.pid}`)).toBe(false);
    await envoy.stop();
  });
});
