import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import {
  type EntryNeeds,
  holdsHeaders,
  mayYield,
  NEVER_YIELDS,
  printEntry,
  type YieldKinds,
} from "../../src/codegen/entry.js";
import { generate } from "../../src/codegen/generate.js";
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
  /** There is no hand-written filter: the compiler makes it. */
  readonly compiled?: boolean;
  /** Of both arms. */
  readonly surroundings?: Partial<FilterArm>;
}

const CONTEXT = { text: "from the route", nested: { list: [1, "two", { three: true }], null: null } };

const SURROUNDINGS: Partial<FilterArm> = {
  routeName: "the route",
  // What migration has a user do with the context of LuaPerRoute.
  routeMetadata: { "envoy.filters.http.lua": { text: "route" }, "moonshift.filter_context": CONTEXT },
  virtualHostMetadata: { "envoy.filters.http.lua": { text: "host" } },
  filtersBefore: [
    {
      name: "metadata",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.set_metadata.v3.Config",
        metadata: [
          { metadata_namespace: "plain.one", value: { a: [1, "b"] } },
          {
            metadata_namespace: "typed.one",
            typed_value: {
              "@type": "type.googleapis.com/google.protobuf.Struct",
              value: { version: "v2", enabled: true, servers: ["a", "b"], limit: 2.5 },
            },
          },
        ],
      },
    },
    {
      name: "state",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.set_filter_state.v3.Config",
        on_request_headers: ["one", "two"].map((key) => ({
          object_key: key,
          factory_key: "envoy.string",
          format_string: { text_format_source: { inline_string: `value of ${key}` } },
        })),
      },
    },
  ],
};

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

/** An RSA key, and its signature (SHA-256) of "hello". */
const KEY =
  "30820122300d06092a864886f70d01010105000382010f003082010a0282010100a1745642291419a484b12a72417bd2a456" +
  "8d1843b10e062733a95f3a4ef435c2b00b9c7f132d0c5428d78e0f7a3e8b3950045459c510a3450c833606a9772329b8d28b" +
  "c38064287fd03b358e447d475f9362f773ed5a3dd9424ae19696f7c2c796adbcb2bffe768e661d23ace8bfda313ff640ff89" +
  "844550449d8a3be2d785a1e242050e113098a43c8f35c4d17e11f4885bf2d6114c75bc89e30dd7d7812851effba874446e0a" +
  "226c8eaaaca045a4519c323fdd9b7faab2b3d9beacf2a90f946196ce98d3d62e7d98f33e28552b236c61331ec3e004717b16" +
  "188e25233e34445f3062e857bc7e301d8b59e154923ea5385595064ea231be8ee53737244363490203010001";
const SIGNATURE =
  "300aca61c655a91aa0bb3c2dc3a85fd4470cb0fa67b0e56f872ba4c05a7a13c73cdf10df7ec73f3f5e7583c16738f312c766" +
  "cefbdd1954744ccaa75dff6d8033faf552e1d5d126425902f26315d51384f741100f6ecf89280d713b04477bc6bdf3f1e6bc" +
  "8b64bd8ebe047ef3523a05fa1e1e71a7a2b5464b57a3e663e158d462aa0ccdc8350f5b38a4d3df18fedba37eaa2cf6e9c5d7" +
  "4706d4052c70e486664f89b14172f736959970988b20c387725a045573014308466ff82e8c7b15d9656a9eafd4b9fefb820b" +
  "91515927ac967fcf9aaa1781071cdc3bd93f7fe81aa67dc994d27c87a5e6c178aff6121d8b47f6d9f3b60cb1eb1ddd8446a2" +
  "bfb52945b7f4";

/** Reads and writes in any order, of headers that the host treats alike and of those that it does not, by names in both cases. */
const NAMES = ["x-a", "X-A", "x-b", "content-type", "cookie", "host", "Host", ":authority", "user-agent", "x-twice"];
const VALUES = ["1", "two", "", "a,b", " spaced "];
const HEADER_STEPS = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constantFrom("get", "get", "count", "remove", "walk"), fc.constantFrom(...NAMES)),
      fc.tuple(fc.constantFrom("replace", "add"), fc.constantFrom(...NAMES), fc.constantFrom(...VALUES)),
    ),
    { minLength: 2, maxLength: 16 },
  )
  .map((steps) =>
    get("/", ["x-steps", steps.map((step) => step.join(" ")).join(";")], ["x-twice", "1"], ["x-twice", "2"]),
  );
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

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
  { name: "forwarded-call", compiled: true, traffic: [get("/"), post("some body"), post(chunks("a", "b"))] },
  { name: "objects", compiled: true, traffic: [get("/", ["x-key", KEY], ["x-signature", SIGNATURE])] },
  {
    name: "endings",
    compiled: true,
    traffic: [
      ...[
        "/plain",
        "/return",
        "/loop",
        "/headers",
        "/goto",
        "/deny",
        "/deny-last",
        "/protected",
        "/direct",
        "/counted",
      ],
      ...["/early", "/late", "/wrong", "/closure", "/maybe", "/other"],
    ].map((path) => get(path)),
  },
  {
    name: "one-header",
    compiled: true,
    traffic: [
      get("/"),
      get("/", ["x-forwarded-for", ""]),
      get("/", ["x-forwarded-for", "a"], ["X-Forwarded-For", "b, c"], ["x-forwarded-for", "d"]),
      get("/", ["x-forwarded-for", "a"], ["x-more", "1"]),
      get("/", ["x-forwarded-for", "e"], ["x-forwarded-for", "f"]),
    ],
  },
  {
    name: "lone-header",
    compiled: true,
    traffic: [
      get("/"),
      get("/", ["x-forwarded-for", ""]),
      get("/", ["x-forwarded-for", "a"], ["X-Forwarded-For", "b, c"], ["x-forwarded-for", "d"]),
      get("/", ["x-forwarded-for", "e"], ["x-forwarded-for", "f"]),
      get("/", ["x-forwarded-for", "e"], ["x-forwarded-for", "f"], ["user-agent", "g"], ["user-agent", "h"]),
      get("/", ["x-forwarded-for", "a"]),
    ],
  },
  { name: "mistakes", compiled: true, traffic: [get("/")] },
  { name: "method-values", compiled: true, traffic: [get("/1"), get("/2")] },
  { name: "methods-by-hand", compiled: true, traffic: [get("/1"), get("/2"), post("some body")] },
  { name: "hooks", compiled: true, traffic: [get("/1"), get("/2")] },
  { name: "header-sequences", compiled: true, traffic: fc.sample(HEADER_STEPS, { numRuns: 150, seed: SEED }) },
  { name: "surroundings", compiled: true, traffic: [get("/", ["x-arm", "a"])], surroundings: SURROUNDINGS },
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
    installsMethods: false,
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
  if (test.compiled) {
    const program = generate(text);
    expect(program.refusals).toEqual([]);
    const { bytes } = await compileProgram(program);
    const { allowOnHeadersStopIteration } = program.needs;
    const perRoute = {
      "envoy.filters.http.lua": {
        "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.LuaPerRoute",
        filter_context: CONTEXT,
      },
    };
    return [
      { name: `lua ${test.name}`, lua: { text }, ...test.surroundings, ...(test.surroundings && { perRoute }) },
      { name: `wasm ${test.name}`, wasm: { bytes, allowOnHeadersStopIteration }, ...test.surroundings },
    ];
  }
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
  const vmId = test.name;
  return [
    { name: `lua ${test.name}`, lua: { text } },
    { name: `wasm ${test.name}`, wasm: { bytes, allowOnHeadersStopIteration, vmId } },
    // A second filter with the same module in the same VM, for scripts that keep state.
    ...(needs.stateful
      ? [{ name: `twin ${test.name}`, wasm: { bytes, allowOnHeadersStopIteration, vmId, rootId: "twin" } }]
      : []),
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
    {
      cluster: "upstream",
      http1Trailers: true,
      generateRequestId: false,
      routeMetadata: {
        "envoy.filters.http.lua": {
          text: "t\u00e9",
          number: 1.25,
          yes: true,
          list: [1, [], null, "x"],
          nested: { a: { b: 1 } },
          null: null,
        },
      },
    },
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

  test("filters that share a VM have variables of their own", async () => {
    const { name, traffic } = CASES.find(({ name }) => name === "counter")!;
    const first = await observe(`twin ${name}`, traffic.slice(0, 2));
    await observe(`wasm ${name}`, traffic.slice(0, 2));
    expect(JSON.stringify(first)).toContain("x-count: 1");
    expect(JSON.stringify(await observe(`twin ${name}`, [traffic[0]!]))).toContain("x-count: 3");
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

/** Without what depends on time, or on the tracing, forwarding and length zero that a side call of Wasm lacks (announced for `httpCall`). */
function stable(headers: RecordedRequest["headers"]): readonly unknown[] {
  return headers
    .filter(([name, value]) => name !== "content-length" || value !== "0")
    .filter(([name]) => !/^(date|x-envoy-upstream-service-time|x-request-id|x-forwarded-for)$/.test(name))
    .map(([name, value]) => `${name}: ${value}`);
}

function scriptText(message: string): string {
  return message.replace(/^script log: /, "").replace(/^wasm log [^:]*: /, "");
}
