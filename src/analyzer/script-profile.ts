import type { Script } from "../lua/script.js";
import { walk } from "../lua/walk.js";
import type { Interval } from "./assessment.js";
import type { Operation } from "./price-list.js";
import type { Facts, LibraryCall, MethodCall, Where } from "./tracking/facts.js";

/** What a script does for one request, as counts of priced operations. */
export type Profile = ReadonlyMap<Operation, Interval>;

/** Rounds of a loop of which nothing is known. */
const ROUNDS: Interval = { low: 1, likely: 5, high: 30 };
const NESTED_ROUNDS: Interval = { low: 1, likely: 15, high: 150 };
const NEVER: Interval = { low: 0, likely: 0, high: 0 };

/** Counts what runs per request. Guarded places run for none, half or all requests; loops a few times. */
export function profileScript(script: Script, facts: Facts): Profile {
  const counts = new Map<Operation, Interval>([["filter", { low: 1, likely: 1, high: 1 }]]);
  const add = (operation: Operation, times: Interval): void => {
    const before = counts.get(operation) ?? NEVER;
    counts.set(operation, {
      low: before.low + times.low,
      likely: before.likely + times.likely,
      high: before.high + times.high,
    });
  };
  let mapIsFetched = false;
  for (const call of facts.methodCalls) {
    if (!runsPerRequest(call.where)) continue;
    const operation = operationOf(call, mapIsFetched);
    if (operation === undefined) continue;
    if (operation === "firstHeaderRead") mapIsFetched = true;
    add(operation, times(call.where));
    // A write makes the module fetch the map again at the next read.
    if (operation === "headerWrite") mapIsFetched = false;
  }
  for (const call of facts.libraryCalls) {
    if (!runsPerRequest(call.where)) continue;
    const operation = libraryOperation(call);
    if (operation !== undefined) add(operation, times(call.where));
  }
  const concatenations = countConcatenations(script, facts);
  add("stringWork", { low: 0, likely: concatenations / 2, high: concatenations });
  return counts;
}

function runsPerRequest({ phase }: Where): boolean {
  return phase === "request" || phase === "response";
}

function times({ guarded, loops }: Where): Interval {
  const rounds = loops === 0 ? { low: 1, likely: 1, high: 1 } : loops === 1 ? ROUNDS : NESTED_ROUNDS;
  return guarded ? { low: 0, likely: rounds.likely / 2, high: rounds.high } : rounds;
}

const PROPERTIES = new Set(["StreamInfo", "SslConnection", "DynamicMetadata", "Metadata", "FilterState"]);

function operationOf({ object, name }: MethodCall, mapIsFetched: boolean): Operation | undefined {
  if (object.name === "Headers") {
    if (name === "__pairs") return "headerIteration";
    if (name === "add" || name === "replace" || name === "remove") return "headerWrite";
    return mapIsFetched ? "headerRead" : "firstHeaderRead";
  }
  if (name.startsWith("log")) return "log";
  if (name === "body" || name === "bodyChunks") return "body";
  if (name === "timestamp" || name === "timestampString") return "clock";
  if (name === "clearRouteCache") return "clearRouteCache";
  if (PROPERTIES.has(object.name) && !["dynamicMetadata", "filterState"].includes(name)) return "property";
  return undefined;
}

function libraryOperation({ name }: LibraryCall): Operation | undefined {
  if (name.startsWith("string.") || name === "table.concat" || name === "tostring" || name === "tonumber")
    return "stringWork";
  return name === "os.time" || name === "os.clock" || name === "os.date" ? "clock" : undefined;
}

function countConcatenations({ chunk }: Script, { reached }: Facts): number {
  let count = 0;
  walk(chunk, (node) => {
    if (node.type === "FunctionDeclaration" && !reached.has(node)) return false;
    if (node.type === "BinaryExpression" && node.operator === "..") count++;
    return true;
  });
  return count;
}
