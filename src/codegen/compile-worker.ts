import { parentPort } from "node:worker_threads";
import type { Compilable } from "./compile.js";
import { compileHere } from "./compile-pool.js";

parentPort?.on("message", async (program: Compilable) => parentPort?.postMessage(await compileHere(program)));
