import { defineRule, lua } from "../define-rule.js";

export const ffiUsed = defineRule({
  id: "ffi-used",
  level: "warning",
  group: "security",
  summary: "The script calls C through `ffi`",
  why: `\`require("ffi")\` gives the script all of the proxy's memory and every function of its libraries. A wrong type or length crashes Envoy with all its connections, where a Lua error would only have been logged.`,
  wrong: lua`
    local ffi = require("ffi") -- <- here
    function envoy_on_request(handle)
      handle:headers():replace("x-bits", tostring(ffi.abi("64bit")))
    end
  `,
  right: lua`
    local is64bit = jit.arch == "x64" or jit.arch == "arm64"
    function envoy_on_request(handle)
      handle:headers():replace("x-bits", tostring(is64bit))
    end
  `,
  fix: "Do it in plain Lua (the `bit` library is there), or in a Wasm or native filter.",
  check: {
    script(context) {
      for (const { node, name, arguments: args } of context.facts.libraryCalls) {
        if (name !== "require" || args[0]?.value.constant !== "ffi") continue;
        context.report({
          at: node,
          message: "with `ffi` a mistake in the script crashes the proxy instead of raising an error",
        });
      }
    },
  },
});
