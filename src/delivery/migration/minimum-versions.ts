import type { ApiUse } from "../../analyzer/assessment.js";
import { spellMethod } from "../../analyzer/verdict.js";
import { envoyApi, HOLDS_HEADERS, OLDEST_ENVOY } from "../../envoy/index.js";

/** The first Envoy in which the compiled filter works as its verdict says. */
export function minimumEnvoy(api: readonly ApiUse[], holdsHeaders: boolean): string {
  const used = new Set(api.map((use) => use.method));
  const versions = envoyApi.filter((method) => used.has(spellMethod(method))).map((method) => method.minimumEnvoy);
  return [OLDEST_ENVOY, ...(holdsHeaders ? [HOLDS_HEADERS] : []), ...versions].reduce((a, b) =>
    minor(a) >= minor(b) ? a : b,
  );
}

/** The first Istio that ships such an Envoy: Istio 1.n is built with Envoy 1.(n + 8) (istio/proxy release branches, 1.22 to 1.31). */
export function minimumIstio(envoy: string): string {
  return `1.${minor(envoy) - 8}`;
}

function minor(version: string): number {
  return Number(version.split(".")[1]);
}
