import type { MethodCall } from "../tracking/facts.js";
import { constantArgument, effects, type NativeRule, type NativeSubject } from "./native-rule.js";

const DENIALS = new Set(["401", "403", "302"]);

/**
 * A service is asked whether the request may pass; if not, the script answers 401 or 403. Never certain: ext_authz asks with the request's own
 * method, path and headers, and what the service makes of that is not in the script.
 */
export const externalAuthorization: NativeRule = (subject) => {
  const { facts } = subject;
  const calls = facts.methodCalls.filter(({ name, object }) => name === "httpCall" && object.direction === "request");
  const [call] = calls;
  if (!call || calls.length > 1 || call.where.loops > 0) return undefined;
  const denials = facts.methodCalls.filter(({ name }) => name === "respond");
  const statuses = denials.map((respond) =>
    String(respond.arguments[0]?.value.table?.fields.get(":status")?.constant ?? ""),
  );
  if (denials.length === 0 || statuses.some((status) => !DENIALS.has(status))) return undefined;
  if (denials.some(({ node, where }) => node.range[0] < call.node.range[0] || !where.guarded)) return undefined;
  if (!asksForStatus(subject, call)) return undefined;
  const other = effects(subject).filter(
    ({ name, object }) => name !== "httpCall" && name !== "respond" && object.name !== "Headers",
  );
  if (other.length > 0 || facts.libraryCalls.some(({ name }) => name === "require")) return undefined;
  const cluster = constantArgument(call, 0) ?? "a cluster";
  return {
    may: "external authorization (AuthorizationPolicy with action CUSTOM, Envoy's ext_authz)",
    because: `it asks \`${cluster}\` and answers ${[...new Set(statuses)].join(" or ")} if the request may not pass; whether the service can be asked with the request's own path and headers has to be seen there`,
    range: call.node.range,
  };
};

/** The reply's status alone decides: an external authorizer has no say by its body. */
function asksForStatus({ facts }: NativeSubject, { node }: MethodCall): boolean {
  const family = `call#${node.range[0]}`;
  const comparesStatus = facts.comparisons.some(
    ({ left, right }) => left.key === `${family}.:status` || right.key === `${family}.:status`,
  );
  const comparesBody = facts.comparisons.some(
    ({ left, right }) => left.key === `${family}.body` || right.key === `${family}.body`,
  );
  const readsBody = facts.libraryCalls.some(({ arguments: args }) =>
    args.some(({ value }) => value.sources?.has("call")),
  );
  return comparesStatus && !comparesBody && !readsBody;
}
