// Several scripts in one module (BUNDLE=1), which share one VM on each worker. A plugin says by its root id which of them it runs.
import { log, rootId } from "./host";
import { allocPermanent } from "./memory/arena";
import { enterRootOf } from "./roots";
import { REQUEST } from "./run";
import { addProgram, currentProgram, Program, switchRoot } from "./state";
import { concat3, Str } from "./str";
import { configure, pass, start } from "./stream";

const CONTINUE: u32 = 0;
const ERROR_LEVEL: i32 = 4;

/** A script for plugins with the root id `name`; its functions are added by the caller. */
export function program(name: Str, setup: u32): Program {
  const added = changetype<Program>(allocPermanent(offsetof<Program>()));
  memory.fill(changetype<usize>(added), 0, offsetof<Program>());
  added.name = name;
  added.setup = setup;
  addProgram(added);
  return added;
}

/** `configure` of the script that the root context's plugin names; false, with a line in the log, when there is none of that name. */
export function configureBundled(root: u32): bool {
  switchRoot(root);
  const program = currentProgram();
  if (!program || !program.setup) {
    log(ERROR_LEVEL, concat3(NO_FILTER, rootId(), IN_BUNDLE));
    return false;
  }
  return !program.chunk || configure(root, program.chunk);
}
const NO_FILTER = Str.of("no filter '");
const IN_BUNDLE = Str.of("' in this bundle: the plugin's name (root id) tells which one runs");

/** `start` of the script that the stream's plugin names. */
export function startBundled(context: u32, direction: u32, endOfStream: bool): u32 {
  enterRootOf(context);
  const program = currentProgram();
  if (!program) return CONTINUE;
  const isRequest = direction == REQUEST,
    script = isRequest ? program.request : program.response;
  if (!script) return pass(context, direction);
  return start(context, direction, endOfStream, script, isRequest ? program.requestHoldsAll : program.responseHoldsAll);
}
