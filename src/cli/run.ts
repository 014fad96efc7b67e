import { Command, CommanderError } from "commander";
import { InputError, MissingError } from "../support/failure.js";
import { version } from "../support/version.js";

type Register = (program: Command) => void;

/** Each command in its own file, loaded only when it is called (or named by the help): a compiler and a container client take their time. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  audit: async () => (await import("./audit.js")).registerAudit,
  migrate: async () => (await import("./migrate.js")).registerMigrate,
  verify: async () => (await import("./verify.js")).registerVerify,
  bench: async () => (await import("./bench.js")).registerBench,
  publish: async () => (await import("./publish.js")).registerPublish,
  pr: async () => (await import("./pr.js")).registerPr,
  explain: async () => (await import("./explain.js")).registerExplain,
  doctor: async () => (await import("./doctor.js")).registerDoctor,
  demo: async () => {
    const { registerDemo } = await import("./demo.js");
    return (program) => registerDemo(program, run);
  },
};

/**
 * Parses the command line, runs one command and returns the exit code: 0 done, 1 done and there is something,
 * 2 the call or the input is wrong, 3 the machine lacks something.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command("moonshift")
    .description("Find Lua in Envoy and Istio manifests, judge it, compile it to Wasm, prove and measure the result.")
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "moonshift: ")) });
  for (const load of commandsFor(argv)) (await load())(program);
  try {
    await program.parseAsync(argv);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    return report(error);
  }
}

function commandsFor(argv: readonly string[]): readonly (() => Promise<Register>)[] {
  const [, , name = ""] = argv;
  if (name === "--version" || name === "-V") return [];
  const only = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return only ? [only] : Object.values(COMMANDS);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof InputError) {
    process.stderr.write(`${error.toLine()}\n`);
    return 2;
  }
  if (error instanceof MissingError) {
    process.stderr.write(`moonshift: ${error.message}\n`);
    return 3;
  }
  throw error;
}
