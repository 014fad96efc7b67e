import type { FunctionDeclaration } from "../../lua/ast.js";
import type { Script } from "../../lua/script.js";
import { callScript } from "./calls.js";
import type { Facts } from "./facts.js";
import { FlowState } from "./flow-state.js";
import { runBody } from "./statements.js";
import { Tracker } from "./tracker.js";
import { ANY, any, type Callee, type Direction, FUNCTION, USERDATA, type Value } from "./value.js";

/**
 * Follows a script through its top level, then through each hook as Envoy would call it, and notes what happens to values on the way.
 * Nothing is executed; what depends on the traffic is followed both ways.
 */
export function trackValues(script: Script): Facts {
  const t = new Tracker(script);
  runBody(t, script.chunk, []).reduce<FlowState | undefined>((joined, { state }) => {
    t.now = t.join(joined, state);
    return t.now;
  }, undefined);
  const afterLoad = t.now ?? new FlowState();
  const resting = betweenRequests(t, afterLoad);
  const hooks = { request: hookOf(t, "request", afterLoad), response: hookOf(t, "response", afterLoad) };
  for (const direction of ["request", "response"] as const) {
    const hook = hooks[direction];
    if (hook) follow(t, hook, direction, resting, handleOf(direction));
  }
  followTheRest(t, resting);
  return facts(t, hooks);
}

/** What one request left in a variable the next one finds: nothing is known of variables that functions assign. */
function betweenRequests(t: Tracker, afterLoad: FlowState): FlowState {
  const state = afterLoad.copy();
  const bindings = new Set([...state.values.keys(), ...t.script.globals.values()]);
  for (const binding of bindings) {
    const written = binding.assignments.filter(({ inside }) => inside !== t.script.main);
    if (written.length === 0) continue;
    const functions = written.flatMap(({ value }) => (value?.type === "FunctionDeclaration" ? [value] : []));
    const held = state.values.get(binding);
    const callees: Callee[] = [
      ...(held?.callees ?? []),
      ...functions.map((node) => ({ kind: "script" as const, node })),
    ];
    const onlyFunctions = functions.length === written.length && functions.length > 0;
    state.values.set(binding, {
      types: onlyFunctions ? FUNCTION : ANY,
      key: t.freshKey(),
      ...(callees.length > 0 && { callees }),
      ...(held?.table && { table: { ...held.table, closed: false } }),
    });
  }
  return state;
}

function hookOf(t: Tracker, direction: Direction, afterLoad: FlowState): FunctionDeclaration | undefined {
  const binding = t.script.globals.get(`envoy_on_${direction}`);
  const callee = binding && afterLoad.values.get(binding)?.callees?.find(({ kind }) => kind === "script");
  return callee?.kind === "script" ? callee.node : undefined;
}

function handleOf(direction: Direction | undefined): Value {
  return {
    types: USERDATA,
    key: `${direction ?? "?"}.handle`,
    object: { name: "Handle", direction, part: undefined, dead: undefined },
  };
}

function follow(t: Tracker, fn: FunctionDeclaration, phase: Tracker["phase"], from: FlowState, handle: Value): void {
  t.phase = phase;
  t.now = from.copy();
  t.loops = 0;
  t.caught = 0;
  callScript(t, undefined, fn, [handle], false);
}

/** Functions that nobody calls: helpers that are not used, and the functions of a module. */
function followTheRest(t: Tracker, from: FlowState): void {
  for (const { node } of t.script.functions) {
    if (node.type !== "FunctionDeclaration" || t.reached.has(node)) continue;
    t.phase = "unreached";
    t.now = from.copy();
    t.loops = 0;
    const given = (t.script.functionOf.get(node)?.parameters ?? []).map(({ name }) =>
      looksLikeHandle(name) ? handleOf(undefined) : any,
    );
    callScript(t, undefined, node, given, true);
  }
}

function looksLikeHandle(name: string): boolean {
  return /^(request_|response_|stream_|envoy_)?handle$/i.test(name);
}

function facts(t: Tracker, hooks: Facts["hooks"]): Facts {
  return {
    faults: t.noted("faults"),
    methodCalls: t.noted("methodCalls"),
    metadataWrites: t.noted("metadataWrites"),
    libraryCalls: t.noted("libraryCalls"),
    unknownMethodCalls: t.noted("unknownMethodCalls"),
    selfless: t.noted("selfless"),
    missingArguments: t.noted("missingArguments"),
    objectFields: t.noted("objectFields"),
    undefinedGlobals: t.noted("undefinedGlobals"),
    writes: t.noted("writes"),
    reads: t.noted("reads"),
    deadObjects: t.noted("deadObjects"),
    unreachable: t.noted("unreachable").filter(({ statement }) => !t.visited.has(statement)),
    concatenations: t.noted("concatenations"),
    keyedWrites: t.noted("keyedWrites"),
    comparisons: t.noted("comparisons"),
    hooks,
    reached: t.reached,
    complete: t.complete,
  };
}
