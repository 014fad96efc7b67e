// The methods of the handle that wait for the host, for a script with coroutines. There each gives, as in Envoy, whatever the coroutine that
// calls it is resumed with: in what the host calls that is what the host brings, in a coroutine of the script what is handed to
// `coroutine.resume`.
import { Closure } from "../closure";
import { isOutside, yieldForHost } from "../coroutine";
import { endScript } from "../error";
import { run, WAITS_FOR_BODY, WAITS_FOR_CALL, WAITS_FOR_CHUNK, WAITS_FOR_TRAILERS } from "../run";
import { suspend } from "../stream";
import { absent, fn, True, userdata, Value } from "../value";
import { checkBoolean } from "../check";
import { returnMany, Values } from "../values";
import { numbered } from "./argument";
import { Handle } from "./handle";
import { awaitedReply, begin } from "./http-call";
import { BUFFER, EnvoyObject, mortal, TRAILERS } from "./object";
import { send } from "./respond";

export function body(handle: Handle, alwaysWrap: Value, line: i32): Values {
  if (alwaysWrap != absent) checkBoolean(alwaysWrap, numbered(1, line), "body", line);
  const mustWait = handle.mustWaitForBody(line);
  run.wrapsBody = alwaysWrap == True;
  return mustWait ? wait(WAITS_FOR_BODY) : wholeBody();
}

export function trailers(handle: Handle, line: i32): Values {
  return handle.mustWaitForTrailers(line) ? wait(WAITS_FOR_TRAILERS) : oneObject(run.hasTrailers, TRAILERS);
}

export function httpCall(handle: Handle, cluster: Value, headers: Value, content: Value, timeout: Value, asynchronous: Value, line: i32): Values {
  handle.headers(line); // alive
  const atOnce = begin(cluster, headers, content, timeout, asynchronous, line);
  return atOnce ? atOnce : wait(WAITS_FOR_CALL);
}

export function respond(handle: Handle, headers: Value, content: Value, line: i32): Values {
  handle.headers(line); // alive
  send(headers, content, line);
  if (isOutside()) endScript();
  return yieldForHost();
}

/** An iterator function. */
export function bodyChunks(handle: Handle, line: i32): Value {
  handle.bodyChunks(line);
  return fn(Closure.create(nextChunk.index));
}

function nextChunk(_self: Closure, _count: i32, _a: Value, _b: Value, _c: Value): Value {
  return returnMany(run.endOfStream ? Values.create(0) : wait(WAITS_FOR_CHUNK));
}

function wait(state: u32): Values {
  run.state = state;
  if (!isOutside()) return yieldForHost();
  suspend(state);
  return brought(state);
}

/** What the host brings to what has waited in `state`. */
function brought(state: u32): Values {
  switch (state) {
    case WAITS_FOR_CALL:
      return awaitedReply();
    case WAITS_FOR_BODY:
      return wholeBody();
    case WAITS_FOR_TRAILERS:
      return oneObject(run.hasTrailers, TRAILERS);
    default:
      return oneObject(!run.hasTrailers, BUFFER);
  }
}

function wholeBody(): Values {
  if (run.wrapsBody) run.sawBody = run.bufferedBody = true;
  return oneObject(run.sawBody, BUFFER);
}

/** The object of this kind if it is there, or nothing. */
function oneObject(isThere: bool, kind: u32): Values {
  const list = Values.create(1);
  return isThere ? list.add(userdata(mortal<EnvoyObject>(kind))) : list;
}

/** For `setEvents`: what the host brings to a function that has yielded by itself. */
export function event(state: u32): Value {
  return returnMany(brought(state));
}
