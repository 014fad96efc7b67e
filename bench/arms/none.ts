import type { Arm } from "./arm.js";

/** Envoy with its router and nothing else: what every cost is told apart from. */
export const noFilterArm: Arm = {
  name: "none",
  description: "no filter beside Envoy's router",
  build: async () => ({ name: "none", filters: [], files: {} }),
};
