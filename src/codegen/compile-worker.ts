import { parentPort } from "node:worker_threads";
import { type Compilable, loadToolchain } from "./compile.js";
import { type Compiled, compileHere } from "./compile-pool.js";

const { AssembleError } = await loadToolchain();

// AssemblyScript prints and ends the process where it crashes, which must not stop the other filters.
process.exit = () => {
  throw new AssembleError("ERROR the AssemblyScript compiler crashed");
};

parentPort?.on("message", async (program: Compilable) => {
  const compiled: Compiled = await compileHere(program);
  parentPort?.postMessage(compiled);
});
