// AssemblyScript sources → Wasm bytes. Used by `moonshift migrate` and, copied beside a generated filter, by its owner's
// `npm run build`: one file for both, so that both give the same bytes. Depends on `assemblyscript` and `binaryen` alone.
import asc from "assemblyscript/asc";
import { Transform } from "assemblyscript/transform";
import binaryen from "binaryen";
import { staticStrings } from "./static-strings.mjs";

/**
 * @typedef {object} AssembleOptions
 * @property {(name: string) => string | null} read    source text of a file named relative to the filter's folder, e.g. `runtime/str.ts`
 * @property {boolean} stateful                        the script keeps something between requests
 * @property {boolean} yields                          the script can suspend (adds Asyncify)
 * @property {boolean} [coroutines]                    the script makes coroutines of its own (adds Asyncify)
 * @property {boolean} metatables                      tables can have metatables
 * @property {boolean} [bundle]                        several scripts in one module
 * @property {boolean} [indirectYields]                a function called as a value can suspend
 * @property {string} [entry]                          default `entry.ts`
 * @property {(place: {file: string, line: number, column: number}) => void} [redundant]  told of each `x!` in a `filter.ts` where x cannot be null
 *                                                     (0-based place behind x)
 * @property {boolean} [names]                         keep function names in the module (debugging)
 * @property {boolean} [optimize]                      default true; false for modules that run once (tests)
 */

/** AssemblyScript's diagnostic "Expression is never 'null'". */
const NEVER_NULL = 210;

/** Compilation failed: our fault for generated sources, the owner's for edited ones. */
export class AssembleError extends Error {
  name = "AssembleError";
}

/**
 * Compiles, then puts in what AssemblyScript lacks: exceptions and suspension.
 * @param {AssembleOptions} options
 * @returns {Promise<Uint8Array>}
 * @throws {AssembleError} with the compiler's diagnostics
 */
export async function assemble(options) {
  const { optimize = true } = options;
  if (!optimize) return await compile(options, withSuspension(options));
  const module = binaryen.readBinary(await compile(options, Exceptions));
  try {
    module.setFeatures(FEATURES);
    binaryen.setOptimizeLevel(3);
    binaryen.setShrinkLevel(1);
    if (options.yields || options.coroutines) asyncify(module, options.indirectYields ?? true);
    module.optimize();
    if (!options.names) module.runPasses(["strip-debug", "strip-producers", "strip-target-features"]);
    // the compiler's `--debug`, which tells a `!` that is not needed, has it on for all: a sixth of a small module would be names
    binaryen.setDebugInfo(options.names ?? false);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** What AssemblyScript emits by default, and exceptions. */
const FEATURES = ["MutableGlobals", "NontrappingFPToInt", "BulkMemory", "BulkMemoryOpt", "SignExt", "ExceptionHandling"]
  .map((name) => binaryen.Features[name])
  .reduce((all, one) => all | one);

/** All at once, for a module that is not optimised: it need not be written and read in between. */
function withSuspension({ yields, coroutines, indirectYields = true }) {
  return class extends Exceptions {
    afterCompile(module) {
      super.afterCompile(module);
      if (!yields && !coroutines) return;
      // what Asyncify adds would be optimised too, which takes five times as long
      binaryen.setOptimizeLevel(0);
      binaryen.setShrinkLevel(0);
      asyncify(module, indirectYields);
    }
  };
}

/**
 * @param {AssembleOptions} options
 * @param {typeof Transform} transform
 */
async function compile(
  { read, stateful, yields, coroutines, metatables, bundle = false, redundant, entry = "entry.ts" },
  transform,
) {
  /** @type {Uint8Array | undefined} */
  let bytes;
  const sources = new Map();
  const flag = (name, on) => ["--use", `${name}=${on ? 1 : 0}`];
  const { error, stderr } = await asc.main(
    [
      entry,
      ...["--noAssert", "--debug", "--runtime", "stub", "--exportStart", "_initialize", "--use", "abort="],
      ...flag("STATEFUL", stateful),
      ...flag("YIELDS", yields),
      ...flag("COROUTINES", coroutines),
      ...flag("METATABLES", metatables),
      ...flag("BUNDLE", bundle),
      ...["--outFile", "filter.wasm"],
    ],
    {
      readFile: (name) => {
        // asked for once per import
        if (!sources.has(name)) {
          const source = read(name.replace(/^\.\//, ""));
          sources.set(name, source === null ? null : staticStrings(source));
        }
        return sources.get(name);
      },
      writeFile: (name, contents) => {
        if (name === "filter.wasm") bytes = contents;
      },
      listFiles: () => [],
      transforms: [transform],
      reportDiagnostic: ({ code, range }) => {
        const file = range?.source?.normalizedPath ?? "";
        if (!redundant || code !== NEVER_NULL || !/(^|\/)filter\.ts$/.test(file)) return;
        const lines = staticStrings(read(file) ?? "").slice(0, range.end).split("\n");
        redundant({ file, line: lines.length - 1, column: lines.at(-1).length });
      },
    },
  );
  if (error || !bytes) throw new AssembleError(`${stderr.toString()}${error ? `\n${error.message}` : ""}`.trim());
  return bytes;
}

/**
 * AssemblyScript's `throw` is a trap. The runtime's imports `eh.throw` and `eh.try` become functions that raise and catch
 * a Wasm exception (legacy opcodes, as V8 in Envoy 1.40 runs them):
 *
 *     try_(index, argument) = try { call_indirect(index)(argument); 0 } catch (lua_error) { 1 }
 */
class Exceptions extends Transform {
  afterCompile(module) {
    module.setFeatures(module.getFeatures() | binaryen.Features.ExceptionHandling);
    const { none, i32 } = binaryen;
    module.addTag("lua_error", none, none);
    const throwName = importedFunction(module, "eh", "throw");
    if (throwName) {
      module.removeFunction(throwName);
      module.addFunction(throwName, none, none, [], module.throw("lua_error", []));
    }
    const tryName = importedFunction(module, "eh", "try");
    if (tryName) {
      module.removeFunction(tryName);
      const call = module.call_indirect("0", module.local.get(0, i32), [module.local.get(1, i32)], i32, none);
      const body = module.block(null, [call, module.return(module.i32.const(0))]);
      const attempt = module.try("", body, ["lua_error"], [module.nop()], "");
      module.addFunction(tryName, binaryen.createType([i32, i32]), i32, [], module.block(null, [attempt, module.i32.const(1)], i32));
    }
    for (const pattern of SWITCHING) {
      binaryen.setPassArgument("no-inline", pattern);
      module.runPasses(["no-inline"]);
    }
  }
}

/** Functions that start or stop an unwinding, or stand at its ends: inlined into others they would not be found again. */
const SWITCHING = ["*suspend*", "*resume*", "*protect*", "*try_*", "*throw_*"];

/** @returns {string | undefined} the internal name of an imported function */
function importedFunction(module, from, base) {
  for (let i = 0; i < module.getNumFunctions(); i++) {
    const info = binaryen.getFunctionInfo(module.getFunctionByIndex(i));
    if (info.module === from && info.base === base) return info.name;
  }
  return undefined;
}

/**
 * Suspension in the middle of any expression. Only functions from which the runtime's `suspendStack` can be reached are
 * instrumented; calls through a table count only when a function value can suspend. No import unwinds.
 */
function asyncify(module, indirectYields) {
  binaryen.setPassArgument("asyncify-imports", "env.none");
  if (!indirectYields) {
    binaryen.setPassArgument("asyncify-ignore-indirect", "1");
    binaryen.setPassArgument("asyncify-addlist", "*try_*");
    binaryen.setPassArgument("asyncify-propagate-addlist", "1");
  }
  module.runPasses(["asyncify"]);
  binaryen.clearPassArguments();
}
