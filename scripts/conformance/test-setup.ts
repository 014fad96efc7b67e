import type { HeaderLines } from "../../src/harness/recording-upstream.js";
import type { VerifyRequest } from "../../src/verify/verify-request.js";

/** What a C++ test builds in code and its digest does not hold; known for tests that cannot be understood without it. */
export interface TestSetup {
  readonly requestHeaders?: HeaderLines;
  readonly responseBody?: string;
  readonly callBody?: string;
  readonly dynamicMetadata?: VerifyRequest["dynamicMetadata"];
  readonly routeName?: string;
  readonly responseHeadersToAdd?: Readonly<Record<string, string>>;
  /** HTTP filters that make what the C++ puts into the stream by hand. */
  readonly filtersBefore?: readonly unknown[];
}

const EXTENSION = "type.googleapis.com/envoy.extensions.filters.http";

function filterState(values: Readonly<Record<string, string>>): readonly unknown[] {
  const set = Object.entries(values).map(([key, value]) => ({
    object_key: key,
    factory_key: "envoy.string",
    format_string: { text_format_source: { inline_string: value } },
  }));
  return [
    { name: "state", typed_config: { "@type": `${EXTENSION}.set_filter_state.v3.Config`, on_request_headers: set } },
  ];
}

function typedMetadata(namespace: string, value: Readonly<Record<string, unknown>>): readonly unknown[] {
  const struct = { "@type": "type.googleapis.com/google.protobuf.Struct", value };
  const metadata = [{ metadata_namespace: namespace, typed_value: struct }];
  return [{ name: "metadata", typed_config: { "@type": `${EXTENSION}.set_metadata.v3.Config`, metadata } }];
}

const SETUPS: Readonly<Record<string, TestSetup>> = {
  "LuaHeaderMapWrapperTest.GetNumValues": {
    requestHeaders: [
      ["x-test", "foo"],
      ["x-test", "bar"],
    ],
  },
  "LuaHeaderMapWrapperTest.GetAtIndex": {
    requestHeaders: [
      ["x-test", "foo"],
      ["x-test", "bar"],
      ["x-test", ""],
    ],
  },
  "LuaHeaderMapWrapperTest.ModifyAfterIteration": { requestHeaders: [["foo", "bar"]] },
  "LuaHttpFilterTest.HttpCall": { callBody: "resp\0nse" },
  "LuaHttpFilterTest.HttpCallMultiSliceBody": { callBody: "firstsecondthird" },
  "LuaIntegrationTest.Respond": { responseHeadersToAdd: { fake_header: "fake_value" } },
  "LuaHttpFilterTest.LuaFilterBase64Escape": {
    responseBody: Buffer.from("H4sIAAAAAAAA/8pIzcnJL88vykkBBAAA//+tIOv5CgAAAA==", "base64").toString("latin1"),
  },
  "LuaHttpFilterTest.GetDynamicMetadataBinaryData": { dynamicMetadata: { "envoy.pp": { bin_data: "he\0llo" } } },
  "LuaHttpFilterTest.GetStreamInfoTypedMetadata": {
    filtersBefore: typedMetadata("envoy.filters.http.set_metadata", {
      metadata_namespace: "test.namespace",
      allow_overwrite: true,
    }),
  },
  "LuaHttpFilterTest.GetStreamInfoComplexTypedMetadata": {
    filtersBefore: typedMetadata("envoy.filters.http.complex_metadata", {
      config: { version: "v2.0.0", enabled: true },
      servers: ["server1.example.com", "server2.example.com"],
    }),
  },
  "LuaStreamInfoWrapperTest.GetMultipleFilterStateObjects": {
    filtersBefore: filterState({ key1: "value1", key2: "value2" }),
  },
  "LuaStreamInfoWrapperTest.GetFilterStateBooleanAccessor": { filtersBefore: filterState({ bool_key: "true" }) },
  "LuaStreamInfoWrapperTest.GetRouteName": { routeName: "test_route" },
};

export function setupOf(id: string): TestSetup {
  return SETUPS[id] ?? {};
}

/** How a filter gets the object that a wrapper test hands to `callMe`, by the test's class. */
const OBJECTS: readonly (readonly [RegExp, string])[] = [
  [/^LuaHeaderMap/, "handle:headers()"],
  [/^LuaTrailer/, "handle:trailers()"],
  [/^LuaBuffer/, "handle:body()"],
  [/^LuaMetadataMap/, "handle:metadata()"],
  [/^LuaConnectionStreamInfo/, "handle:connectionStreamInfo()"],
  [/^LuaStreamInfo/, "handle:streamInfo()"],
  [/^LuaDynamicMetadata/, "handle:streamInfo():dynamicMetadata()"],
  [/^LuaFilterState/, "handle:streamInfo():filterState()"],
  [/^LuaConnection/, "handle:connection()"],
  [/^LuaSslConnection/, "handle:streamInfo():downstreamSslConnection()"],
  [
    /^Lua(Parsed)?X509Name|^LuaParsedName/,
    "handle:streamInfo():downstreamSslConnection():parsedSubjectPeerCertificate()",
  ],
  [/^LuaVirtualHost/, "handle:virtualHost()"],
  [/^LuaRoute/, "handle:route()"],
  [/^LuaStats/, "handle:stats()"],
];

/** Expression for the object under test; undefined for a class that no filter's object belongs to. */
export function objectUnderTest(id: string): string | undefined {
  return OBJECTS.find(([pattern]) => pattern.test(id))?.[1];
}

/** Why some of Envoy's tests say nothing about a filter that runs. */
const CPP_ONLY: Readonly<Record<string, string>> = {
  "LuaTest.YieldAndResume":
    "the C++ test itself resumes the coroutine that the script yields; in a filter such a yield is an error",
  "LuaTest.MarkDead": "the C++ test resumes two coroutines by hand and revives a dead object between them",
  "ThreadSafeTest.StateDestructedBeforeWorkerRun":
    "the C++ test destroys a thread-local Lua state before its workers run; no script runs",
};

export function cppOnly(id: string): string | undefined {
  return CPP_ONLY[id];
}
