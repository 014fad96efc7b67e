import { expect, test } from "vitest";
import { generate } from "../../src/codegen/generate.js";
import { CONSTRUCTS } from "../../src/lua/constructs.js";

// What the constructs do is compared with LuaJIT by `language/*.lua`; here, that `docs/lua-support.md` says what the compiler does.
test.each(CONSTRUCTS.map((construct) => [construct.name, construct] as const))("%s", (_, { example, status }) => {
  const ids = generate(`${example}\n`).refusals.map(({ id }) => id);
  expect(ids).toEqual(status.kind === "refused" ? [status.id] : []);
});
