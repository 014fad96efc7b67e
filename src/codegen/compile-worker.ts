import { parentPort } from "node:worker_threads";
import { type Compilable, compileProgram } from "./compile.js";

parentPort?.on("message", async (program: Compilable) => {
  try {
    parentPort?.postMessage({ module: await compileProgram(program) });
  } catch (error) {
    parentPort?.postMessage({ failure: (error as Error).message });
  }
});
