import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { InputError } from "../../src/support/failure.js";
import { packageRoot } from "../../src/support/package-root.js";
import { parseRequests } from "../../src/verify/read-requests.js";

describe("moonshift's own format", () => {
  test("the example of the documentation is read as it says", () => {
    const page = readFileSync(join(packageRoot(), "docs/request-files.md"), "utf8");
    const requests = parseRequests(/```yaml\n(.*?)```/s.exec(page)![1]!, "example.yaml");
    expect(requests).toHaveLength(4);
    expect(requests[0]).toEqual({
      name: "admin without a token",
      method: "POST",
      path: "/admin/users?page=2",
      headers: [
        ["x-tenant", "acme"],
        ["accept", "text/html"],
        ["accept", "application/json"],
      ],
      body: '{"a": 1}',
      trailers: [["x-checksum", "12"]],
      client: "198.51.100.7",
      dynamicMetadata: { "envoy.filters.http.jwt_authn": { payload: { sub: "alice", admin: true } } },
      upstream: { status: 503, headers: [["retry-after", "5"]], body: "busy", delayMs: 20 },
      calls: {
        "outbound|443||auth.example.com": [{ status: 403, headers: [], body: "denied" }],
        audit: [
          { status: 200, headers: [] },
          { status: 500, headers: [] },
        ],
      },
    });
    expect(requests[3]).toMatchObject({
      method: "GET",
      path: "/",
      headers: [
        ["x-b", "1"],
        ["x-a", "2"],
        ["x-b", "\xff"],
      ],
    });
  });

  test("text is sent as UTF-8", () => {
    expect(parseRequests("requests: [{headers: {x: é}, body: {json: {a: é}}}]", "f")[0]).toMatchObject({
      headers: [["x", "\xc3\xa9"]],
      body: '{"a":"\xc3\xa9"}',
    });
  });

  test.each([
    ["requests: [", "f:1:12: "],
    ["requests:\n  - path: /a b\n", "f:2:11: requests.0.path: a path cannot have spaces"],
    ["requests:\n  - headers:\n      x: 1\n      y y: 2\n", "f:4:"],
    [
      'requests:\n  - headers:\n      x: "a\\nb"\n',
      "f:3:10: requests.0.headers.x: a header value cannot have line breaks",
    ],
    ["requests:\n  - upstream: {status: 99}\n", "f:2:24: requests.0.upstream.status: "],
    ["requests:\n  - pth: /\n", "f:2:5: requests.0: Unrecognized key"],
    ["requests: []", "f:1:11: requests: "],
    ["just text", "f:1:1: "],
    [
      "a: &a [x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nrequests: [*c, *c, *c]",
      "f:1:1: Excessive alias count",
    ],
  ])("%j is refused with its place", (text, expected) => {
    const error = (() => {
      try {
        return parseRequests(text, "f");
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(InputError);
    expect((error as InputError).toLine()).toContain(expected);
    expect((error as InputError).toLine()).not.toContain("\n");
  });
});

describe("HAR", () => {
  const entry = {
    request: {
      method: "POST",
      url: "https://shop.example:8443/cart?id=1",
      headers: [
        { name: ":authority", value: "x" },
        { name: "Content-Length", value: "3" },
        { name: "X-A", value: "é" },
      ],
      postData: { text: "a=1" },
    },
    response: {
      status: 201,
      headers: [
        { name: "content-encoding", value: "gzip" },
        { name: "x-b", value: "2" },
      ],
      content: { text: "aGk=", encoding: "base64" },
    },
  };

  test("requests with the recorded answers", () => {
    expect(parseRequests(JSON.stringify({ log: { entries: [entry] } }), "f.har")).toEqual([
      {
        name: "POST /cart?id=1",
        method: "POST",
        path: "/cart?id=1",
        headers: [
          ["host", "shop.example:8443"],
          ["X-A", "\xc3\xa9"],
        ],
        body: "a=1",
        upstream: { status: 201, headers: [["x-b", "2"]], body: "hi" },
        calls: {},
      },
    ]);
  });

  test("what is none is refused", () => {
    expect(() => parseRequests('{"log": {"entries": [{}]}}', "f.har")).toThrow("not a HAR file: log.entries.0.request");
  });
});
