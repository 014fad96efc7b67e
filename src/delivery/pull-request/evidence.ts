import type { Comparison, Ratio } from "../../../bench/comparison.js";
import { isOnCompanions } from "../manifests/envoy-filter.js";
import type { FilterPlan, UpdatePlan } from "./plan-filter.js";
import type { Delivery } from "./read-delivery.js";

/** What a reviewer is told of one filter; texts are Markdown. */
export interface Evidence {
  readonly id: string;
  readonly was: string;
  readonly now: string;
  readonly module: string;
  readonly isPublished: boolean;
  readonly verdict: string;
  readonly deviations: readonly string[];
  readonly notes: readonly string[];
  readonly equivalence: string;
  readonly measured: string;
  readonly predicted: string;
  readonly needs: string;
  readonly keepLua?: string;
  readonly guards?: string;
}

/** Gathers it from what `migrate`, `verify`, `publish` and `bench` have found. */
export function evidenceOf(plan: FilterPlan | UpdatePlan, comparison: Comparison | undefined): Evidence {
  const { delivery } = plan;
  const { verdict, published } = delivery;
  const { recommendation, needs } = verdict;
  const guard = guardLine(delivery.lua);
  return {
    id: delivery.id,
    ...whereabouts(plan),
    module: moduleText(delivery),
    isPublished: published !== undefined,
    verdict: verdict.verdict,
    deviations: verdict.deviations.map(({ message, wayOut, locations }) => {
      const lines = locations.map(({ startLine }) => startLine).slice(0, 4);
      const where = lines.length === 0 ? "" : ` (line ${lines.join(", ")}${locations.length > 4 ? "…" : ""})`;
      return inert(`${message}${where}${wayOut === undefined ? "" : `. Way out: ${wayOut}`}`);
    }),
    notes:
      plan.kind === "update"
        ? []
        : delivery.notes
            .filter(({ form, note }) => form === plan.form && !(plan.added === undefined && isOnCompanions(note)))
            .map(({ note }) => inert(note)),
    equivalence: equivalenceText(delivery),
    measured: measuredText(delivery, comparison),
    predicted: predictedText(delivery),
    needs: `Envoy ${needs.minEnvoy} or Istio ${needs.minIstio}, or later`,
    ...(recommendation.outcome === "wasm" ? {} : { keepLua: inert(recommendation.summary) }),
    ...(guard === undefined ? {} : { guards: `line ${guard}` }),
  };
}

function whereabouts(plan: FilterPlan | UpdatePlan): Pick<Evidence, "was" | "now"> {
  if (plan.kind === "update")
    return { was: "an earlier module", now: plan.files.map((file) => `\`${file}\``).join(", ") };
  const { replacement, resource, added } = plan;
  const { source } = replacement.site;
  const kept = replacement.keptWith === undefined ? "taken out" : "kept, switched off with `disabled: true`";
  return {
    was: `Lua in ${source.kind} \`${source.name}\`, \`${source.file}\` line ${source.line}: ${kept}`,
    now:
      added === undefined
        ? `${source.kind} \`${source.name}\`, in the same place`
        : `${resource.kind} \`${resource.name}\` in \`${added.file}\``,
  };
}

function moduleText({ published, verdict }: Delivery): string {
  const size = verdict.module === undefined ? "" : `, ${verdict.module.sizeBytes} bytes`;
  if (published === undefined) return `**not published yet**${size}`;
  const { url, digest, layout } = published;
  const first = url.startsWith("file:") ? "; **its ConfigMap has to be in the cluster first**" : "";
  return `\`${url}\`, ${layout === "plain" ? "" : "image "}digest \`${digest}\`${size}${first}`;
}

function equivalenceText({ equivalence }: Delivery): string {
  if (equivalence === undefined) return "**not verified**: run `moonshift verify`";
  const { envoy, requests, result, coverage, announced, nondeterministic, stopped } = equivalence;
  const parts = [
    `${count(requests, "request")} through the Lua and the module in ${inert(envoy)}: ${result === "equal" ? "no difference" : "nothing differed, but not everything could be compared"}`,
  ];
  if (announced.length > 0) parts.push(`${count(announced.length, "difference")} that the verdict announces`);
  if (nondeterministic.length > 0)
    parts.push(`${count(nondeterministic.length, "value")} not comparable (clock, random numbers)`);
  if (stopped !== undefined) parts.push(`stopped at ${inert(stopped.name)}: ${inert(stopped.reason)}`);
  const missed = coverage.missed.length === 0 ? "" : ` (never: line ${coverage.missed.join(", ")} of the script)`;
  return `${parts.join("; ")}. ${coverage.reached} of ${count(coverage.branches, "branch", "branches")} reached${missed}`;
}

/** Only what was measured with this very module. */
function measuredText({ id, verdict }: Delivery, comparison: Comparison | undefined): string {
  const own =
    comparison?.workloads.filter(
      ({ name, arms }) => (name === id || name.startsWith(`${id}/`)) && isModule(arms, verdict.module?.sha256),
    ) ?? [];
  const lines = own.flatMap(({ name, ratio }) =>
    ratio === undefined ? [] : [`${name === id ? "" : `${inert(name.slice(id.length + 1))}: `}${ratioText(ratio)}`],
  );
  if (lines.length === 0) return "not measured: `moonshift bench` has not run with this module";
  const noisy = comparison?.controls.conclusive === false ? " The machine was noisy: nothing here is proved." : "";
  return `${lines.join("; ")}.${noisy}`;
}

function isModule(arms: Comparison["workloads"][number]["arms"], sha256: string | undefined): boolean {
  return Object.values(arms).some((arm) => arm.sha256 === sha256);
}

function ratioText({ luaOverWasm, ci95: [low, high], verdict }: Ratio): string {
  const said = verdict === "no difference" ? "no difference" : `Wasm is ${verdict}`;
  return `${said}: the Lua costs ${luaOverWasm.toFixed(2)} times what the module costs (95 % interval ${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function predictedText({ verdict: { recommendation } }: Delivery): string {
  const { lua, wasm, basis } = recommendation.predictedCost;
  const span = ({ low, likely, high }: typeof lua): string => `${likely} µs (${low} to ${high})`;
  return `${span(lua)} of CPU per request in Lua, ${span(wasm)} in Wasm; predicted, not measured: ${inert(basis)}`;
}

/** A script that turns requests away by itself. */
function guardLine(lua: string): number | undefined {
  const at = lua.search(/:respond\s*\(\s*\{[^}]*:status[^}]*["']?40[13]\b/);
  return at === -1 ? undefined : lua.slice(0, at).split("\n").length;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Text that comes from scripts and requests: no mentions, no markup of its own but code, no broken tables. */
export function inert(text: string): string {
  const parts = text.replace(/[\s\p{Cc}]+/gu, " ").split(CODE_SPAN);
  return parts.map((part, index) => (index % 2 === 1 ? part.replaceAll("|", "&#124;") : escaped(part))).join("");
}

/** Of one backtick on either side; what stands in it is shown as it is. */
const CODE_SPAN = /((?<![`\\])`[^`]+`(?!`))/;

function escaped(text: string): string {
  return text.replace(/[<>|]/g, (mark) => `&#${mark.charCodeAt(0)};`).replace(/@(?=\w)/g, "@\u200b");
}
