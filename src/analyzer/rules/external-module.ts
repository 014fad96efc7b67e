import { defineRule, lua } from "../define-rule.js";

export const externalModule = defineRule({
  id: "external-module",
  level: "note",
  group: "run time",
  summary: "The script needs a file that has to be on every proxy",
  why: `\`require\`, \`loadfile\` and \`dofile\` read from the proxy's own disk. Istio's and Envoy's images hold no Lua modules: without an image or a volume that brings it, the script fails to load and Envoy rejects the listener, or, inside a hook, the line raises an error.`,
  wrong: lua`
    local cjson = require("cjson") -- <- here
    function envoy_on_response(handle)
      handle:headers():replace("x-null", tostring(cjson.null))
    end
  `,
  right: lua`
    function envoy_on_response(handle)
      handle:headers():replace("x-null", "null")
    end
  `,
  fix: "Put the module into the script, or make sure that every proxy that gets the script has the file.",
  check: {
    script(context) {
      const told = new Set<string>();
      for (const { node, name, arguments: args } of context.facts.libraryCalls) {
        const file = args[0]?.value.constant;
        if (!["require", "loadfile", "dofile"].includes(name) || typeof file !== "string" || told.has(file)) continue;
        if (name === "require" && BUILT_IN.has(file)) continue;
        told.add(file);
        if (name === "require" && NEEDS_NGX.test(file))
          context.report({
            at: node,
            level: "warning",
            message: `\`${file}\` is a module of OpenResty: it works with \`ngx\`, which Envoy does not have`,
            help: "Do it without the module: Envoy's own filters (`jwt_authn`, `ratelimit`, `ext_authz`) cover what most of OpenResty's modules are used for.",
          });
        else context.report({ at: node, message: `\`${file}\` is not in Envoy's image: without it this may fail` });
      }
    },
  },
});

/** Modules that call OpenResty's `ngx` for all that they do. */
const NEEDS_NGX =
  /^(?:ngx|resty\.(?:balancer|cookie|core|dns|healthcheck|http|jwt|limit|lock|memcached|mysql|openidc|redis|session|upload|websocket))(?:\.|$)/;

const BUILT_IN = new Set([
  "string",
  "table",
  "math",
  "os",
  "io",
  "bit",
  "coroutine",
  "debug",
  "jit",
  "ffi",
  "package",
  "_G",
  "string.buffer",
  "table.new",
  "table.clear",
  "jit.util",
  "jit.opt",
]);
