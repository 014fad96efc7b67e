import { expect, test } from "vitest";
import { judgeRounds } from "../../src/verify/judge-rounds.js";
import type { Observation } from "../../src/verify/observation.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";

const REQUEST = { name: "one", method: "GET", path: "/", headers: [] as const } as unknown as VerifyRequest;

/** What is seen of a script that sends a call with a body. */
function sending(body: string, length = String(body.length)): Observation {
  return calling(body, ["content-length", length]);
}

function calling(body: string, ...headers: readonly (readonly [string, string])[]): Observation {
  const call = { upstream: "side", protocol: "http1", method: "POST", path: "/", trailers: [] } as const;
  return {
    outcome: { kind: "closed", partial: "" },
    upstream: [],
    calls: [{ ...call, headers, body: Buffer.from(body) }],
    log: [],
    wasmFailures: [],
    branches: [],
    scriptErrors: 0,
  };
}

const places = (lua: Observation, wasm: Observation, again: Observation): unknown => {
  const { differences, nondeterministic } = judgeRounds(
    [new Map(Object.entries({ lua, wasm, "lua-again": again }))],
    [REQUEST],
    [],
  );
  return {
    differences: differences.map(({ where }) => where),
    nondeterministic: nondeterministic.map(({ where }) => where),
  };
};

const BODY = 'calls["side"][0].body';
const LENGTH = 'calls["side"][0].headers["content-length"]';

test("the length of a body that differs between Lua VMs is as little certain as the body", () => {
  expect(places(sending("took 9"), sending("took 10"), sending("took 8"))).toEqual({
    differences: [],
    nondeterministic: [LENGTH, BODY],
  });
});

test("a length that does not belong to the body is a difference", () => {
  expect(places(sending("took 9"), sending("took 9", "7"), sending("took 9"))).toEqual({
    differences: [LENGTH],
    nondeterministic: [],
  });
});

test("how long a side call took is a clock, whether or not two Lua VMs agree", () => {
  const took = (time: string) => calling("", ["x-envoy-upstream-service-time", time]);
  const TIME = 'calls["side"][0].headers["x-envoy-upstream-service-time"]';
  expect(places(took("1"), took("3"), took("1"))).toEqual({ differences: [], nondeterministic: [TIME] });
  expect(places(took("1"), took("none"), took("1"))).toEqual({ differences: [TIME], nondeterministic: [] });
});
