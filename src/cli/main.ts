#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";

// Binaryen is 15 MB of Wasm that a short call runs once: V8 would spend more on optimising it than on running it (6.5 s → 4.2 s of
// processor time for one filter). Long calls still reach the optimising tier.
setFlagsFromString("--wasm-tiering-budget=200000000");
const { run } = await import("./run.js");

process.exitCode = await run(process.argv);
