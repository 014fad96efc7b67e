import type { Script } from "../../lua/script.js";
import type { LuaSite } from "../../manifest/lua-site.js";
import type { NativeFeature } from "../assessment.js";
import type { Facts, MethodCall } from "../tracking/facts.js";
import { type Behaviour, type Case, constantText } from "./behaviour.js";

export interface NativeSubject {
  readonly site: LuaSite;
  readonly script: Script;
  readonly facts: Facts;
  /** Undefined where not all that the script does is understood. */
  readonly behaviour: Behaviour | undefined;
}

/** Finds out whether one feature does all that the script does. */
export type NativeRule = (subject: NativeSubject) => Match | Maybe | undefined;

/** A feature that certainly does it. */
export interface Match extends NativeFeature {
  /** Why the script is taken for one of these. */
  readonly because: string;
  /** The place that shows it, bytes of the script. */
  readonly range?: readonly [start: number, end: number];
}

/** A feature that may do it: somebody has to look. */
export interface Maybe {
  readonly may: string;
  readonly because: string;
  readonly range?: readonly [start: number, end: number];
}

const WRITES = new Set(["add", "replace", "remove"]);
const HARMLESS = new Set(["headers", "streamInfo", "dynamicMetadata"]);

export function headerWrites({ facts }: NativeSubject): readonly MethodCall[] {
  return facts.methodCalls.filter(({ object, name }) => object.name === "Headers" && WRITES.has(name));
}

/** Calls that do something, besides reading headers and logging. */
export function effects({ facts }: NativeSubject): readonly MethodCall[] {
  return facts.methodCalls.filter(
    ({ object, name }) =>
      !HARMLESS.has(name) && !name.startsWith("log") && !(object.name === "Headers" && !WRITES.has(name)),
  );
}

/** The script keeps nothing, loads nothing and calls nothing outside the API that a feature would not do. */
export function isSelfContained({ facts, script }: NativeSubject): boolean {
  const foreign = facts.libraryCalls.some(({ name }) =>
    /^(require|loadfile|dofile|load|loadstring|io\.|os\.(execute|getenv|remove))/.test(name),
  );
  const faulty = facts.undefinedGlobals.length > 0 || facts.unknownMethodCalls.length > 0;
  return !foreign && !faulty && facts.writes.length === 0 && facts.complete && script.functions.length > 1;
}

export function constantArgument(call: MethodCall, index: number): string | undefined {
  const fixed = call.arguments[index]?.value.constant;
  return fixed === undefined || typeof fixed === "boolean" ? undefined : String(fixed);
}

/** A hook that is not there, or that changes nothing. */
export function doesNothing(cases: readonly Case[] | undefined): boolean {
  return (cases ?? []).every(({ writes, answer }) => writes.length === 0 && !answer);
}

/** The status that a case answers with; undefined where it lets the request go on, or the status is not constant. */
export function statusOf({ answer }: Case): string | undefined {
  const status = answer?.headers.get(":status");
  return status && constantText(status);
}

/** How a sentence begins about a script that also logs. */
export function butForLogs({ logs }: Behaviour): string {
  return logs ? "but for its log lines, " : "";
}
