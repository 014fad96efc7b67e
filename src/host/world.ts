import type { Clock } from "./clock.js";
import type { SideCall } from "./side-call.js";

export type LogLevel = "trace" | "debug" | "info" | "warning" | "error" | "critical";

export const LOG_LEVELS: readonly LogLevel[] = ["trace", "debug", "info", "warning", "error", "critical"];

/** What a VM needs from outside of it. */
export interface World {
  readonly clock: Clock;
  /** What the module logs; text is latin1. */
  log(level: LogLevel, text: string): void;
  /** What Envoy itself would log of a module that does wrong: traps, calls that are not allowed. */
  complain(text: string): void;
  hasCluster(name: string): boolean;
  /** A side call that is under way; it ends with `Vm.answerCall`. @returns false when it fails at once */
  startCall(call: SideCall): boolean;
}
