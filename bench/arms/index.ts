import type { Arm } from "./arm.js";
import { luaArm, noOpLuaArm } from "./lua.js";
import { nativeArm } from "./native.js";
import { noFilterArm } from "./none.js";
import { type Compile, noOpWasmArm, wasmArm } from "./wasm.js";

/** Every arm; each workload takes those that its form asks for. */
export function allArms(compile: Compile): readonly Arm[] {
  return [noFilterArm, noOpLuaArm, luaArm(), luaArm("lua again"), noOpWasmArm, wasmArm(compile), nativeArm];
}
