import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { RunningEnvoy } from "../../src/harness/envoy.js";
import { renderFilterArms } from "../../src/harness/filter-arms.js";
import { type RecordingUpstream, startUpstream } from "../../src/harness/recording-upstream.js";
import { sendHttp1 } from "../../src/harness/traffic.js";
import { packageRoot } from "../../src/support/package-root.js";

const text = readFileSync(join(packageRoot(), "test/codegen/coroutines.lua"), "utf8");
const paths = [...text.matchAll(/\["(\/[\w-]+)"\] = function/g)].map(([, path]) => path as string);
const REQUESTS_EACH = 4;
/** Until all that was logged has been read. */
const LOG_DELAY_MS = 500;

/** What a request came to: at the client, at the upstream and in the log. */
async function observe(envoy: RunningEnvoy, upstream: RecordingUpstream, arm: string, path: string, number: number) {
  upstream.take();
  const outcome = await sendHttp1(envoy.port(arm), {
    method: "POST",
    path,
    headers: [
      ["host", "a"],
      ["x-in", String(number)],
      ["x-in-2", "two"],
    ],
    body: [Buffer.from("abc"), Buffer.from("defg")],
  });
  const own = (headers: readonly (readonly [string, string])[]) => headers.filter(([name]) => name.startsWith("x-l"));
  return {
    outcome:
      outcome.kind === "response"
        ? { status: outcome.response.status, headers: own(outcome.response.headers) }
        : outcome,
    upstream: upstream
      .take()
      .map(({ headers, body }) => [headers.filter(([name]) => name === "x-out"), body.toString("latin1")]),
  };
}

/** What the script has logged, without what the two filters put in front. */
function messages(envoy: RunningEnvoy): readonly string[] {
  return envoy.logs
    .filter(({ logger }) => logger === "lua" || logger === "wasm")
    .map(({ message }) => message.replace(/^(?:script|wasm) log(?: [^:]*)?: /, ""));
}

test("coroutines and host calls do in Envoy what its Lua does", { timeout: 120_000 }, async () => {
  const program = generate(text);
  expect(program.refusals).toEqual([]);
  const { bytes } = await compileProgram(program);
  await using side = await startUpstream({ name: "side", answer: () => ({ body: "reply" }) });
  await using upstream = await startUpstream({ answer: () => ({ body: "answer" }) });
  const { bootstrap, files } = renderFilterArms(
    [
      { name: "lua", lua: { text } },
      { name: "wasm", wasm: { bytes, allowOnHeadersStopIteration: program.needs.allowOnHeadersStopIteration } },
    ],
    [
      { name: "upstream", port: upstream.port },
      { name: "side", port: side.port },
    ],
    { cluster: "upstream" },
  );
  await using envoy = await (await chooseLocalEnvoy()).start(bootstrap, {
    files,
    logLevels: { lua: "error", wasm: "error" },
  });
  const seen: Record<string, unknown[]> = { lua: [], wasm: [] };
  for (const [arm, observations] of Object.entries(seen)) {
    const logged = messages(envoy).length;
    for (const path of paths) {
      for (let number = 0; number < REQUESTS_EACH; number++)
        observations.push({ path, ...(await observe(envoy, upstream, arm, path, number)) });
    }
    await setTimeout(LOG_DELAY_MS);
    observations.push(messages(envoy).slice(logged));
  }
  expect(seen.wasm).toEqual(seen.lua);
  expect(JSON.stringify(seen.lua)).toContain("script performed an unexpected yield");
  expect(JSON.stringify(seen.lua)).toContain("replyreply!200");
});
