// What all Envoy objects have in common: they die, and they log.
import { raiseDead } from "../error";
import { log, logLevel } from "../host";
import { run } from "../run";
import { Str } from "../str";
import { Userdata } from "../userdata";
import { stringArgument } from "./argument";

/** Kinds of objects; those up to LAST_MORTAL die when the run is suspended or ends. */
export const HANDLE: u32 = 1;
export const HEADERS: u32 = 2;
export const TRAILERS: u32 = 3;
export const BUFFER: u32 = 4;
export const METADATA: u32 = 5;
export const FILTER_CONTEXT: u32 = 6;
export const ROUTE_METADATA: u32 = 7;
export const VIRTUAL_HOST_METADATA: u32 = 8;
export const STREAM_INFO: u32 = 9;
export const DYNAMIC_METADATA: u32 = 10;
export const FILTER_STATE: u32 = 11;
export const CONNECTION: u32 = 12;
export const SSL_CONNECTION: u32 = 13;
export const PARSED_NAME: u32 = 14;
export const PUBLIC_KEY: u32 = 15;
export const VIRTUAL_HOST: u32 = 16;
export const ROUTE: u32 = 17;
export const STATS_SCOPE: u32 = 18;
const LAST_MORTAL: u32 = STATS_SCOPE;
export const COUNTER: u32 = 19;
export const GAUGE: u32 = 20;
export const HISTOGRAM: u32 = 21;

const TRACE: i32 = 0;
const DEBUG: i32 = 1;
const INFO: i32 = 2;
const WARN: i32 = 3;
const ERROR: i32 = 4;
const CRITICAL: i32 = 5;

// @ts-ignore: decorator
@unmanaged
export class EnvoyObject extends Userdata {
  /** Raises `object used outside of proper scope` for one that has died, which takes a script that suspends or keeps state. */
  // @ts-ignore: decorator
  @inline
  protected checkAlive(line: i32): void {
    if ((YIELDS || STATEFUL) && this.epoch != run.epoch) this.raiseUnlessImmortal(line);
  }

  /** The handle lives, with pauses, as long as its run. */
  private raiseUnlessImmortal(line: i32): void {
    const kind = this.kind;
    if (kind > LAST_MORTAL || (kind == HANDLE && this.epoch == run.id)) return;
    raiseDead(line);
  }

  logTrace<T>(message: T, line: i32 = 0): void {
    this.checkAlive(line);
    write(TRACE, stringArgument<T>(message, 1, "logTrace", line));
  }
  logDebug<T>(message: T, line: i32 = 0): void {
    this.checkAlive(line);
    write(DEBUG, stringArgument<T>(message, 1, "logDebug", line));
  }
  logInfo<T>(message: T, line: i32 = 0): void {
    this.checkAlive(line);
    write(INFO, stringArgument<T>(message, 1, "logInfo", line));
  }
  logWarn<T>(message: T, line: i32 = 0): void {
    this.checkAlive(line);
    write(WARN, stringArgument<T>(message, 1, "logWarn", line));
  }
  logErr<T>(message: T, line: i32 = 0): void {
    this.checkAlive(line);
    write(ERROR, stringArgument<T>(message, 1, "logErr", line));
  }
  logCritical<T>(message: T, line: i32 = 0): void {
    this.checkAlive(line);
    write(CRITICAL, stringArgument<T>(message, 1, "logCritical", line));
  }
}

/** An object that lives until the run is suspended. */
// @ts-ignore: decorator
@inline
export function mortal<T extends EnvoyObject>(kind: u32): T {
  return Userdata.of<T>(kind, YIELDS || STATEFUL ? run.epoch : 0);
}

let level: i32 = 0;
let messagesUntilAsked: u32 = 0;

/** The level can be changed while Envoy runs: asked again every so many messages. */
const ASK_EVERY: u32 = 64;

function write(messageLevel: i32, message: Str): void {
  if (!messagesUntilAsked--) {
    messagesUntilAsked = ASK_EVERY;
    level = logLevel();
  }
  if (messageLevel >= level) log(messageLevel, message);
}
