import { expect, test } from "vitest";
import { collectFrom } from "../../src/manifest/collect-sites.js";

const FILTER = `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: tag, namespace: NAMESPACE}
spec:
  workloadSelector: {labels: {app: cart, track: stable}}
  configPatches:
  - applyTo: HTTP_FILTER
    patch:
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          inlineCode: function envoy_on_request(h) end
`;

function deployment(name: string, labels: string, namespace = "shop"): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  template:
    metadata: {labels: ${labels}}
    spec:
      containers: [{name: main, image: x}]
`;
}

async function selected(namespace: string, ...workloads: string[]): Promise<readonly string[]> {
  const texts = [FILTER.replace("NAMESPACE", namespace), ...workloads];
  const inputs = texts.map((text, number) => ({ type: "file" as const, file: `${number}.yaml`, text, named: true }));
  const { sites } = await collectFrom(inputs);
  return (sites[0]?.filter.workloads ?? []).map(({ kind, name }) => `${kind} ${name}`);
}

test("a workload with all labels of the selector, and more, is named; one that lacks one is not", async () => {
  const all = deployment("a", "{app: cart, track: stable, team: x}");
  expect(await selected("shop", all, deployment("b", "{app: cart}"))).toEqual(["Deployment a"]);
});

test("another namespace is hit from the root namespace only", async () => {
  const other = deployment("a", "{app: cart, track: stable}", "other");
  expect(await selected("shop", other)).toEqual([]);
  expect(await selected("istio-system", other)).toEqual(["Deployment a"]);
});

test("labels behind the containers, in JSON, in lists, under aliases, of pods and cron jobs", async () => {
  const behind = `kind: StatefulSet
metadata: {name: behind, namespace: shop}
spec:
  selector: {matchLabels: &labels {app: cart, track: stable}}
  template:
    spec:
      containers: []
    metadata: {labels: *labels}
`;
  const json = JSON.stringify({
    kind: "List",
    items: ["one", "two"].map((name) => ({
      kind: "Pod",
      metadata: { name, namespace: "shop", labels: { app: "cart", track: "stable" } },
      spec: { containers: [] },
    })),
  });
  const list = `kind: List
items:
- kind: Pod
  metadata: {name: three, namespace: shop, labels: {app: cart, track: stable}}
  spec:
    containers: []
- kind: CronJob
  metadata: {name: four, namespace: shop}
  spec: {jobTemplate: {spec: {template: {metadata: {labels: {"app": "cart", 'track': stable}}}}}}
`;
  expect(await selected("shop", behind, json, list)).toEqual([
    "StatefulSet behind",
    "Pod one",
    "Pod two",
    "Pod three",
    "CronJob four",
  ]);
});
