import type { Arm } from "./arm.js";
import { assemblyScriptPeer } from "./assemblyscript-peer.js";
import { luaArm, noOpLuaArm } from "./lua.js";
import { luaInterpreter } from "./lua-interpreter.js";
import { nativeArm } from "./native.js";
import { noFilterArm } from "./none.js";
import { rustPeer } from "./rust-peer.js";
import { type Compile, noOpWasmArm, wasmArm } from "./wasm.js";

export interface ArmOptions {
  readonly compile: Compile;
  /** With the filters written by hand and the interpreter, whose building takes minutes the first time. */
  readonly peers: boolean;
  readonly say?: (line: string) => void;
}

/** Every arm; each workload takes those that its form asks for. */
export function allArms({ compile, peers, say }: ArmOptions): readonly Arm[] {
  const written = peers ? [assemblyScriptPeer, rustPeer(say), luaInterpreter(say)] : [];
  return [noFilterArm, noOpLuaArm, luaArm(), luaArm("lua again"), noOpWasmArm, wasmArm(compile), nativeArm, ...written];
}
