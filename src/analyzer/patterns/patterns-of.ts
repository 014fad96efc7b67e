import type { Node } from "../../lua/ast.js";
import type { ScriptContext } from "../define-rule.js";
import type { LibraryCall } from "../tracking/facts.js";

export interface PatternUse {
  /** The argument that is the pattern. */
  readonly node: Node;
  /** `string.match`… */
  readonly name: string;
  readonly pattern: string;
  readonly call: LibraryCall;
}

const TAKES_PATTERN = new Set(["string.match", "string.find", "string.gmatch", "string.gsub"]);

/** Every call with a pattern that is known, except plain searches. */
export function patternsOf({ facts }: ScriptContext): readonly PatternUse[] {
  return facts.libraryCalls.flatMap((call) => {
    const argument = call.arguments[1];
    const pattern = argument?.value.constant;
    if (!TAKES_PATTERN.has(call.name) || typeof pattern !== "string") return [];
    const isPlain = call.name === "string.find" && call.arguments[3]?.value.constant === true;
    return isPlain ? [] : [{ node: argument?.node ?? call.node, name: call.name, pattern, call }];
  });
}
