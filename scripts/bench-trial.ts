/**
 * Tries the gate of `moonshift bench` on this machine: a filter made 20 % slower on purpose has to be caught, the same filter
 * measured again has to pass. Several minutes; not part of `npm test`, whose machine may be busy.
 *
 *     npm run bench:trial -- [tries, default 10] [path of an Envoy binary]
 */
import { allArms } from "../bench/arms/index.js";
import type { Comparison } from "../bench/comparison.js";
import { compileScript } from "../bench/compile-script.js";
import { controlWorkload } from "../bench/controls.js";
import { compareWithBaseline } from "../bench/gate.js";
import { QUICK } from "../bench/settings.js";
import { runSuite } from "../bench/suite.js";
import { getRequest, type Workload } from "../bench/workloads/workload.js";
import { chooseLocalEnvoy } from "../src/harness/choose-envoy.js";
import { localEnvoy } from "../src/harness/local-envoy.js";

const ROUNDS_OF_WORK = 100;
const SLOWER = 1.2;

/** Hashes a header so often that nearly all of its cost is this loop; the outcome does not depend on how often. */
function script(times: number): string {
  return `function envoy_on_request(handle)
  local headers = handle:headers()
  local agent = headers:get("user-agent")
  local hash = 0
  for i = 1, ${Math.round(times)} do
    for at = 1, #agent do
      hash = (hash * 33 + string.byte(agent, at) + i) % 4294967296
    end
  end
  if hash < 0 then headers:replace("x-never", "1") end
  headers:replace("x-hashed", "1")
end
`;
}

function workload(slowdown: number): Workload {
  return {
    name: "trial",
    kind: "filter",
    group: "trial",
    about: "hashing a header many times",
    lua: script(ROUNDS_OF_WORK),
    wasmLua: script(ROUNDS_OF_WORK * slowdown),
    request: getRequest(),
    measure: { form: "over no filter" },
  };
}

const tries = Number(process.argv[2] ?? 10);
const launcher = process.argv[3] ? localEnvoy(process.argv[3]) : await chooseLocalEnvoy(console.error);
const { latency: _, ...settings } = QUICK;

async function measure(slowdown: number): Promise<Comparison> {
  const measured = workload(slowdown);
  return runSuite({
    workloads: [controlWorkload(measured), measured],
    arms: allArms({ compile: compileScript, peers: false }),
    launcher,
    settings,
    seed: Math.floor(Math.random() * 2 ** 31),
    version: "trial",
    save: async () => {},
    progress: () => {},
  });
}

const outcomes = { slower: [] as string[], same: [] as string[] };
for (let attempt = 1; attempt <= tries; attempt++) {
  const baseline = await measure(1);
  for (const [kind, slowdown] of [["slower", SLOWER] as const, ["same", 1] as const]) {
    const current = await measure(slowdown);
    const { state, changes } = compareWithBaseline(baseline, current);
    outcomes[kind].push(state);
    const [change] = changes.filter((one) => one.workload === "trial");
    const told = change
      ? `${change.factor.toFixed(3)} (${change.interval.map((end) => end.toFixed(3)).join(" to ")})`
      : "";
    console.log(`${attempt}/${tries} ${kind.padEnd(8)}${state.padEnd(14)}${told}`);
  }
}
const count = (kind: "slower" | "same", state: string) => outcomes[kind].filter((one) => one === state).length;
console.log(
  `made 20 % slower: caught ${count("slower", "regression")} of ${tries}, could not tell ${count("slower", "cannot tell")}`,
);
console.log(`unchanged: passed ${count("same", "passed")} of ${tries}, could not tell ${count("same", "cannot tell")}`);
process.exitCode = count("slower", "passed") + count("same", "regression") === 0 ? 0 : 1;
