import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { type Audit, auditInputs } from "../../src/analyzer/audit-inputs.js";
import { connect } from "../../src/cluster/connect.js";
import { liveInputs } from "../../src/cluster/live-inputs.js";
import { readInputs } from "../../src/manifest/read-inputs.js";
import { ApiServer, until, whyNoApiServer } from "./api-server.js";
import { customResources } from "./custom-resources.js";

const SCHEMAS = join(import.meta.dirname, "../../../shared/schemas");
const why = whyNoApiServer() ?? (existsSync(SCHEMAS) ? undefined : `no ${SCHEMAS}: Istio's schemas`);
if (why !== undefined) console.warn(`the tests against a real Kubernetes API server are skipped: ${why}`);

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

describe.skipIf(why !== undefined)("a real Kubernetes API server", () => {
  let server: ApiServer;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "moonshift-applied-"));
    server = await ApiServer.start();
    const resources = customResources(SCHEMAS);
    for (const { definition } of resources)
      await server.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
    for (const { path } of resources) await until(() => server.isServed(path));
    for (const manifest of manifests()) await apply(server, manifest);
  }, 300_000);

  afterAll(() => {
    vi.unstubAllEnvs();
    server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The examples, a script in a ConfigMap, and a deployment that the examples' selectors hit; also written as files. */
  function manifests(): readonly Manifest[] {
    const examples = join(import.meta.dirname, "../../examples");
    const texts = readdirSync(examples, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => readFileSync(join(examples, name, "envoyfilter.yaml"), "utf8"));
    texts.push(readFileSync(join(import.meta.dirname, "applied.yaml"), "utf8"));
    return texts.flatMap((text, number) => {
      writeFileSync(join(folder, `${number}.yaml`), text);
      return parseAllDocuments(text, { version: "1.1" }).map((document) => document.toJS() as Manifest);
    });
  }

  async function live(token: Parameters<ApiServer["kubeconfig"]>[0], namespace?: string): Promise<Audit> {
    vi.stubEnv("KUBECONFIG", server.kubeconfig(token, namespace));
    return auditInputs(liveInputs(await connect("real")));
  }

  test("gives the findings of the files that were applied to it", async () => {
    const applied = await auditInputs(readInputs([folder]));
    const found = await live("admin-token");
    expect(found.problems).toEqual([]);
    expect(verdicts(found)).toEqual(verdicts(applied));
    expect(found.assessments.length).toBeGreaterThan(8);
  });

  test("names the workloads that a selector hits", async () => {
    const { assessments } = await live("admin-token");
    const cart = assessments.find(({ site }) => site.source.name === "cart-tag");
    expect(cart?.site.filter.workloads).toEqual([{ kind: "Deployment", namespace: "shop", name: "cart" }]);
  });

  test("reads what a guest may read, and says what it could not", async () => {
    await server.create("/apis/rbac.authorization.k8s.io/v1/namespaces/pay/roles", {
      metadata: { name: "reader" },
      rules: [{ apiGroups: ["extensions.istio.io"], resources: ["trafficextensions"], verbs: ["list"] }],
    });
    await server.create("/apis/rbac.authorization.k8s.io/v1/namespaces/pay/rolebindings", {
      metadata: { name: "reader" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "reader" },
      subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "guest" }],
    });
    const found = await live("guest-token", "pay");
    expect(found.assessments.map(({ site }) => site.source.name)).toEqual(["pay-tag"]);
    expect(found.problems).toEqual([]);
    expect(found.notes.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "you may not list ConfigMap resources; Lua in them is not looked at",
        expect.stringMatching(/^the cluster has no .*Module/),
      ]),
    );
  });

  test("is read from inside, with the service account of the pod", async () => {
    const root = await server.serviceAccount("pay", "auditor");
    await server.create("/apis/rbac.authorization.k8s.io/v1/clusterroles", {
      metadata: { name: "auditor" },
      rules: [{ apiGroups: ["networking.istio.io", "extensions.istio.io"], resources: ["*"], verbs: ["list"] }],
    });
    await server.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
      metadata: { name: "auditor" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "auditor" },
      subjects: [{ kind: "ServiceAccount", namespace: "pay", name: "auditor" }],
    });
    vi.stubEnv("KUBECONFIG", "");
    vi.stubEnv("HOME", folder);
    vi.stubEnv("KUBERNETES_SERVICE_HOST", "127.0.0.1");
    vi.stubEnv("KUBERNETES_SERVICE_PORT", new URL(server.url).port);
    const cluster = await connect(undefined, root);
    expect([cluster.context, cluster.namespace]).toEqual(["inClusterContext", "pay"]);
    const inside = await auditInputs(liveInputs(cluster));
    vi.unstubAllEnvs();
    const istios = (await live("admin-token")).assessments.filter(({ site }) => site.source.kind !== "ConfigMap");
    const idsOf = (audit: Pick<Audit, "assessments">) => audit.assessments.map(({ site }) => site.id).toSorted();
    expect(inside.problems).toEqual([]);
    expect(idsOf(inside)).toEqual(idsOf({ assessments: istios }));
    expect(inside.assessments.length).toBeGreaterThan(5);
    // Nothing here belongs to a pod: without the files there is no cluster to be read.
    vi.stubEnv("KUBECONFIG", "");
    vi.stubEnv("HOME", folder);
    await expect(connect(undefined, folder)).rejects.toThrow(/no kubeconfig and not inside a cluster/);
    vi.unstubAllEnvs();
  });

  test("does not take a token that it does not know", async () => {
    await expect(live("no-such-token")).rejects.toThrow(/does not accept the kubeconfig's credentials \(401\)$/);
  });
});

/** Everything that is said of a script but for line numbers, which the server's copy has others of. */
function verdicts({ assessments }: Audit): readonly string[] {
  return assessments
    .map(({ site, judgement, findings }) =>
      JSON.stringify([
        [site.source.kind, site.source.namespace, site.source.name, site.source.path, site.text],
        judgement.verdict,
        findings.map(({ ruleId, level, message, fingerprint }) => [
          ruleId,
          level,
          message.replace(/line \d+/g, "line N"),
          fingerprint,
        ]),
      ]),
    )
    .toSorted();
}

const PATHS: Readonly<Record<string, string>> = {
  EnvoyFilter: "envoyfilters",
  TrafficExtension: "trafficextensions",
  ConfigMap: "configmaps",
  Deployment: "deployments",
};

async function apply(server: ApiServer, manifest: Manifest): Promise<void> {
  const { apiVersion, kind, metadata } = manifest;
  const { namespace = "default" } = metadata;
  await server.create("/api/v1/namespaces", { metadata: { name: namespace } });
  const plural = PATHS[kind];
  if (plural === undefined) throw new Error(`no path for ${kind} ${metadata.name}`);
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  await server.create(`${root}/namespaces/${namespace}/${plural}`, manifest);
}
