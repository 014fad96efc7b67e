import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import type { RunningEnvoy } from "../../src/harness/envoy.js";
import { type FilterArm, renderFilterArms } from "../../src/harness/filter-arms.js";
import { type HeaderLines, type RecordingUpstream, startUpstream } from "../../src/harness/recording-upstream.js";
import { sendHttp1, type WireRequest } from "../../src/harness/traffic.js";
import { assessLua } from "./audit-text.js";
import { NATIVE_SCRIPTS } from "./native-scripts.js";

/** The scripts whose feature is one of Envoy's own; those of Istio need Istio. */
const OWN = NATIVE_SCRIPTS.filter(({ feature }) => feature.startsWith("Envoy's"));
const CORS = {
  name: "envoy.filters.http.cors",
  typed_config: { "@type": "type.googleapis.com/envoy.extensions.filters.http.cors.v3.Cors" },
};

/** The printed resource in place of the script. */
function nativeArm(name: string, script: string): FilterArm {
  const resource = parse(assessLua(script).recommendation.native?.resource ?? "") as
    | readonly unknown[]
    | { readonly typed_per_filter_config: Readonly<Record<string, unknown>> };
  if ("typed_per_filter_config" in resource)
    return { name, filtersBefore: [CORS], perRoute: resource.typed_per_filter_config };
  return { name, filtersBefore: resource };
}

describe("a printed resource does in a real Envoy what the script did", () => {
  let upstream: RecordingUpstream;
  let envoy: RunningEnvoy;

  beforeAll(async () => {
    upstream = await startUpstream({ answer: () => ({ headers: [["server", "own"]], body: "from upstream" }) });
    const arms = OWN.flatMap(({ name, script }) => [
      { name: `lua ${name}`, lua: { text: script } },
      nativeArm(`native ${name}`, script),
    ]);
    const { bootstrap, files } = renderFilterArms(arms, [{ name: "upstream", port: upstream.port }], {
      cluster: "upstream",
      generateRequestId: false,
      suppressEnvoyHeaders: true,
    });
    envoy = await (await chooseLocalEnvoy()).start(bootstrap, { files });
  }, 60_000);

  afterAll(async () => {
    await envoy?.stop();
    await upstream?.close();
  });

  async function seen(arm: string, request: Partial<WireRequest>): Promise<Seen> {
    upstream.take();
    const headers: HeaderLines = [["host", "shop.example"], ...(request.headers ?? [])];
    const outcome = await sendHttp1(envoy.port(arm), { method: "GET", path: "/", ...request, headers });
    if (outcome.kind !== "response") throw new Error(outcome.kind);
    const { status, headers: answered, body } = outcome.response;
    const own = answered.filter(([name]) => !/^(date|content-length|content-type)$/.test(name));
    return { status, headers: own, body: body.toString(), upstream: upstream.take().map((got) => got.headers) };
  }

  async function both(name: string, request: Partial<WireRequest>): Promise<readonly [lua: Seen, native: Seen]> {
    return [await seen(`lua ${name}`, request), await seen(`native ${name}`, request)];
  }

  test("constant headers", async () => {
    for (const headers of [
      [],
      [["x-team", "other"]],
      [
        ["x-debug", "1"],
        ["X-Debug", "2"],
        ["x-team", "a"],
        ["x-team", "b"],
      ],
    ]) {
      const [lua, native] = await both("constant headers", { headers: headers as unknown as HeaderLines });
      expect(lua.upstream[0]).toContainEqual(["x-team", "shop"]);
      expect(sorted(native)).toEqual(sorted(lua));
    }
  });

  const tenants: readonly HeaderLines[] = [
    [],
    ...["evil", "admin", "shop", "", "evil,shop"].map((tenant): HeaderLines => [["x-tenant", tenant]]),
    [
      ["X-Tenant", "admin"],
      ["x-internal", "yes"],
    ],
  ];

  test("requests refused by header, method and path", async () => {
    const refused = new Set<number>();
    for (const headers of tenants)
      for (const method of ["GET", "DELETE"])
        for (const path of ["/", "/admin/", "/admin", "/admin/x?q", "/ADMIN/"]) {
          const [lua, native] = await both("refused by header", { method, path, headers });
          expect([native.status, native.upstream.length], `${method} ${path} ${JSON.stringify(headers)}`).toEqual([
            lua.status,
            lua.upstream.length,
          ]);
          refused.add(lua.status);
        }
    expect([...refused].toSorted()).toEqual([200, 403]);
  });

  test("a header that is there twice: the difference that the resource's comment tells", async () => {
    const headers: HeaderLines = [
      ["x-tenant", "evil"],
      ["x-tenant", "shop"],
    ];
    const [lua, native] = await both("refused by header", { headers });
    expect([lua.status, native.status]).toEqual([200, 403]);
  });

  test("requests refused by a part of a header", async () => {
    const agents = [undefined, "", "curl/8", "my curl/8", "xBadBot/1", "badbot", "Mozilla"];
    const statuses: number[] = [];
    for (const agent of agents) {
      const headers: HeaderLines = agent === undefined ? [] : [["user-agent", agent]];
      const [lua, native] = await both("refused by a part of a header", { headers });
      expect(native.status).toBe(lua.status);
      statuses.push(lua.status);
    }
    expect(statuses).toEqual([200, 200, 403, 200, 403, 200, 200]);
  });

  test("CORS, as a browser sees it", async () => {
    for (const origin of ["https://app.example", "https://other.example"])
      for (const method of ["OPTIONS", "GET"]) {
        const headers: HeaderLines = [
          ["origin", origin],
          ...(method === "OPTIONS" ? ([["access-control-request-method", "POST"]] as const) : []),
        ];
        const [lua, native] = await both("CORS", { method, headers });
        expect(allowed(native, origin)).toEqual(allowed(lua, origin));
      }
    const [lua] = await both("CORS", { method: "GET", headers: [["origin", "https://app.example"]] });
    expect(allowed(lua, "https://app.example")).toMatchObject({ "access-control-allow-credentials": "true" });
  });

  test("local rate limit", async () => {
    const statuses: Record<string, number[]> = { lua: [], native: [] };
    for (let i = 0; i < 8; i++)
      for (const arm of ["lua", "native"]) statuses[arm]?.push((await seen(`${arm} local rate limit`, {})).status);
    expect(statuses.lua).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    expect(statuses.native).toEqual(statuses.lua);
  });
});

interface Seen {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly body: string;
  /** Headers of the requests that got there. */
  readonly upstream: readonly HeaderLines[];
}

function sorted({ upstream, headers, ...others }: Seen): object {
  const order = (lines: HeaderLines): readonly string[] => lines.map((line) => line.join(": ")).toSorted();
  return { ...others, headers: order(headers), upstream: upstream.map(order) };
}

/** What a browser lets a page of `origin` do. */
function allowed({ headers, status }: Seen, origin: string): object | undefined {
  const own = Object.fromEntries(headers.filter(([name]) => name.startsWith("access-control-")));
  if (status >= 300 || own["access-control-allow-origin"] !== origin) return undefined;
  return Object.fromEntries(Object.entries(own).map(([name, value]) => [name, String(value).replaceAll(" ", "")]));
}
