import { expect, test } from "vitest";
import { NEVER_YIELDS } from "../../src/codegen/entry.js";
import { generate } from "../../src/codegen/generate.js";
import { CONSTRUCTS } from "../../src/lua/constructs.js";

// What the constructs do is compared with LuaJIT by `language/*.lua`; here, that `docs/lua-support.md` says what the compiler does.
test.each(CONSTRUCTS.map((construct) => [construct.name, construct] as const))("%s", (_, { example, status }) => {
  const ids = generate(`${example}\n`).refusals.map(({ id }) => id);
  expect(ids).toEqual(status.kind === "refused" ? [status.id] : []);
});

test.each(["httpCall", "body", "trailers", "bodyChunks"] as const)(
  "a handler that hands %s on as a value may be suspended by it",
  (name) => {
    const { entry } = generate(`function envoy_on_request(handle)\n  local ok = pcall(handle.${name}, handle)\nend\n`);
    expect(entry.requestMayYield).toEqual({ ...NEVER_YIELDS, [name]: true });
  },
);
