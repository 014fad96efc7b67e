import { hostCalls } from "./calls/host-calls.js";
import { wasiCalls } from "./calls/wasi.js";
import type { Context, Plugin, RootContext } from "./context.js";
import { GuestMemory } from "./guest-memory.js";
import { HeaderMap } from "./header-map.js";
import { Metrics } from "./metrics.js";
import { createRoot } from "./root-context.js";
import { SharedData } from "./shared-data.js";
import type { SideCall, SideReply } from "./side-call.js";
import { LOG_LEVELS, type World } from "./world.js";

export interface VmOptions {
  readonly world: World;
  readonly vmId?: string;
  readonly vmConfiguration?: Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  /** Level of Envoy's logger: 0 trace to 5 critical. What is below is not written. Default 0. */
  readonly logLevel?: number;
}

type Export = (...args: number[]) => number | undefined;

/** What `Vm.call` gives for a callback in which the module sent a local reply: its own status does not count then. */
export const STOPPED = -1;

/** The module cannot be loaded: it lacks an export, or wants an import that Envoy does not have. */
export class LoadError extends Error {
  override readonly name = "LoadError";
}

/** One instance of a module with its contexts, as a worker of Envoy has it. Ids, tokens and metrics count from the same numbers. */
export class Vm {
  readonly contexts = new Map<number, Context>();
  readonly metrics = new Metrics();
  readonly sharedData = new SharedData();
  readonly world: World;
  readonly vmConfiguration: Uint8Array;
  readonly environment: Readonly<Record<string, string>>;
  readonly logLevel: number;
  memory!: GuestMemory;
  /** A trap has ended the VM. */
  failed = false;
  /** Set by the host call for a local reply. */
  stopsIteration = false;
  #exports: Readonly<Record<string, unknown>> = {};
  #current: Context | undefined;
  #effective: Context | undefined;
  #isAllocating = false;
  #lastContext = 0;
  #lastToken = 0;
  /** Side calls under way, by token, and whose they are. */
  readonly #calls = new Map<number, RootContext>();
  readonly #afterCall: (() => void)[] = [];
  /** By root context: what cancels its next tick. */
  readonly #ticks = new Map<number, () => void>();

  private constructor(options: VmOptions) {
    this.world = options.world;
    this.vmConfiguration = options.vmConfiguration ?? new Uint8Array();
    this.environment = options.environment ?? {};
    this.logLevel = options.logLevel ?? 0;
  }

  /** @throws LoadError */
  static load(module: WebAssembly.Module, options: VmOptions): Vm {
    const vm = new Vm(options);
    vm.#instantiate(module);
    return vm;
  }

  /** The context that host calls work on. */
  get context(): Context {
    const effective = this.#effective;
    if (effective !== undefined && this.contexts.get(effective.id) === effective) return effective;
    return this.#current!;
  }

  has(name: string): boolean {
    return typeof this.#exports[name] === "function";
  }

  nextContextId(): number {
    return ++this.#lastContext;
  }

  /** A new root context, configured. Undefined when the module refuses its configuration or fails. */
  addPlugin(plugin: Plugin): RootContext | undefined {
    const root = createRoot(this, plugin);
    const isFirst = this.contexts.size === 0;
    this.contexts.set(root.id, root);
    this.call(root, "proxy_on_context_create", root.id, 0);
    if (isFirst && this.has("proxy_on_vm_start")) {
      if (this.call(root, "proxy_on_vm_start", root.id, this.vmConfiguration.length) === 0 || this.failed)
        return undefined;
    }
    root.isConfiguring = true;
    const accepted = this.has("proxy_on_configure")
      ? this.call(root, "proxy_on_configure", root.id, plugin.configuration.length)
      : 1;
    root.isConfiguring = false;
    return accepted === 0 || this.failed ? undefined : root;
  }

  /** Calls an export on behalf of a context; undefined when there is none or it traps. What it put off is done afterwards. */
  call(context: Context, name: string, ...args: number[]): number | undefined {
    this.stopsIteration = false;
    const status = this.#run(context, name, args);
    const result = this.stopsIteration ? STOPPED : status;
    for (let action = this.#afterCall.shift(); action !== undefined; action = this.#afterCall.shift()) action();
    return result;
  }

  /** The module cannot be entered twice: done when the call in progress is over. */
  afterCall(action: () => void): void {
    this.#afterCall.push(action);
  }

  /** False when the context is gone. */
  setEffectiveContext(id: number): boolean {
    const context = this.contexts.get(id);
    if (context !== undefined) this.#effective = context;
    return context !== undefined;
  }

  log(level: number, text: string): void {
    if (level >= this.logLevel) this.world.log(LOG_LEVELS[level]!, text);
  }

  /** Has the module called every `ms` milliseconds on behalf of the root context; 0: not any more. */
  setTickPeriod(ms: number): void {
    const { root } = this.context;
    this.#ticks.get(root.id)?.();
    if (ms === 0) this.#ticks.delete(root.id);
    else this.#scheduleTick(root, ms);
  }

  #scheduleTick(root: RootContext, ms: number): void {
    const cancel = this.world.clock.after(ms, () => {
      this.#scheduleTick(root, ms);
      this.call(root, "proxy_on_tick", root.id);
    });
    this.#ticks.set(root.id, cancel);
  }

  /** @returns the token, or undefined when the call fails at once */
  startCall(call: Omit<SideCall, "token">): number | undefined {
    const token = ++this.#lastToken;
    if (!this.world.startCall({ ...call, token })) return undefined;
    this.#calls.set(token, this.context.root);
    return token;
  }

  /** Tells the module of a reply, or (null) that there is none. Nothing happens for a call that is over. */
  answerCall(token: number, reply: SideReply | null): void {
    const root = this.#calls.get(token);
    if (root === undefined) return;
    if (this.#current !== undefined) {
      this.afterCall(() => this.answerCall(token, reply));
      return;
    }
    this.#calls.delete(token);
    root.reply = reply ?? undefined;
    const headers = reply === null ? 0 : new HeaderMap("response", reply.headers).size;
    const trailers = reply?.trailers?.length ?? 0;
    this.call(root, "proxy_on_http_call_response", root.id, token, headers, reply?.body?.length ?? 0, trailers);
    root.reply = undefined;
  }

  /** Number of side calls that have not been answered. */
  get pendingCalls(): number {
    return this.#calls.size;
  }

  #run(context: Context, name: string, args: readonly number[]): number | undefined {
    const exported = this.#exports[name] as Export | undefined;
    if (exported === undefined || this.failed) return undefined;
    const before = [this.#current, this.#effective] as const;
    [this.#current, this.#effective] = [context, undefined];
    try {
      return exported(...args) ?? 0;
    } catch (error) {
      this.failed = true;
      this.world.complain(`Function: ${name} failed: ${(error as Error).message}`);
      return undefined;
    } finally {
      [this.#current, this.#effective] = before;
    }
  }

  #instantiate(module: WebAssembly.Module): void {
    const known: WebAssembly.Imports = { env: this.#guarded(hostCalls(this)), wasi_snapshot_preview1: wasiCalls(this) };
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      if (known[from]?.[name] === undefined)
        throw new LoadError(`the module imports ${from}.${name}, which the host does not have`);
    }
    const instance = new WebAssembly.Instance(module, known);
    this.#exports = instance.exports;
    const allocate = (this.#exports.proxy_on_memory_allocate ?? this.#exports.malloc) as
      | ((size: number) => number)
      | undefined;
    if (!(this.#exports.memory instanceof WebAssembly.Memory)) throw new LoadError("the module exports no memory");
    if (!this.has("proxy_abi_version_0_2_1")) throw new LoadError("the module is not of proxy-wasm 0.2.1");
    if (allocate === undefined) throw new LoadError("the module exports no allocator");
    this.memory = new GuestMemory(this.#exports.memory, (size) => this.#allocate(allocate, size));
    for (const start of ["_initialize", "main"]) {
      if (this.has(start)) this.#run(this.#outside(), start, []);
    }
    if (this.failed) throw new LoadError("the module traps when it starts");
  }

  #outside(): Context {
    return createRoot(this, { name: "", rootId: "", configuration: new Uint8Array() }, 0);
  }

  #allocate(allocate: (size: number) => number, size: number): number {
    this.#isAllocating = true;
    try {
      return allocate(size) >>> 0;
    } finally {
      this.#isAllocating = false;
    }
  }

  /** The host refuses all calls of an allocator. */
  #guarded(calls: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
    const guarded = Object.entries(calls).map(([name, call]) => [
      name,
      (...args: never[]) => {
        if (this.#isAllocating) throw new Error("restricted_callback");
        return (call as (...args: never[]) => unknown)(...args);
      },
    ]);
    return Object.fromEntries(guarded);
  }
}
