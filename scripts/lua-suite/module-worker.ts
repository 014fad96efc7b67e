import { parentPort, workerData } from "node:worker_threads";
import { runModule } from "../../test/codegen/run-module.js";

await runModule(workerData as Uint8Array, (line) => parentPort?.postMessage(line));
