import { approximate, methodsOf, type Row } from "./method.js";

const LEVELS = ["Trace", "Debug", "Info", "Warn", "Err", "Critical"];

const row = (level: string): Row => ({
  name: `log${level}`,
  parameters: [{ name: "message", type: "string" }],
  since: "1.5",
  fidelity: approximate(
    "same level and message, but logger `wasm`, prefix `wasm log <filter> <root id> <vm id>: ` and that logger's level",
  ),
  hostCalls: ["proxy_get_log_level", "proxy_log"],
  cost: "hostCall",
  guest: `Userdata.log${level}`,
});

/** The log functions that every object has (before Envoy 1.33: the handle only). */
export const logMethods = methodsOf("every object", LEVELS.map(row));
