import { LIMITS } from "./limits.js";
import type { CostClass, Exception, Fidelity, Method, Parameter, Result, Wait } from "./method.js";

/** `docs/envoy-api.md`: every method of the table with its verdict, deviation, host calls and cost. */
export function printDocs(methods: readonly Method[]): string {
  const objects = [...new Set(methods.map(({ object }) => object))];
  return [
    "# The Envoy Lua API in Wasm",
    "",
    "<!-- Generated from src/envoy by scripts/generate-docs.ts: change the rows there. -->",
    "",
    `All ${methods.length} methods: ${count(methods, "exact")} exact, ${count(methods, "approximate")} approximate, ${count(methods, "impossible")} impossible.`,
    "A script that uses an impossible method is refused; each approximate one is listed in the script's verdict with its deviation.",
    "",
    ...COSTS,
    "## What is no method",
    "",
    "Told as a limit in the verdict of each script that it concerns, exact or not.",
    "",
    ...Object.values(LIMITS).map((limit) => `- ${limit[0]!.toUpperCase()}${limit.slice(1)}.`),
    "",
    ...objects.flatMap((object) =>
      printObject(
        object,
        methods.filter((method) => method.object === object),
      ),
    ),
  ].join("\n");
}

function count(methods: readonly Method[], verdict: Fidelity["verdict"]): number {
  return methods.filter(({ fidelity }) => fidelity.verdict === verdict).length;
}

const COST_MEANING: Readonly<Record<CostClass, string>> = {
  module: "stays in the module",
  headerMap: "fetches the whole map once; further reads are almost free until the header asked for is written",
  hostCall: "one call of the host that returns no buffer",
  hostBuffer: "one call of the host that returns a buffer",
  wholeBody: "two more callbacks per request, and a buffer",
  network: "a side call",
};

const COSTS = [
  "## Cost classes",
  "",
  "| class | meaning |",
  "|---|---|",
  ...Object.entries(COST_MEANING).map(([name, meaning]) => `| ${name} | ${meaning} |`),
  "",
];

function printObject(object: string, methods: readonly Method[]): readonly string[] {
  return [
    `## ${object}`,
    "",
    "| method | Envoy | status | deviation | waits for | host calls | Wasm from Envoy | cost |",
    "|---|---|---|---|---|---|---|---|",
    ...methods.map(printMethod),
    "",
  ];
}

function printMethod(method: Method): string {
  const impossible = method.fidelity.verdict === "impossible";
  const cells = [
    `\`${signature(method)}\``,
    method.since,
    method.fidelity.verdict,
    deviations(method).join("<br>"),
    WAITS[method.yields],
    impossible ? "" : method.hostCalls.map((call) => `\`${call}\``).join(", "),
    impossible ? "" : method.minimumEnvoy,
    impossible ? "" : method.cost,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

const WAITS: Readonly<Record<Wait, string>> = {
  never: "",
  body: "the whole body",
  bodyChunk: "each chunk",
  trailers: "the trailers",
  httpCall: "the reply",
  forever: "never returns",
};

/** `getBytes(index, length): string` */
function signature({ name, parameters, results }: Method): string {
  const call = name === "__pairs" ? "pairs(object)" : `${name}(${parameters.map(printParameter).join(", ")})`;
  return results.length === 0 ? call : `${call}: ${results.map(printResult).join(", ")}`;
}

function printParameter({ name, optional }: Parameter): string {
  return optional === undefined ? name : `[${name}]`;
}

function printResult({ type, absent }: Result): string {
  return absent === undefined ? type : `${type} or ${absent === 0 ? "nothing" : "nil"}`;
}

function deviations({ fidelity, exceptions }: Method): readonly string[] {
  const own =
    fidelity.verdict === "exact"
      ? []
      : [withWayOut(fidelity.verdict === "impossible" ? fidelity.reason : fidelity.deviation, fidelity.wayOut)];
  return [...own, ...exceptions.map(printException)];
}

function printException({ verdict, deviation, wayOut }: Exception): string {
  return withWayOut(`${verdict === "impossible" ? "Impossible" : "Approximate"}: ${deviation}`, wayOut);
}

function withWayOut(text: string, wayOut: string | undefined): string {
  return wayOut === undefined ? text : `${text}. *Way out:* ${wayOut}`;
}
