import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { packageRoot } from "../../src/support/package-root.js";
import { type Arm, LeftOut } from "./arm.js";
import { wasmFilters } from "./wasm.js";

const SDK = "@gcoredev/proxy-wasm-sdk-as";
const WASI = "@assemblyscript/wasi-shim";
const NEEDED = [SDK, WASI, "assemblyscript"];

/** The same filter written by hand in AssemblyScript, on the public SDK that is maintained, built as its documentation says. */
export const assemblyScriptPeer: Arm = {
  name: "assemblyscript sdk",
  description: `written by hand in AssemblyScript on ${SDK}`,
  build: async (workload) => {
    const source = join(packageRoot(), "bench", "peers", "assemblyscript", `${workload.peer}.ts`);
    if (!existsSync(source)) throw new LeftOut("there is no such filter written by hand");
    return wasmFilters("assemblyscript-sdk", await compile(source, modulesWithSdk()), workload);
  },
};

/** The `node_modules` folder that holds the SDK. */
function modulesWithSdk(): string {
  for (let folder = packageRoot(); dirname(folder) !== folder; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (NEEDED.every((name) => existsSync(join(modules, name)))) return modules;
  }
  throw new LeftOut(`the SDK is not installed (npm install ${SDK} ${WASI})`);
}

/** In a process of its own: the shim's files would stay in asc's library and end up in filters compiled later. */
async function compile(source: string, modules: string): Promise<Uint8Array> {
  const out = await mkdtemp(join(tmpdir(), "moonshift-peer-"));
  try {
    const module = join(out, "filter.wasm");
    const asc = join(modules, "assemblyscript", "bin", "asc.js");
    const config = ["--config", join("node_modules", WASI, "asconfig.json")];
    const options = ["-O3", "--use", "abort=abort_proc_exit", "--exportStart", "_initialize", "--outFile", module];
    const folder = dirname(modules);
    await promisify(execFile)(process.execPath, [asc, relative(folder, source), ...config, ...options], {
      cwd: folder,
    });
    return await readFile(module);
  } catch (error) {
    throw new LeftOut(
      `does not build: ${((error as { stderr?: string }).stderr ?? String(error)).trim().split("\n")[0]}`,
    );
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
