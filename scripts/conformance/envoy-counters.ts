import type { RunningEnvoy } from "../../src/harness/envoy.js";
import { type Observation, scriptErrorStat } from "../../src/verify/observation.js";

/** What Envoy itself counted while modules ran beside their scripts. Add up with `addCounters`. */
export interface EnvoyCounters {
  readonly envoys: number;
  readonly scripts: number;
  /** What moved although it only moves when a VM fails, is made anew or is missing, e.g. `wasm.wasm-3.vm_reload 1`: nothing should. */
  readonly wasmFailures: readonly string[];
  /** `http.<arm>.lua.<arm>.errors` of the scripts, and the errors that their modules logged. */
  readonly luaErrors: number;
  readonly moduleErrors: number;
  /** Scripts of which these two are not the same. */
  readonly unequal: readonly string[];
}

export function addCounters(all: readonly EnvoyCounters[]): EnvoyCounters {
  const sum = (which: "envoys" | "scripts" | "luaErrors" | "moduleErrors"): number =>
    all.reduce((total, one) => total + one[which], 0);
  return {
    envoys: sum("envoys"),
    scripts: sum("scripts"),
    wasmFailures: all.flatMap(({ wasmFailures }) => wasmFailures),
    luaErrors: sum("luaErrors"),
    moduleErrors: sum("moduleErrors"),
    unequal: all.flatMap(({ unequal }) => unequal),
  };
}

/** Nothing failed, and scripts and modules failed equally often. */
export function isClean({ wasmFailures, unequal }: EnvoyCounters): boolean {
  return wasmFailures.length === 0 && unequal.length === 0;
}

/** `Envoy's counters, 103 scripts in 7 Envoys: no Wasm VM failed or was made anew; http.*.lua.*.errors 31, errors logged by the modules 31` */
export function countersLine(counters: EnvoyCounters): string {
  const { envoys, scripts, wasmFailures, luaErrors, moduleErrors, unequal } = counters;
  const vms = wasmFailures.length === 0 ? "no Wasm VM failed or was made anew" : wasmFailures.join(", ");
  const where = unequal.length === 0 ? "" : `, not the same in ${unequal.join(", ")}`;
  return `Envoy's counters, ${scripts} scripts in ${envoys} Envoys: ${vms}; http.*.lua.*.errors ${luaErrors}, errors logged by the modules ${moduleErrors}${where}`;
}

/** The counters of Envoy's Wasm that only move when something goes wrong, and (`created`, `wasm_vm_count`) when a VM comes or goes. */
const WASM_STATS =
  "^wasm\\.(.+\\.vm_reload|.+\\.vm_reload_(success|failure|backoff)|remote_load_fetch_failures|remote_load_cache_negative_hits|.+\\.created|wasm_vm_count)$";

/** Watches an Envoy from now on. Its modules have `failurePolicy` FAIL_RELOAD: with Envoy's default no counter tells of a failed VM. */
export class CounterWatch {
  private constructor(
    private readonly envoy: RunningEnvoy,
    private readonly atStart: Readonly<Record<string, number>>,
  ) {}

  static async start(envoy: RunningEnvoy): Promise<CounterWatch> {
    return new CounterWatch(envoy, await envoy.stats(WASM_STATS));
  }

  /** @param scripts of which both arms have got all of their requests */
  async read(scripts: readonly ScriptRun[]): Promise<EnvoyCounters> {
    const now = await this.envoy.stats(WASM_STATS);
    const moved = Object.entries(now).filter(([name, value]) => value !== (this.atStart[name] ?? 0));
    const errors = await Promise.all(scripts.map((script) => this.#errorsOf(script)));
    const sum = (which: "lua" | "module"): number => errors.reduce((total, one) => total + one[which], 0);
    return {
      envoys: 1,
      scripts: scripts.length,
      wasmFailures: moved.map(([name, value]) => `${name} ${value - (this.atStart[name] ?? 0)}`),
      luaErrors: sum("lua"),
      moduleErrors: sum("module"),
      unequal: scripts.filter((_, i) => errors[i]!.lua !== errors[i]!.module).map(({ name }) => name),
    };
  }

  async #errorsOf({ luaArm, lua, module }: ScriptRun): Promise<{ readonly lua: number; readonly module: number }> {
    const counted = Object.values(await this.envoy.stats(scriptErrorStat(luaArm)))[0] ?? 0;
    const onPurpose = errorLines(lua) - counted;
    return { lua: counted, module: errorLines(module) - onPurpose };
  }
}

export interface ScriptRun {
  readonly name: string;
  /** Name of the script's arm. */
  readonly luaArm: string;
  readonly lua: readonly Observation[];
  readonly module: readonly Observation[];
}

/** A script error is logged at level error, as is what the script logs there on purpose, which script and module do alike. */
function errorLines(observations: readonly Observation[]): number {
  return observations.flatMap(({ log }) => log).filter(({ level }) => level === "error").length;
}
