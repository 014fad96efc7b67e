import type { Method, Result } from "../../envoy/index.js";
import type { AnyCall } from "../../lua/ast.js";
import type { Values } from "./expressions.js";
import type { Argument } from "./facts.js";
import type { FlowState } from "./flow-state.js";
import type { Tracker } from "./tracker.js";
import {
  any,
  BOOLEAN,
  boolean,
  FUNCTION,
  type HeldObject,
  mergeSources,
  NIL,
  type NilReason,
  NUMBER,
  number,
  STRING,
  string,
  TABLE,
  USERDATA,
  type Value,
  withSources,
} from "./value.js";

/** A call of a method that the object has. */
export function callMethod(
  t: Tracker,
  node: AnyCall,
  object: HeldObject,
  method: Method,
  args: readonly Argument[],
  open: boolean,
  bare: boolean,
): Values {
  const { now } = t;
  if (!now) return { values: [], open: false };
  const { headersGone, iterating, bodySeen, bodyStreamed, sideCall } = now.message;
  t.note("methodCalls", node, {
    node,
    object,
    name: method.name,
    method,
    arguments: args,
    open,
    where: t.where(),
    waitsBefore: now.waits,
    headersGone,
    iterating,
    bodySeen,
    bodyStreamed,
    sideCall,
    wasRemoved: wasRemoved(now, object, args),
    bare,
  });
  if (object.name === "DynamicMetadata" && method.name === "set") noteMetadataWrite(t, node, object, args, now);
  if (object.dead)
    t.note("deadObjects", node, { node, object, method: method.name, suspendedAt: object.dead, where: t.where() });
  checkArguments(t, node, method, args, open);
  if (endsTheRun(t, node, object, method)) return { values: [], open: false };
  applyEffects(now, object, method, args);
  const results = method.results.map((result, i) => resultOf(t, node, object, method, result, i, args));
  suspendFor(now, node, method, args);
  return { values: results, open: false };
}

/** A helper that writes may be called for several keys: each is a fact of its own. */
function noteMetadataWrite(
  t: Tracker,
  node: AnyCall,
  { direction }: HeldObject,
  args: readonly Argument[],
  now: FlowState,
): void {
  const [namespace, key] = [0, 1].map((i) => {
    const fixed = args[i]?.value.constant;
    return typeof fixed === "string" ? fixed : undefined;
  });
  const headersGone = now.message.headersGone !== undefined;
  t.note("metadataWrites", JSON.stringify([node.range, namespace ?? null, key ?? null, direction, headersGone]), {
    node,
    namespace,
    key,
    direction,
    headersGone,
    where: t.where(),
  });
}

const PARAMETER_TYPES: Readonly<Record<string, number>> = {
  string: STRING | NUMBER,
  number: STRING | NUMBER,
  int: STRING | NUMBER,
  boolean: BOOLEAN,
  table: TABLE,
  PublicKey: USERDATA | STRING,
};

function checkArguments(t: Tracker, node: AnyCall, method: Method, args: readonly Argument[], open: boolean): void {
  for (const [i, parameter] of method.parameters.entries()) {
    const accepted = PARAMETER_TYPES[parameter.type];
    const argument = args[i];
    if (accepted === undefined) continue;
    const detail = {
      function: method.name,
      argument: i + 1,
      expected: parameter.type === "int" ? "number" : parameter.type,
    };
    if (!argument) {
      if (!open && parameter.optional === undefined)
        t.note("missingArguments", node, {
          node,
          function: method.name,
          argument: i + 1,
          expected: detail.expected,
          where: t.where(),
        });
      return;
    }
    const fine = parameter.optional === "nil" ? accepted | NIL : accepted;
    t.expect(fine, argument.value, argument.node ?? node, node, "argument", detail);
  }
}

/** `respond` never comes back; on the response path it raises an error. */
function endsTheRun(t: Tracker, node: AnyCall, object: HeldObject, method: Method): boolean {
  if (method.yields !== "forever") return false;
  t.endedBy = object.direction === "response" ? undefined : node;
  t.now = undefined;
  return true;
}

function constantString(argument: Argument | undefined): string | undefined {
  const fixed = argument?.value.constant;
  return fixed === undefined ? undefined : String(fixed);
}

function mapKey(object: HeldObject): string {
  return `${object.direction ?? "?"}.${object.part ?? "headers"}`;
}

function headerKey(now: FlowState, object: HeldObject, name: string): string {
  const lower = name.toLowerCase();
  const key = `${mapKey(object)}.get(${lower === "host" ? ":authority" : lower})`;
  const writes = (now.headerWrites.get(key) ?? 0) + (now.headerWrites.get(mapKey(object)) ?? 0);
  return writes === 0 ? key : `${key}#${writes}`;
}

function wasRemoved(now: FlowState, object: HeldObject, args: readonly Argument[]): boolean {
  const name = constantString(args[0]);
  return object.name === "Headers" && name !== undefined && now.known.get(headerKey(now, object, name)) === NIL;
}

/** From here on the header is another value than what was read before. */
function countWrite(now: FlowState, object: HeldObject, name: string | undefined): void {
  const lower = name?.toLowerCase();
  const key =
    lower === undefined ? mapKey(object) : `${mapKey(object)}.get(${lower === "host" ? ":authority" : lower})`;
  now.headerWrites.set(key, (now.headerWrites.get(key) ?? 0) + 1);
}

/** What the call changes of what is known about the message. */
function applyEffects(now: FlowState, object: HeldObject, method: Method, args: readonly Argument[]): void {
  const name = constantString(args[0]);
  if (object.name === "Headers" && (method.name === "add" || method.name === "replace" || method.name === "remove")) {
    countWrite(now, object, name);
    if (name !== undefined) now.known.set(headerKey(now, object, name), method.name === "remove" ? NIL : STRING);
  }
  if (object.name === "DynamicMetadata" && method.name === "set" && name !== undefined)
    now.known.set(`metadata.get(${name})`, TABLE);
}

/** Marks the state as suspended where the call waits. */
function suspendFor(now: FlowState, node: AnyCall, method: Method, args: readonly Argument[]): void {
  const { message } = now;
  switch (method.yields) {
    case "body":
      if (!message.bodySeen && !message.bodyStreamed) now.suspend(node);
      now.message = { ...now.message, bodySeen: node };
      return;
    case "trailers":
      now.suspend(node);
      if (!message.bodySeen) now.message = { ...now.message, headersGone: node, bodyStreamed: node };
      return;
    case "httpCall":
      if (isAsynchronous(args)) return;
      now.suspend(node);
      now.message = { ...now.message, sideCall: node };
      return;
    default:
  }
}

export function isAsynchronous(args: readonly Argument[]): boolean {
  const options = args[3]?.value.table?.fields.get("asynchronous");
  return args[4]?.value.constant === true || options?.constant === true;
}

function resultOf(
  t: Tracker,
  node: AnyCall,
  object: HeldObject,
  method: Method,
  result: Result,
  index: number,
  args: readonly Argument[],
): Value {
  const plain = plainResult(object, method, result, node);
  if (method.name === "httpCall") return callResult(node, index);
  if (object.name === "Headers") return headerResult(t, object, method, plain, args, node);
  const key = resultKey(object, method, args);
  const sourced = withSources(
    key === undefined ? { ...plain, key: t.freshKey() } : { ...plain, key },
    sourcesOf(object, method, args),
  );
  if (result.absent === undefined) return sourced;
  if (method.name === "body" && args[0]?.value.constant === true) {
    // The wrapper that it made is what a later `body()` gives too.
    t.now?.learn(sourced, USERDATA);
    return sourced;
  }
  const nil = absence(object, method, node, args);
  return {
    ...sourced,
    types: sourced.types | NIL,
    ...(nil && { nil }),
    ...(result.absent === 0 && { maybeNone: true as const }),
  };
}

function plainResult(object: HeldObject, method: Method, result: Result, node: AnyCall): Value {
  switch (result.type) {
    case "string":
      return string;
    case "number":
      return number;
    case "boolean":
      return boolean;
    case "table":
      return object.name === "SslConnection" ? certificateList(node) : { types: TABLE };
    case "value":
      return any;
    case "iterator":
      return iteratorOf(object, method);
    default: {
      const part = result.type === "Headers" ? (method.name === "trailers" ? "trailers" : "headers") : undefined;
      return { types: USERDATA, object: { name: result.type, direction: object.direction, part, dead: undefined } };
    }
  }
}

/** The names in a certificate: there may be none. */
function certificateList(node: AnyCall): Value {
  const other: Value = { types: STRING | NIL, nil: { kind: "listItem", at: node } };
  return { types: TABLE, table: { node: undefined, fields: new Map(), other, closed: false } };
}

function iteratorOf(object: HeldObject, method: Method): Value {
  if (method.name !== "bodyChunks") return { types: FUNCTION };
  const chunk: Value = {
    types: USERDATA,
    object: { name: "Buffer", direction: object.direction, part: undefined, dead: undefined },
  };
  return { types: FUNCTION, callees: [{ kind: "iterator", of: "bodyChunks", item: [chunk], over: chunk }] };
}

/** `httpCall`: the reply's headers by name (`:status` is always there), and its body. */
function callResult(node: AnyCall, index: number): Value {
  const family = `call#${node.range[0]}`;
  const sources = new Set(["call"]);
  if (index === 1)
    return { types: STRING | NIL, key: `${family}.body`, nil: { kind: "callBody", family, at: node }, sources };
  const nil: NilReason = { kind: "callHeader", name: undefined, family, at: node };
  const status: Value = { types: STRING, key: `${family}.:status`, sources };
  return {
    types: TABLE,
    key: family,
    sources,
    table: {
      node: undefined,
      fields: new Map([[":status", status]]),
      other: { types: STRING | NIL, nil, sources },
      closed: false,
    },
  };
}

/** Headers that are there whatever the client does. */
const ALWAYS: Readonly<Record<"request" | "response", ReadonlySet<string>>> = {
  request: new Set([":method", ":path", ":authority", "host", ":scheme", "x-request-id", "x-forwarded-proto"]),
  response: new Set([":status"]),
};
const PSEUDO = new Set([":method", ":path", ":authority", ":scheme", ":status", ":protocol"]);

function headerResult(
  t: Tracker,
  object: HeldObject,
  method: Method,
  plain: Value,
  args: readonly Argument[],
  node: AnyCall,
): Value {
  if (method.name !== "get" && method.name !== "getAtIndex") return plain;
  const name = constantString(args[0])?.toLowerCase();
  const { direction } = object;
  const part = object.part ?? "headers";
  const sources = new Set([`${direction ?? "request"}-${part === "trailers" ? "trailer" : "header"}:${name ?? "*"}`]);
  const key = name === undefined || method.name !== "get" || !t.now ? {} : { key: headerKey(t.now, object, name) };
  if (part === "headers" && direction && name !== undefined && ALWAYS[direction].has(name))
    return { ...string, ...key, sources };
  const nil: NilReason = { kind: "header", direction, part, name, at: node };
  const never = part === "headers" && direction !== undefined && name !== undefined && PSEUDO.has(name);
  return { types: never ? NIL : STRING | NIL, ...key, sources, nil, maybeNone: true };
}

/** Calls that give the same again: what was learnt of one holds for the next. */
function resultKey(object: HeldObject, method: Method, args: readonly Argument[]): string | undefined {
  const direction = object.direction ?? "?";
  const argument = constantString(args[0]);
  switch (`${object.name}.${method.name}`) {
    case "Handle.body":
      return `${direction}.body()`;
    case "Handle.trailers":
      return `${direction}.trailers()`;
    case "StreamInfo.downstreamSslConnection":
    case "Connection.ssl":
      return "ssl()";
    case "DynamicMetadata.get":
      return argument === undefined ? undefined : `metadata.get(${argument})`;
    case "Metadata.get":
      return argument === undefined ? undefined : `${direction}.route.get(${argument})`;
    case "FilterState.get":
      return argument === undefined ? undefined : `filterState.get(${argument})`;
    default:
      return undefined;
  }
}

function sourcesOf(object: HeldObject, method: Method, args: readonly Argument[]): ReadonlySet<string> | undefined {
  if (object.name === "Buffer" && method.name === "getBytes") return new Set([`${object.direction ?? "request"}-body`]);
  if (object.name === "DynamicMetadata" && method.name === "get") return new Set(["dynamic-metadata"]);
  if (method.name === "base64Escape") return mergeSources(args.map(({ value }) => value));
  if (method.name === "timestamp" || method.name === "timestampString") return new Set(["clock"]);
  return undefined;
}

function absence(object: HeldObject, method: Method, node: AnyCall, args: readonly Argument[]): NilReason | undefined {
  const { direction } = object;
  switch (method.name) {
    case "body":
      return { kind: "body", direction, at: node };
    case "trailers":
      return { kind: "trailers", direction, at: node };
    case "downstreamSslConnection":
    case "ssl":
      return { kind: "plaintext", at: node };
    case "get":
      return { kind: "metadata", namespace: constantString(args[0]), direction, object: object.name, at: node };
    default:
      return undefined;
  }
}
