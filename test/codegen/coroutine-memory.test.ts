import { expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";

type Exports = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

/** Gives the script `count` requests; how much memory the module has after each tenth of them, and what it logged last. */
async function memoryOver(lua: string, count: number): Promise<{ sizes: readonly number[]; logged: string }> {
  const { bytes } = await compileProgram(generate(lua));
  let exports: Exports;
  let logged = "";
  const log = (_level: number, message: number, size: number): number => {
    logged = Buffer.from(exports.memory.buffer, message, size).toString("latin1");
    return 0;
  };
  const env = new Proxy({}, { get: (_, name) => (name === "proxy_log" ? log : () => 0) });
  const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes), { env });
  exports = instance.exports as Exports;
  exports._initialize?.();
  exports.proxy_on_context_create?.(1, 0);
  exports.proxy_on_configure?.(1, 0);
  const sizes: number[] = [];
  for (let i = 1; i <= count; i++) {
    exports.proxy_on_context_create?.(i + 1, 1);
    exports.proxy_on_request_headers?.(i + 1, 0, 1);
    exports.proxy_on_delete?.(i + 1);
    if (i % (count / 10) === 0) sizes.push(exports.memory.buffer.byteLength);
  }
  return { sizes, logged };
}

test("coroutines that are dropped unfinished are freed with their stream", async () => {
  const { sizes } = await memoryOver(
    `function envoy_on_request(handle)
      for i = 1, 10 do
        local co = coroutine.wrap(function(x) local t = {x, {}} while true do x = coroutine.yield(t) t[1] = x .. i end end)
        co(1) co("again")
      end
    end`,
    10_000,
  );
  expect(sizes[9]).toBe(sizes[0]);
});

test("coroutines kept between requests are collected when nothing refers to them, strings and all", async () => {
  const { sizes, logged } = await memoryOver(
    `local kept, count = {}, 0
    local ever = coroutine.wrap(function(s) while true do local u = s .. ":" s = coroutine.yield(u .. #u) end end)
    function envoy_on_request(handle)
      count = count + 1
      local co = coroutine.create(function(s)
        local long = s:rep(100)
        local more = coroutine.yield(long)
        return long .. more
      end)
      coroutine.resume(co, "text" .. count)
      kept[count % 10 + 1] = co
      local other = kept[(count + 1) % 10 + 1]
      local ok, joined
      if other then ok, joined = coroutine.resume(other, "-end") end
      handle:logErr(ever("n" .. count) .. " " .. tostring(joined):sub(-12))
    end`,
    20_000,
  );
  expect(sizes[9]).toBe(sizes[1]);
  expect(logged).toBe("n20000:7 ext19991-end");
});
