import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type EntryNeeds,
  holdsHeaders,
  mayYield,
  NEVER_YIELDS,
  printEntry,
  type YieldKinds,
} from "../../src/codegen/entry.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { RunningEnvoy } from "../../src/harness/envoy.js";
import { type FilterArm, renderFilterArms } from "../../src/harness/filter-arms.js";
import { type RecordedRequest, type RecordingUpstream, startUpstream } from "../../src/harness/recording-upstream.js";
import { sendHttp1, type WireRequest } from "../../src/harness/traffic.js";
import { assemble } from "../../src/runtime/toolchain/assemble.mjs";
import { packageRoot } from "../../src/support/package-root.js";

// Filters written by hand as the compiler would print them, beside the Lua that they come from: both do the same in Envoy.

const FOLDER = join(packageRoot(), "test/runtime/filters");

interface Case {
  readonly name: string;
  readonly needs?: Partial<Omit<EntryNeeds, "requestMayYield" | "responseMayYield">>;
  readonly request?: Partial<YieldKinds>;
  readonly response?: Partial<YieldKinds>;
  readonly traffic: readonly WireRequest[];
}

const get = (path: string, ...headers: [string, string][]): WireRequest => ({
  method: "GET",
  path,
  headers: [["Host", "a.example"], ...headers],
});
const post = (body: WireRequest["body"], trailers?: [string, string][]): WireRequest => ({
  method: "POST",
  path: "/post",
  headers: [["Host", "a.example"]],
  ...(body !== undefined && { body }),
  ...(trailers && { trailers }),
});
const chunks = (...pieces: string[]): Uint8Array[] => pieces.map((piece) => Buffer.from(piece, "latin1"));

const CASES: readonly Case[] = [
  {
    name: "routing",
    traffic: [
      get("/a?b", ["x-many", "a"], ["X-Many", "b"], ["x-remove", "1"], ["User-Agent", "me"]),
      get("/", ["x-missing", "\xff\x01"], ["x-ua", "old"]),
    ],
  },
  {
    name: "respond",
    needs: { onResponse: true },
    traffic: [get("/"), get("/", ["x-status", "403"]), get("/", ["x-status", "99"])],
  },
  {
    name: "body",
    needs: { onResponse: true },
    request: { body: true },
    response: { body: true },
    traffic: [
      post("hello world"),
      post(chunks("one ", "two ", "three")),
      post(chunks("with"), [["x-t", "1"]]),
      get("/"),
    ],
  },
  { name: "side-call", request: { httpCall: true }, traffic: [get("/"), post("some body"), post(chunks("a", "b"))] },
  {
    name: "stream",
    needs: { onResponse: true },
    request: { bodyChunks: true, trailers: true },
    response: { trailers: true, body: true },
    traffic: [get("/"), post("whole"), post(chunks("one", "two")), post(chunks("one"), [["x-t", "yes"]])],
  },
  { name: "counter", needs: { stateful: true, hasMain: true }, traffic: [get("/1"), get("/2"), get("/3"), get("/4")] },
];

function needsOf({ needs, request, response }: Case): EntryNeeds {
  return {
    onRequest: true,
    onResponse: false,
    requestMayYield: { ...NEVER_YIELDS, ...request },
    responseMayYield: { ...NEVER_YIELDS, ...response },
    stateful: false,
    hasMain: false,
    usesDynamicMetadata: false,
    chunkName: "",
    ...needs,
  };
}

/** As LuaJIT prints the name of a chunk given as a string. */
function chunkName(text: string): string {
  const line = text.split("\n")[0] ?? "";
  return `[string "${line}..."]`;
}

async function armsOf(test: Case): Promise<readonly FilterArm[]> {
  const text = readFileSync(join(FOLDER, `${test.name}.lua`), "latin1");
  const needs = { ...needsOf(test), chunkName: chunkName(text) };
  const sources: Record<string, string> = {
    "entry.ts": printEntry(needs),
    "filter.ts": readFileSync(join(FOLDER, `${test.name}.as`), "utf8"),
  };
  const bytes = await assemble({
    read: (name) => sources[name] ?? readRuntime(name),
    stateful: needs.stateful,
    yields: mayYield(needs.requestMayYield) || mayYield(needs.responseMayYield),
    metatables: false,
  });
  const allowOnHeadersStopIteration = holdsHeaders(needs.requestMayYield) || holdsHeaders(needs.responseMayYield);
  return [
    { name: `lua ${test.name}`, lua: { text } },
    { name: `wasm ${test.name}`, wasm: { bytes, allowOnHeadersStopIteration } },
  ];
}

function readRuntime(name: string): string | null {
  try {
    return readFileSync(join(packageRoot(), "src", name), "utf8");
  } catch {
    return null;
  }
}

const launcher = await chooseLocalEnvoy(console.error);
let upstream: RecordingUpstream;
let side: RecordingUpstream;
let envoy: RunningEnvoy;

beforeAll(async () => {
  upstream = await startUpstream({
    answer: () => ({ headers: [["x-up", "1"]], body: chunks("up", "stream"), trailers: [["x-t", "end"]] }),
  });
  side = await startUpstream({
    name: "side",
    answer: ({ path }) => ({ headers: [["x-answer", `to ${path}`]], body: path === "/ask/2" ? "no" : "yes" }),
  });
  const arms: FilterArm[] = [];
  for (const each of CASES) arms.push(...(await armsOf(each)));
  const { bootstrap, files } = renderFilterArms(
    arms,
    [
      { name: "upstream", port: upstream.port },
      { name: "side", port: side.port },
    ],
    { cluster: "upstream", http1Trailers: true, generateRequestId: false },
  );
  envoy = await launcher.start(bootstrap, { files, logLevels: { lua: "warning", wasm: "warning" } });
}, 240_000);

afterAll(async () => {
  await envoy?.stop();
  await upstream?.close();
  await side?.close();
});

describe("a hand-written filter does in Envoy what its Lua does", () => {
  test.each(CASES)("$name", async ({ name, traffic }) => {
    const seen = { lua: await observe(`lua ${name}`, traffic), wasm: await observe(`wasm ${name}`, traffic) };
    expect(seen.wasm).toEqual(seen.lua);
    expect(envoy.alive).toBe(true);
  });
});

/** What upstreams, client and log got to see of the traffic through one arm. */
async function observe(arm: string, traffic: readonly WireRequest[]): Promise<readonly unknown[]> {
  const observations: unknown[] = [];
  for (const request of traffic) {
    const from = envoy.logs.length;
    const outcome = await sendHttp1(envoy.port(arm), request, { timeoutMs: 4000 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    observations.push({
      request,
      outcome:
        outcome.kind === "response"
          ? {
              ...outcome.response,
              headers: stable(outcome.response.headers),
              body: outcome.response.body.toString("latin1"),
            }
          : outcome,
      upstream: upstream.take().map(plain),
      side: side.take().map(plain),
      logs: envoy.logs.slice(from).map(({ level, message }) => `${level}: ${scriptText(message)}`),
    });
  }
  return observations;
}

function plain(request: RecordedRequest): unknown {
  return { ...request, headers: stable(request.headers), body: request.body.toString("latin1") };
}

/** Without what depends on time, or on the tracing and forwarding that a side call of Wasm lacks (announced for `httpCall`). */
function stable(headers: RecordedRequest["headers"]): readonly unknown[] {
  return headers
    .filter(([name]) => !/^(date|x-envoy-upstream-service-time|x-request-id|x-forwarded-for)$/.test(name))
    .map(([name, value]) => `${name}: ${value}`);
}

function scriptText(message: string): string {
  return message.replace(/^script log: /, "").replace(/^wasm log [^:]*: /, "");
}
