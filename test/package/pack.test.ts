import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../src/support/package-root.js";

const folder = mkdtempSync(join(tmpdir(), "moonshift-pack-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (command: string, args: readonly string[], cwd = folder): string =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

test("the package works when installed in an empty folder elsewhere", { timeout: 240_000 }, () => {
  const [packed] = JSON.parse(
    run("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], packageRoot()),
  );
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run("npm", ["install", "--no-audit", "--no-fund", join(folder, packed.filename)]);
  writeFileSync(
    join(folder, "hello.lua"),
    'function envoy_on_request(handle)\n  handle:headers():add("x-hello", "world")\nend\n',
  );

  expect(run("npx", ["moonshift", "migrate", "hello.lua", "--out", "out", "--quiet"])).toContain(
    "default.hello: exact",
  );

  // The filter's own folder builds the same bytes; what it needs to be installed is installed here already.
  const filter = join(folder, "out", "default.hello");
  const shipped = readFileSync(join(filter, "filter.wasm"));
  rmSync(join(filter, "filter.wasm"));
  run("npm", ["run", "build"], filter);
  expect(existsSync(join(filter, "filter.wasm"))).toBe(true);
  expect(readFileSync(join(filter, "filter.wasm")).equals(shipped)).toBe(true);
});
