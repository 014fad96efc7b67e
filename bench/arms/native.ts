import { type Arm, LeftOut } from "./arm.js";

/** Envoy's own filter for the job, where there is one. */
export const nativeArm: Arm = {
  name: "native",
  description: "a filter that Envoy brings along and that does the same, written in C++",
  build: async ({ native }) => {
    if (native === undefined) throw new LeftOut("Envoy has no filter of its own for this");
    return { name: "native", filters: [native.filter], files: {} };
  },
};
