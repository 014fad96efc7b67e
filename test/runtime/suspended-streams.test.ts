import { describe, expect, test } from "vitest";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { renderFilterArms } from "../../src/harness/filter-arms.js";
import { startUpstream, type UpstreamAnswer } from "../../src/harness/recording-upstream.js";
import { sendHttp1 } from "../../src/harness/traffic.js";

const SCRIPT = `
local function ask(handle, id)
  local headers, body = handle:httpCall("side", {[":method"] = "GET", [":path"] = "/" .. id, [":authority"] = "side"}, nil, 20000)
  return body
end

function envoy_on_request(handle)
  local id = handle:headers():get("x-id")
  local first = ask(handle, id)
  local ok, second = pcall(ask, handle, first)
  handle:headers():add("x-answer", id .. "," .. first .. "," .. second)
end`;

const STATEFUL_SCRIPT = `
count = 0
local seen = {}

function envoy_on_request(handle)
  local id = handle:headers():get("x-id")
  if id == "garbage" then
    for i = 1, 2000 do seen[1] = {i, {i}} end
    return
  end
  count = count + 1
  local mine = {id = id, inner = {number = count}}
  local headers, body = handle:httpCall("side", {[":method"] = "GET", [":path"] = "/", [":authority"] = "side"}, nil, 20000)
  handle:headers():add("x-answer", mine.id .. "," .. body .. "," .. mine.inner.number)
end`;

const STREAMS = 1000;

/** Numbers 0 to `count` - 1 in an order that is the same in every run. */
function shuffled(count: number): number[] {
  const numbers = Array.from({ length: count }, (_, i) => i);
  let seed = 12345;
  for (let i = count - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const j = seed % (i + 1);
    [numbers[i], numbers[j]] = [numbers[j]!, numbers[i]!];
  }
  return numbers;
}

const module = (await compileProgram(generate(SCRIPT))).bytes;

describe("streams suspended in a side call", () => {
  test("get each their own reply, in whatever order, and leave no memory behind", async () => {
    const host = await FakeHost.start(module);
    let size = 0;
    for (let round = 0; round < 4; round++) {
      const base = 2 + round * STREAMS;
      for (let i = 0; i < STREAMS; i++) expect(host.requestHeaders(base + i, `id${i}`)).toBe(4);
      for (const i of shuffled(STREAMS)) host.reply(base + i, `first${i}`);
      for (const i of shuffled(STREAMS).reverse()) host.reply(base + i, `second${i}`);
      for (let i = 0; i < STREAMS; i++) {
        expect(host.answers.get(base + i)).toBe(`id${i},first${i},second${i}`);
        expect(host.continued.has(base + i)).toBe(true);
        host.delete(base + i);
      }
      if (round === 1) size = host.memorySize;
    }
    expect(host.memorySize).toBe(size);
  });

  test("are never resumed once they are gone", async () => {
    const host = await FakeHost.start(module);
    let size = 0;
    for (let round = 0; round < 4; round++) {
      const base = 2 + round * STREAMS;
      for (let i = 0; i < STREAMS; i++) host.requestHeaders(base + i, `id${i}`);
      // Half of them go without the module being told: the host says so when it is asked to enter them.
      for (let i = 0; i < STREAMS; i += 2) host.delete(base + i);
      for (let i = 1; i < STREAMS; i += 2) host.live.delete(base + i);
      for (let i = 0; i < STREAMS; i++) host.reply(base + i, "late");
      if (round === 1) size = host.memorySize;
    }
    expect(host.answers.size).toBe(0);
    expect(host.memorySize).toBe(size);
  });

  test("keep the objects that they hold while others make garbage that is collected", async () => {
    const { bytes } = await compileProgram(generate(STATEFUL_SCRIPT));
    const host = await FakeHost.start(bytes);
    for (let i = 0; i < STREAMS; i++) host.requestHeaders(2 + i, `id${i}`);
    // Each of these makes some 200 KB of tables and ends at once.
    for (let i = 0; i < 100; i++) host.requestHeaders(10_000 + i, "garbage");
    for (const i of shuffled(STREAMS)) host.reply(2 + i, `first${i}`);
    for (let i = 0; i < STREAMS; i++) expect(host.answers.get(2 + i)).toBe(`id${i},first${i},${i + 1}`);
    expect(host.memorySize).toBeLessThan(16 << 20);
  });

  test("1,000 at once on one worker of a real Envoy", async () => {
    const waiting: { path: string; answer: (answer: UpstreamAnswer) => void }[] = [];
    await using side = await startUpstream({
      name: "side",
      answer: ({ path }) =>
        new Promise((answer) => {
          waiting.push({ path, answer });
          if (waiting.length < STREAMS) return;
          const all = waiting.splice(0);
          for (const i of shuffled(STREAMS)) all[i]!.answer({ body: `${all[i]!.path.slice(1)}+` });
        }),
    });
    await using upstream = await startUpstream();
    const { bootstrap, files } = renderFilterArms(
      [{ name: "wasm", wasm: { bytes: module, allowOnHeadersStopIteration: false } }],
      [
        { name: "upstream", port: upstream.port },
        { name: "side", port: side.port },
      ],
      { cluster: "upstream" },
    );
    const launcher = await chooseLocalEnvoy(console.error);
    await using envoy = await launcher.start(bootstrap, { files, logLevels: { wasm: "warning" } });
    const outcomes = await Promise.all(
      Array.from({ length: STREAMS }, (_, i) =>
        sendHttp1(
          envoy.port("wasm"),
          {
            method: "GET",
            path: `/${i}`,
            headers: [
              ["host", "a"],
              ["x-id", String(i)],
            ],
          },
          { timeoutMs: 30_000 },
        ),
      ),
    );
    expect(outcomes.filter(({ kind }) => kind !== "response")).toEqual([]);
    const answers = upstream.requests.map(
      ({ path, headers }) => `${path} ${headers.find(([name]) => name === "x-answer")?.[1]}`,
    );
    expect(answers.sort()).toEqual(Array.from({ length: STREAMS }, (_, i) => `/${i} ${i},${i}+,${i}++`).sort());
    expect(envoy.logs.filter(({ logger }) => logger === "wasm")).toEqual([]);
  });
});

type Exports = Record<string, (...args: number[]) => number> & { memory: WebAssembly.Memory };

/** As much of the host as the script needs: one request header, side calls, and what becomes of them. */
class FakeHost {
  readonly live = new Set<number>();
  readonly answers = new Map<number, string>();
  readonly continued = new Set<number>();
  readonly #headers = new Map<number, string>();
  readonly #tokens = new Map<number, number>();
  #exports!: Exports;
  #context = 0;
  #token = 0;
  #body = "";

  static async start(bytes: Uint8Array): Promise<FakeHost> {
    const host = new FakeHost();
    const env = new Proxy(host.#calls(), {
      get: (calls, name) => calls[name as string] ?? (() => expect.unreachable(String(name))),
    });
    const { instance } = await WebAssembly.instantiate(new Uint8Array(bytes), {
      env: env as WebAssembly.ModuleImports,
    });
    host.#exports = instance.exports as Exports;
    host.#exports._initialize!();
    host.#exports.proxy_on_context_create?.(1, 0);
    host.#exports.proxy_on_configure!(1, 0);
    return host;
  }

  get memorySize(): number {
    return this.#exports.memory.buffer.byteLength;
  }

  requestHeaders(context: number, id: string): number {
    this.#context = context;
    this.live.add(context);
    this.#exports.proxy_on_context_create?.(context, 1);
    this.#headers.set(context, id);
    return this.#exports.proxy_on_request_headers!(context, 1, 1);
  }

  reply(context: number, body: string): void {
    this.#context = 1;
    this.#body = body;
    const token = this.#tokens.get(context)!;
    this.#exports.proxy_on_http_call_response!(1, token, 1, body.length, 0);
  }

  delete(context: number): void {
    this.live.delete(context);
    this.#exports.proxy_on_delete!(context);
  }

  #calls(): Record<string, (...args: number[]) => number> {
    return {
      proxy_get_log_level: () => 0,
      proxy_log: (_level, message, size) =>
        expect.unreachable(Buffer.from(this.#exports.memory.buffer, message, size).toString()),
      proxy_get_header_map_pairs: (map, data, size) =>
        this.#give(
          pairs(map === 6 ? [[":status", "200"]] : [["x-id", this.#headers.get(this.#context)!]]),
          data!,
          size!,
        ),
      proxy_add_header_map_value: (_map, _key, _keySize, value, size) => {
        this.answers.set(this.#context, Buffer.from(this.#exports.memory.buffer, value, size).toString());
        return 0;
      },
      proxy_http_call: (...args) => {
        this.#tokens.set(this.#context, ++this.#token);
        new DataView(this.#exports.memory.buffer).setUint32(args[9]!, this.#token, true);
        return 0;
      },
      proxy_get_buffer_bytes: (_buffer, _start, _length, data, size) =>
        this.#give(Buffer.from(this.#body), data!, size!),
      proxy_set_effective_context: (context) => {
        if (!this.live.has(context!)) return 2;
        this.#context = context!;
        return 0;
      },
      proxy_continue_stream: () => {
        this.continued.add(this.#context);
        return 0;
      },
    };
  }

  #give(bytes: Buffer, data: number, size: number): number {
    const address = this.#exports.proxy_on_memory_allocate!(bytes.length);
    Buffer.from(this.#exports.memory.buffer).set(bytes, address);
    const view = new DataView(this.#exports.memory.buffer);
    view.setUint32(data, address, true);
    view.setUint32(size, bytes.length, true);
    return 0;
  }
}

function pairs(headers: readonly (readonly [string, string])[]): Buffer {
  const sizes = Buffer.alloc(4 + 8 * headers.length);
  sizes.writeUInt32LE(headers.length);
  headers.forEach(([key, value], i) => {
    sizes.writeUInt32LE(key.length, 4 + 8 * i);
    sizes.writeUInt32LE(value.length, 8 + 8 * i);
  });
  return Buffer.concat([sizes, ...headers.map(([key, value]) => Buffer.from(`${key}\0${value}\0`))]);
}
