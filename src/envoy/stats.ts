import { approximate, type Method, methodsOf, type Row } from "./method.js";

const NAMED = "the metric is named `wasmcustom.<name>` instead of `<prefix>lua.<stat_prefix>.<name>`";
const RENAME = "rename it in dashboards, or give the name a prefix of its own in the script";

const define = (name: string, result: Method["results"], rest: Partial<Row> = {}): Row => ({
  name,
  parameters: [{ name: "name", type: "string", cString: true }],
  results: result,
  since: "1.38",
  fidelity: approximate(NAMED, RENAME),
  hostCalls: ["proxy_define_metric"],
  cost: "hostCall",
  ...rest,
});

export const statsScopeMethods = methodsOf("StatsScope", [
  define("counter", [{ type: "Counter" }]),
  define("gauge", [{ type: "Gauge" }]),
  define("histogram", [{ type: "Histogram" }], {
    parameters: [
      { name: "name", type: "string", cString: true },
      { name: "unit", type: "value", optional: "nil" },
    ],
    fidelity: approximate(`${NAMED}; its unit is always unspecified`, RENAME),
    raises: true,
  }),
]);

const act = (name: string, hostCall: string): Row => ({
  name,
  since: "1.38",
  fidelity: approximate(NAMED, RENAME),
  hostCalls: [hostCall],
  cost: "hostCall",
});

const amount = (name: string, hostCall: string): Row => ({
  ...act(name, hostCall),
  parameters: [{ name: "amount", type: "number" }],
  raises: true,
});

const value: Row = { ...act("value", "proxy_get_metric"), results: [{ type: "number" }] };

export const counterMethods = methodsOf("Counter", [
  act("inc", "proxy_increment_metric"),
  amount("add", "proxy_record_metric"),
  value,
]);

export const gaugeMethods = methodsOf("Gauge", [
  act("inc", "proxy_increment_metric"),
  act("dec", "proxy_increment_metric"),
  amount("add", "proxy_increment_metric"),
  amount("sub", "proxy_increment_metric"),
  amount("set", "proxy_record_metric"),
  value,
]);

export const histogramMethods = methodsOf("Histogram", [amount("recordValue", "proxy_record_metric")]);
