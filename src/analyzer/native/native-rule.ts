import type { Script } from "../../lua/script.js";
import type { LuaSite } from "../../manifest/lua-site.js";
import type { NativeFeature } from "../assessment.js";
import type { Facts, MethodCall } from "../tracking/facts.js";

export interface NativeSubject {
  readonly site: LuaSite;
  readonly script: Script;
  readonly facts: Facts;
}

/** Finds out whether one feature does all that the script does. When it is not sure, it says no. */
export type NativeRule = (subject: NativeSubject) => Match | undefined;

export interface Match extends NativeFeature {
  /** Why the script is taken for one of these. */
  readonly because: string;
  /** The call that shows it, bytes of the script. */
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

export function metadataOf({ source }: LuaSite): string {
  return `metadata:\n  name: ${source.name ?? "example"}\n  namespace: ${source.namespace ?? "default"}`;
}

export function selectorOf({ filter }: LuaSite, field: "selector" | "workloadSelector"): string {
  const labels = Object.entries(filter.selector ?? {});
  if (labels.length === 0) return "";
  const key = field === "selector" ? "matchLabels" : "labels";
  return `  ${field}:\n    ${key}:\n${labels.map(([name, value]) => `      ${name}: ${quote(value)}`).join("\n")}\n`;
}

export function quote(text: string): string {
  return JSON.stringify(text);
}
