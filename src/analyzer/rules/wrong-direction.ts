import { defineRule, lua } from "../define-rule.js";
import { isLive } from "../tracking/facts.js";

export const wrongDirection = defineRule({
  id: "wrong-direction",
  level: "error",
  group: "run time",
  summary: "A method is called in the direction in which it does not work",
  why: `\`respond()\` works on the request path only: in \`envoy_on_response\` it raises *respond not currently supported in the response path*, and the rest of the script does not run. To change a
response, set its headers and body. \`setUpstreamOverrideHost()\` and \`clearRouteCache()\` do nothing there, \`setHttp1ReasonPhrase()\` does nothing on requests.`,
  wrong: lua`
    function envoy_on_response(handle)
      if handle:headers():get(":status") == "500" then
        handle:respond({[":status"] = "503"}, "try later") -- <- here
      end
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      if handle:headers():get(":status") == "500" then
        handle:headers():replace(":status", "503")
      end
    end
  `,
  fix: 'Do it in the other hook; on the response path change the headers (`replace(":status", …)`) and the body instead of responding.',
  check: {
    script(context) {
      for (const { node, name, method, object, where } of context.facts.methodCalls) {
        if (
          !method ||
          method.direction === "both" ||
          object.direction === undefined ||
          object.direction === method.direction
        )
          continue;
        if (where.caught || !isLive(context.facts, where)) continue;
        const raises = method.elsewhere === "raises";
        context.report({
          at: node,
          level: raises ? "error" : "warning",
          message: `\`${name}\` works on the ${method.direction} path only: on the ${object.direction} path it ${raises ? "raises an error and the rest of the script does not run" : "does nothing"}`,
        });
      }
    },
  },
});
