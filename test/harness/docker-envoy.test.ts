import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { chooseEnvoy } from "../../src/harness/choose-envoy.js";
import { dockerAnswers } from "../../src/harness/docker-engine.js";
import { EnvoyStartError } from "../../src/harness/envoy.js";
import { renderFilterArms } from "../../src/harness/filter-arms.js";
import { startUpstream } from "../../src/harness/recording-upstream.js";
import { sendHttp1 } from "../../src/harness/traffic.js";

const hasDocker = await dockerAnswers();
if (!hasDocker) console.warn("no Docker answers here: the tests of the Docker way are skipped");

const containers = (): string =>
  execFileSync("docker", ["ps", "-aq", "--filter", "name=moonshift-envoy-"], { encoding: "utf8" });

describe.skipIf(!hasDocker)("Envoy in Docker", () => {
  test("auto prefers it, says so, and it does what the local one does", { timeout: 180_000 }, async () => {
    const said: string[] = [];
    const launcher = await chooseEnvoy({ envoy: "auto" }, (line) => said.push(line));
    expect(launcher.kind).toBe("docker");
    expect(said.at(-1)).toMatch(/^using Docker, image /);

    await using upstream = await startUpstream({ answer: () => ({ body: "hello" }) });
    const lua = `function envoy_on_request(h) h:logWarn("line\\n\\255") h:headers():add("x-a", "\\254") end`;
    const { bootstrap, files } = renderFilterArms(
      [{ name: "lua", lua: { text: lua } }],
      [{ name: "upstream", port: upstream.port }],
      { cluster: "upstream" },
    );
    const envoy = await launcher.start(bootstrap, { files, logLevels: { lua: "info" } });
    try {
      const outcome = await sendHttp1(envoy.port("lua"), { method: "GET", path: "/", headers: [["host", "h"]] });
      expect(outcome).toMatchObject({ kind: "response", response: { status: 200 } });
      expect(upstream.take()[0]!.headers).toContainEqual(["x-a", "\xfe"]);
      const line = await envoy.waitForLog((log) => log.logger === "lua" && log.level === "warning", 5_000);
      expect(line.message).toBe("script log: line\n\xff");
      expect(envoy.workerCpu()).toMatchObject([{ thread: "wrk:worker_0" }]);
      expect(envoy.container).toBeDefined();
      expect(envoy.alive).toBe(true);
    } finally {
      await envoy.stop();
    }
    expect(envoy.alive).toBe(false);
    expect(containers()).toBe("");
  });

  test("a rejected configuration leaves no container", { timeout: 180_000 }, async () => {
    const launcher = await chooseEnvoy({ envoy: "docker" }, () => {});
    const { bootstrap } = renderFilterArms([{ name: "lua", lua: { text: "function (" } }], []);
    const error = await launcher.start(bootstrap).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(EnvoyStartError);
    expect((error as EnvoyStartError).message).toContain("script load error");
    expect(containers()).toBe("");
  });
});
