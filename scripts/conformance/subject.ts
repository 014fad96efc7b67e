import { parse } from "yaml";
import type { FilterArm } from "../../src/harness/filter-arms.js";
import type { UpstreamAnswer } from "../../src/harness/recording-upstream.js";
import { LuaSyntaxError } from "../../src/lua/parse.js";
import { readVocabulary } from "../../src/verify/script-vocabulary.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";
import type { ConformanceCase } from "./case-file.js";
import { expectedCount, type Message, startedFunctions, streamsOf, type TestStream } from "./steps.js";
import { cppOnly, objectUnderTest, setupOf, type TestSetup } from "./test-setup.js";

/** One script of a case as a filter, with the requests that do to it what the test does. */
export interface Subject {
  readonly name: string;
  readonly lua: string;
  /** Where the filter stands: everything of an arm but the script or module itself. */
  readonly surroundings: Omit<FilterArm, "name" | "lua" | "wasm">;
  readonly requests: readonly VerifyRequest[];
  /** Clusters that its calls go to, less those that the test keeps from existing. */
  readonly clusters: readonly string[];
  readonly absentClusters: readonly string[];
}

/** The subjects of a case, or why it has none. */
export function subjectsOf(test: ConformanceCase): readonly Subject[] | { readonly notRunnable: string } {
  const why = notRunnable(test);
  if (why !== undefined) return { notRunnable: why };
  const absentClusters = test.steps.flatMap(
    (step) => /getThreadLocalCluster\(Eq\("(.*?)"\)\)\.WillOnce\(Return\(nullptr\)\)/.exec(step)?.[1] ?? [],
  );
  return test.scripts.map(({ name, lua: text }) => {
    const lua = asFilter(test, text);
    const vocabulary = vocabularyOf(lua);
    return {
      name,
      lua,
      surroundings: surroundingsOf(test),
      requests: requestsOf(test, lua, vocabulary?.clusters ?? []),
      clusters: (vocabulary?.clusters ?? []).filter((cluster) => !absentClusters.includes(cluster)),
      absentClusters,
    };
  });
}

function notRunnable(test: ConformanceCase): string | undefined {
  const known = cppOnly(test.id);
  if (known !== undefined) return known;
  if (test.scripts.length === 0) return "the case has no script";
  if (test.kind === "wrapper" && objectUnderTest(test.id) === undefined)
    return "no filter has the object that this test makes";
  const isDriven = test.steps.some((step) =>
    /\b(decode|encode)(Headers|Data|Trailers)\(|^THROWS|^sendLocalReply/.test(step),
  );
  if (test.kind === "filter" && !isDriven) {
    return `the C++ test sends nothing through the filter; it looks at ${test.steps[0] ?? "the life time of its objects"}`;
  }
  return undefined;
}

function vocabularyOf(lua: string): ReturnType<typeof readVocabulary> | undefined {
  try {
    return readVocabulary(lua);
  } catch (error) {
    if (error instanceof LuaSyntaxError) return undefined;
    throw error;
  }
}

// ------------------------------------------------------------------------------------------------ the script

const BODY = "hello world";

/** Wrapper and VM tests start functions of the script from C++: here a handler behind the script does, so that its lines keep their numbers. */
function asFilter(test: ConformanceCase, text: string): string {
  if (test.kind !== "wrapper" && test.kind !== "vm") return text;
  const started = calls(test);
  const object = test.kind === "vm" ? "handle" : objectUnderTest(test.id);
  const parameter = /function \w+\((\w+)\)/.exec(text)?.[1] ?? "handle";
  const logging = text.replaceAll(/\btestPrint\(/g, `${parameter}:logInfo(`);
  const [first] = started;
  const cases = started.map(({ name }, i) => `${i === 0 ? "if" : "elseif"} path == "/${name}" then ${name}(object)`);
  // Headers that have gone on cannot be changed any more: that is how a filter has the map that the test calls not modifiable.
  const isFrozen = started.some(({ error }) => error?.includes("can no longer be modified"));
  return [
    logging,
    "function envoy_on_request(handle)",
    ...(started.length > 1 ? [`  local path = handle:headers():get(":path")`] : []),
    ...(isFrozen ? ["  for chunk in handle:bodyChunks() do end"] : []),
    `  local object = ${object}`,
    ...(started.length > 1 ? [`  ${cases.join(" ")} end`] : [`  ${first!.name}(object)`]),
    "end",
  ].join("\n");
}

function calls(test: ConformanceCase): ReturnType<typeof startedFunctions> {
  const started = startedFunctions(test.steps);
  return started.length === 0 ? [{ name: "callMe" }] : started;
}

// ------------------------------------------------------------------------------------------------ where it stands

/** Name that Envoy's unit tests give the filter. */
const FILTER_NAME = "lua-filter-config-name";

function surroundingsOf(test: ConformanceCase): Subject["surroundings"] {
  const inputs = test.other_inputs.filter(({ kind }) => kind === "yaml").map(({ text }) => parse(text) as Yaml);
  const metadata =
    inputs.find((input) => input?.filter_metadata)?.filter_metadata ?? firstRoute(inputs)?.metadata?.filter_metadata;
  const isOfHost = /VirtualHost/.test(test.id);
  const { routeName, responseHeadersToAdd, filtersBefore = [] } = setupOf(test.id);
  const before = [
    ...filtersBefore,
    ...inputs.filter((input) => /extensions\.filters\.http\.(?!lua\.)/.test(input?.typed_config?.["@type"] ?? "")),
  ];
  return {
    ...(metadata !== undefined && FILTER_NAME in metadata ? { filterName: FILTER_NAME } : {}),
    ...(metadata === undefined ? {} : isOfHost ? { virtualHostMetadata: metadata } : { routeMetadata: metadata }),
    ...(routeName === undefined ? {} : { routeName }),
    ...(responseHeadersToAdd === undefined ? {} : { responseHeadersToAdd }),
    ...(before.length === 0 ? {} : { filtersBefore: before }),
  };
}

interface Yaml {
  readonly filter_metadata?: Readonly<Record<string, unknown>>;
  readonly typed_config?: Readonly<Record<string, string>>;
  readonly virtual_hosts?: readonly { readonly routes?: readonly Yaml[] }[];
  readonly metadata?: Yaml;
  readonly direct_response?: { readonly status: number; readonly body?: { readonly inline_string?: string } };
}

function firstRoute(inputs: readonly Yaml[]): Yaml | undefined {
  return inputs.find((input) => input?.virtual_hosts)?.virtual_hosts?.[0]?.routes?.[0];
}

// ------------------------------------------------------------------------------------------------ the requests

function requestsOf(test: ConformanceCase, lua: string, clusters: readonly string[]): readonly VerifyRequest[] {
  const setup = setupOf(test.id);
  if (test.kind === "wrapper" || test.kind === "vm") {
    return calls(test).map(({ name }) => ({
      ...plain(`/${name}`),
      headers: setup.requestHeaders ?? [],
      ...(/:body\(\)|bodyChunks/.test(lua) ? { body: BODY } : {}),
    }));
  }
  const streams = streamsOf(test.steps);
  if (test.kind === "integration") return [integrationRequest(test, streams[0], clusters)];
  const isUnreachable = test.steps.some((step) => step.includes("send() fails inline"));
  const requests = streams
    .map((stream, i) => requestOf(stream, `stream ${i + 1}`, setup, clusters))
    .map((request) =>
      isUnreachable ? { ...request, calls: Object.fromEntries(clusters.map((name) => [name, [BREAKS_OFF]])) } : request,
    );
  if (requests.length === 0) return [plain("/")];
  return Array.from({ length: repetitions(test, lua, requests.length) }, () => requests).flat();
}

/** What a call gets `upstream failure` for: a reply whose connection ends in the middle of its body. */
const BREAKS_OFF: UpstreamAnswer = {
  headers: [
    ["content-length", "9"],
    ["connection", "close"],
  ],
  body: "half",
};

/** A digest tells once what a test does in a loop; how often shows in the number of executions. */
function repetitions(test: ConformanceCase, lua: string, streams: number): number {
  const handlers = [...lua.matchAll(/function envoy_on_(request|response)\b/g)].length || 1;
  const executions = expectedCount(test.steps, "executions") ?? 0;
  return Math.max(1, Math.ceil(executions / (handlers * streams)));
}

function plain(path: string): VerifyRequest {
  return { name: `GET ${path}`, method: "GET", path, headers: [], upstream: { status: 200 }, calls: {} };
}

function requestOf(
  { request, response, calls: callMessages }: TestStream,
  name: string,
  setup: TestSetup,
  clusters: readonly string[],
): VerifyRequest {
  const header = (wanted: string): string | undefined => request.headers.find(([key]) => key === wanted)?.[1];
  const host = header(":authority");
  return {
    name,
    method: header(":method") ?? "GET",
    path: header(":path") ?? "/",
    headers: [
      ...(host === undefined ? [] : [["host", host] as const]),
      ...request.headers.filter(([key]) => !key.startsWith(":")),
    ],
    ...(request.endsWithHeaders ? {} : { body: request.chunks }),
    ...(request.trailers === undefined ? {} : { trailers: request.trailers }),
    ...(setup.dynamicMetadata === undefined ? {} : { dynamicMetadata: setup.dynamicMetadata }),
    upstream: response === undefined ? { status: 200 } : answerOf(response, setup.responseBody),
    calls: answersOf(callMessages, setup.callBody, clusters),
  };
}

/** The request and answer that Envoy's integration test sends by default. */
function integrationRequest(
  test: ConformanceCase,
  stream: TestStream | undefined,
  clusters: readonly string[],
): VerifyRequest {
  const inputs = test.other_inputs.filter(({ kind }) => kind === "yaml").map(({ text }) => parse(text) as Yaml);
  const direct = firstRoute(inputs)?.direct_response;
  const upstream = stream?.response === undefined ? { status: 200, body: "good" } : answerOf(stream.response);
  return {
    name: "POST /test/long/url",
    method: "POST",
    path: "/test/long/url",
    headers: [["host", "foo.lyft.com"]],
    body: [BODY],
    upstream: direct === undefined ? upstream : { status: direct.status, body: direct.body?.inline_string ?? "" },
    calls: answersOf(stream?.calls ?? [], undefined, clusters),
  };
}

function answersOf(
  messages: readonly Message[],
  body: string | undefined,
  clusters: readonly string[],
): VerifyRequest["calls"] {
  if (messages.length === 0) return {};
  return Object.fromEntries(clusters.map((cluster) => [cluster, messages.map((message) => answerOf(message, body))]));
}

function answerOf(message: Message, body?: string): UpstreamAnswer {
  const status = message.headers.find(([name]) => name === ":status")?.[1];
  const chunks = (body === undefined ? message.chunks : [body]).map((chunk) => Buffer.from(chunk, "latin1"));
  return {
    status: status === undefined ? 200 : Number(status),
    headers: [
      ...message.headers.filter(([name]) => !name.startsWith(":")),
      // A frame of no bytes is still a body.
      ...(chunks.length > 0 && chunks.every((chunk) => chunk.length === 0)
        ? [["transfer-encoding", "chunked"] as const]
        : []),
    ],
    ...(chunks.length === 0 ? {} : { body: chunks }),
    ...(message.trailers === undefined ? {} : { trailers: message.trailers }),
  };
}
