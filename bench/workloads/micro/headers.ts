import { getRequest, type Workload } from "../workload.js";
import { repeated } from "./repeated.js";

/** Reads that can be the first only once in a callback, so they are filters of their own. */
const FIRST_READS: readonly Workload[] = [
  once(
    "header-get-first",
    "the first header read in a callback, when the header is there",
    `function envoy_on_request(handle)
  local user = handle:headers():get("x-user-id")
end
`,
  ),
  once(
    "header-get-first-absent",
    "the first header read in a callback, when the header is absent",
    `function envoy_on_request(handle)
  local user = handle:headers():get("x-not-there")
end
`,
  ),
  once(
    "header-set-first",
    "setting one constant header in a callback that does nothing else",
    `function envoy_on_request(handle)
  handle:headers():replace("x-result", "set")
end
`,
  ),
];

const REPEATED = repeated("headers", [
  {
    name: "header-get-again",
    about: "reading a header in a callback that has read one before",
    before: `local names = {"x-user-id", "x-tenant", "accept", "referer"}`,
    each: `sum = sum + #headers:get(names[i % 4 + 1])`,
    quick: true,
  },
  {
    name: "header-get-absent",
    about: "reading an absent header in a callback that has read one before",
    before: `local names = {"x-none-a", "x-none-b", "x-none-c", "x-none-d"}`,
    each: `if headers:get(names[i % 4 + 1]) == nil then sum = sum + 1 end`,
  },
  {
    name: "header-set",
    about: "replacing a header that is there",
    before: `local values = {"one", "two", "three", "four"}`,
    each: `headers:replace("x-tenant", values[i % 4 + 1])`,
    quick: true,
  },
  {
    name: "header-set-then-get",
    about: "replacing a header and reading it back",
    before: `local values = {"one", "two", "three", "four"}`,
    each: `headers:replace("x-tenant", values[i % 4 + 1])
sum = sum + #headers:get("x-tenant")`,
  },
  {
    name: "header-add-remove",
    about: "adding a header and removing it again",
    before: `local values = {"one", "two", "three", "four"}`,
    each: `headers:add("x-added", values[i % 4 + 1])
headers:remove("x-added")`,
  },
  {
    name: "header-iterate",
    about: "walking over all 16 headers with pairs",
    each: `for name, value in pairs(headers) do
  sum = sum + #name + #value
end`,
    repeats: 65,
  },
]);

export const HEADER_WORKLOADS: readonly Workload[] = [...FIRST_READS, ...REPEATED];

function once(name: string, about: string, lua: string): Workload {
  return {
    name,
    kind: "micro",
    group: "headers",
    about,
    lua,
    request: getRequest(),
    measure: { form: "over no-op" },
    ...(name === "header-get-first" ? { quick: true } : {}),
  };
}
