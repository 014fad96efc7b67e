import { createHash } from "node:crypto";
import type { Workload } from "../workloads/workload.js";
import type { Arm, BuiltArm } from "./arm.js";

/** The script in Envoy's Lua filter. @param name another name than `lua` for the second half of an A/A control */
export function luaArm(name = "lua"): Arm {
  return {
    name,
    description:
      name === "lua" ? "the script in Envoy's Lua filter (LuaJIT)" : "the same script once more, as a control",
    build: async (workload) => luaFilters(name, workload.lua, workload),
  };
}

const NO_OP = "function envoy_on_request(handle)\nend\n";

/** A Lua filter whose callback does nothing: what the Lua filter costs by being there. */
export const noOpLuaArm: Arm = {
  name: "no-op lua",
  description: "a Lua filter whose callback is empty",
  build: async (workload) => luaFilters("no-op-lua", NO_OP, workload),
};

function luaFilters(name: string, script: string, workload: Workload): BuiltArm {
  const filters = Array.from({ length: workload.copies ?? 1 }, () => ({
    name: workload.filterName ?? "envoy.filters.http.lua",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
      default_source_code: { inline_string: script },
    },
  }));
  return { name, filters, files: {}, sha256: createHash("sha256").update(script, "latin1").digest("hex") };
}
