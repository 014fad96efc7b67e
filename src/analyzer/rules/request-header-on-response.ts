import { defineRule, lua } from "../define-rule.js";
import type { MethodCall } from "../tracking/facts.js";
import type { HeldObject } from "../tracking/value.js";

export const requestHeaderOnResponse = defineRule({
  id: "request-header-on-response",
  level: "warning",
  group: "run time",
  summary: "A request header is looked for in the response",
  why: `In \`envoy_on_response\` the handle's headers are those of the response. A header that the client or \`envoy_on_request\` put into the request is not among them, unless the upstream sends it back.
Dynamic metadata lasts from the request to its response.`,
  wrong: lua`
    function envoy_on_request(handle)
      handle:headers():add("x-variant", "b")
    end
    function envoy_on_response(handle)
      if handle:headers():get("x-variant") then -- <- here
        handle:headers():add("set-cookie", "variant=b; Path=/")
      end
    end
  `,
  right: lua`
    function envoy_on_request(handle)
      handle:streamInfo():dynamicMetadata():set("example", "variant", "b")
    end
    function envoy_on_response(handle)
      local kept = handle:streamInfo():dynamicMetadata():get("example")
      if kept and kept.variant then
        handle:headers():add("set-cookie", "variant=b; Path=/")
      end
    end
  `,
  fix: "Keep it in `envoy_on_request` with `streamInfo():dynamicMetadata():set(…)` and read it from there.",
  check: {
    script(context) {
      const { methodCalls } = context.facts;
      const onRequest = methodCalls.filter(
        ({ object, name }) =>
          object.direction === "request" && isHeaderMap(object) && ["add", "replace"].includes(name),
      );
      const written = new Set(onRequest.map(nameOf));
      const onResponse = methodCalls.filter(({ object }) => object.direction === "response" && isHeaderMap(object));
      const ownWrites = new Set(onResponse.filter(({ name }) => name === "add" || name === "replace").map(nameOf));
      for (const call of onResponse) {
        const header = nameOf(call);
        if (call.name !== "get" || header === undefined || ownWrites.has(header)) continue;
        if (!written.has(header) && !OF_REQUESTS.has(header)) continue;
        const why = written.has(header) ? "`envoy_on_request` puts it into the request" : "it is a header of requests";
        context.report({
          at: call.node,
          message: `\`${header}\` is looked for in the response, but ${why}: it is nil unless the upstream sends it back`,
        });
      }
    },
  },
});
/** Headers that clients send and upstreams do not. */
const OF_REQUESTS = new Set([
  "user-agent",
  "authorization",
  "cookie",
  "referer",
  "accept",
  "accept-language",
  "x-forwarded-for",
  "x-forwarded-proto",
  "host",
]);

function isHeaderMap({ name, part }: HeldObject): boolean {
  return name === "Headers" && part !== "trailers";
}

function nameOf({ arguments: args }: MethodCall): string | undefined {
  const fixed = args[0]?.value.constant;
  return typeof fixed === "string" ? fixed.toLowerCase() : undefined;
}
