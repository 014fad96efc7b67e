import { defineRule, lua } from "../define-rule.js";
import { comesBefore, type MethodCall } from "../tracking/facts.js";

export const clientIdentityHeader = defineRule({
  id: "client-identity-header",
  level: "warning",
  group: "security",
  summary: "An identity header is added without removing the one that the client may have sent",
  why: `\`headers:add("x-user-id", id)\` keeps what the client sent under that name: the upstream sees the client's value first (or both, joined with a comma). Who sends the header is whoever he says he is.
\`replace\` sets it, \`remove\` at the start of the hook makes sure that nothing comes through when the script does not set it.`,
  wrong: lua`
    function envoy_on_request(handle)
      local claims = handle:streamInfo():dynamicMetadata():get("envoy.filters.http.jwt_authn")
      if claims and claims.sub then
        handle:headers():add("x-user-id", claims.sub) -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:headers():remove("x-user-id")
      local claims = handle:streamInfo():dynamicMetadata():get("envoy.filters.http.jwt_authn")
      if claims and claims.sub then
        handle:headers():add("x-user-id", claims.sub)
      end
    end
  `,
  fix: "Remove the header first, on every request: `handle:headers():remove(name)`.",
  check: {
    script(context) {
      const writes = context.facts.methodCalls.filter(
        ({ object, where }) =>
          object.name === "Headers" &&
          object.part !== "trailers" &&
          object.direction === "request" &&
          where.phase === "request",
      );
      const told = new Set<string>();
      for (const call of writes) {
        const header = nameOf(call);
        if (call.name !== "add" || header === undefined || !IDENTITY.test(header) || told.has(header)) continue;
        const cleared = writes.some(
          (other) =>
            nameOf(other) === header &&
            (other.name === "remove" || other.name === "replace") &&
            !other.where.guarded &&
            comesBefore(other, call),
        );
        if (cleared || call.wasRemoved || removesComputedNames(writes)) continue;
        told.add(header);
        context.report({
          at: call.node,
          message: `\`${header}\` says who the caller is or what they may do, but a value that the client sends under that name is kept, in front of this one`,
        });
      }
    },
  },
});
const IDENTITY =
  /^(x-)?(auth(enticated)?-)?(user|userid|user-?(id|name|email|roles?|groups?)|kubeflow-userid|remote-user|forwarded-(user|email|groups)|identity|auth-identity|account(-id)?|tenant(-id)?|org(-id)?|roles?|groups?|scopes?|permissions|subject|consumer(-id)?|client-id|app-id|jwt-.*|token-.*|internal-authorization|rh-identity|goog-authenticated-.*|auth-skip)$|-(auth-skip|user-?id|auth-identity)$/i;

function nameOf({ arguments: args }: MethodCall): string | undefined {
  const fixed = args[0]?.value.constant;
  return typeof fixed === "string" ? fixed.toLowerCase() : undefined;
}

/** Headers are removed by names that the script computes: it may be this one. */
function removesComputedNames(writes: readonly MethodCall[]): boolean {
  return writes.some((call) => call.name === "remove" && nameOf(call) === undefined);
}
