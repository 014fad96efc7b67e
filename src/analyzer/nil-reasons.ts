import type { Node } from "../lua/ast.js";
import type { Level } from "./assessment.js";
import type { Fault } from "./tracking/facts.js";
import { NIL, type NilReason } from "./tracking/value.js";

/** Why a value may be nil, in words that fit after "is nil". */
export interface Explanation {
  readonly when: string;
  /** How sure it is that this happens with ordinary traffic. Undefined: too doubtful to be reported. */
  readonly level: Level | undefined;
  /** What to do, when there is more to say than "check for nil". */
  readonly help?: string;
}

/**
 * Explains a fault whose operand may be nil, and says how sure it is: `error` when ordinary traffic brings it about, `warning` when it
 * takes a failure elsewhere, `note` (with "may") when the script may know better.
 * @returns undefined where there is nothing to be said: too doubtful, or never reached
 */
export function explainNil(fault: Fault, hasHooks: boolean): Explanation | undefined {
  const reason = fault.value.nil;
  if (!reason || (fault.where.phase === "unreached" && hasHooks)) return undefined;
  const explained = explain(reason, fault.value.types === NIL);
  if (explained.level === undefined || (fault.where.caught && explained.level === "note")) return undefined;
  return fault.suspect || fault.where.caught ? { ...explained, level: "note" } : explained;
}

function explain(reason: NilReason, certain: boolean): Explanation {
  switch (reason.kind) {
    case "header":
      return explainHeader(reason, certain);
    case "body":
      return reason.direction === "response"
        ? {
            when: "for a response without a body (204, 304, the answer to HEAD, many of Envoy's own replies)",
            level: "error",
          }
        : { when: "for a request without a body, such as any GET", level: "error" };
    case "trailers":
      return { when: "for a message without trailers, which is nearly every one", level: "error" };
    case "plaintext":
      return { when: "on a connection without TLS", level: "warning" };
    case "callHeader":
      return {
        when: `when the reply has no ${headerName(reason.name)}; if the call fails, the reply has little more than \`:status\``,
        level: "warning",
      };
    case "callBody":
      return { when: "when the reply has no body", level: "warning" };
    case "metadata":
      return explainMetadata(reason);
    case "noMatch":
      return { when: "when the text does not match", level: reason.outsideText ? "note" : undefined };
    case "notANumber":
      return { when: "when the text is not a number", level: reason.outsideText ? "note" : undefined };
    case "unassigned":
      return {
        when: `when nothing was assigned to \`${reason.binding.name}\` before`,
        level: certain ? "error" : "warning",
      };
    case "returnsNothing":
      return { when: `when \`${reason.function}\` returns nothing`, level: "note" };
    case "environment":
      return {
        when: `when the proxy's environment has no ${reason.name === undefined ? "such variable" : `\`${reason.name}\``}`,
        level: "note",
      };
    case "listItem":
      return { when: "when the certificate has no such entry, or there is no certificate", level: "warning" };
    case "userdataField":
      return {
        when: `always: \`${reason.field}\` is no method of ${reason.object}, and Envoy's objects have no fields`,
        level: undefined,
      };
    case "nilLiteral":
      return { when: certain ? "as it was set to" : "where it was set to nil", level: certain ? "error" : "note" };
    default:
      return { when: "in some cases", level: undefined };
  }
}

/** Envoy sets them itself in most set-ups, but not in all. */
const USUALLY_SET = new Set([
  "x-forwarded-for",
  "x-envoy-external-address",
  "x-envoy-internal",
  "x-forwarded-client-cert",
  "x-real-ip",
]);

function explainHeader(reason: NilReason & { kind: "header" }, certain: boolean): Explanation {
  const { direction, name, part, before = [] } = reason;
  // Told by the rule on headers of the other direction, at the place where it is read.
  if (certain && name?.startsWith(":")) return { when: "always", level: undefined };
  const message = direction ?? "message";
  const absent = [...before, name].map(headerName).join(" and no ");
  const when = part === "trailers" ? `when the ${message} has no such trailer` : `when the ${message} has no ${absent}`;
  if (name === undefined || direction === undefined || [...before, name].some((each) => USUALLY_SET.has(each)))
    return { when, level: "note" };
  if (direction === "response") return { when: `${when} (Envoy's own error replies have hardly any)`, level: "error" };
  return { when, level: "error" };
}

function headerName(name: string | undefined): string {
  return name === undefined ? "such header" : `\`${name}\` header`;
}

function explainMetadata({ direction, namespace, object }: NilReason & { kind: "metadata" }): Explanation {
  const what = namespace === undefined ? "" : ` under \`${namespace}\``;
  if (object === "DynamicMetadata") {
    const replies =
      direction === "response" ? ", as for every reply that Envoy makes before this filter has seen the request" : "";
    return {
      when: `when no filter wrote dynamic metadata${what}${replies}`,
      level: direction === "response" ? "warning" : "note",
    };
  }
  return { when: `when the configuration has nothing${what}`, level: "note" };
}

/** The place where the nil value came from, for a reader who looks at the place where it hurts. */
export function originOf(fault: Fault): { readonly at: Node; readonly message: string } | undefined {
  const at = fault.value.nil?.at;
  if (!at || at.range[0] === fault.operand.range[0]) return undefined;
  return { at, message: "the value comes from here" };
}
