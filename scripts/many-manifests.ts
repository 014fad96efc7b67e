/**
 * Writes a repository of manifests as large as a big company's, to measure `moonshift audit` on: two documents a file (deployments, services,
 * routes, ConfigMaps), one in ten with Lua (of the examples, or the `.lua` files of a folder), no script twice. The same arguments give the same files.
 *
 *     node .cache/scripts/scripts/many-manifests.js FOLDER [files, default 10000] [folder with .lua files]
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../src/support/package-root.js";

const [folder, count = "10000", scripts] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: many-manifests FOLDER [files]");

const examples = join(packageRoot(), "examples");
const filters =
  scripts === undefined
    ? readdirSync(examples, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => readFileSync(join(examples, name, "envoyfilter.yaml"), "utf8").trimEnd())
    : readdirSync(scripts)
        .filter((name) => name.endsWith(".lua"))
        .map((name) => wrapped(readFileSync(join(scripts, name), "utf8")));

for (let number = 0; number < Number(count); number++) {
  const team = `team-${String(number % 40).padStart(2, "0")}`;
  mkdirSync(join(folder, team), { recursive: true });
  const documents = [workload(number, team), number % 5 === 0 ? filter(number, team) : companion(number, team)];
  writeFileSync(join(folder, team, `app-${number}.yaml`), documents.join("\n---\n"));
}

function filter(number: number, team: string): string {
  const text = filters[(number / 5) % filters.length] ?? "";
  return text
    .replace("-- of no app", `-- of app-${number}`)
    .replace(/^( {2}name: ).*$/m, `$1lua-${number}`)
    .replace(/^( {2}namespace: ).*$/m, `$1${team}`)
    .replace(/^( {4}labels:\n) {6}.*$/m, `$1      app: app-${number}`)
    .replace(/^( +)(?=function envoy_on_)/m, `$1-- of app-${number}\n$1local APP_${number} = "app-${number}"\n$1`);
}

/** A script in the shortest EnvoyFilter that has all that `filter` changes. */
function wrapped(script: string): string {
  const lines = script.trimEnd().replaceAll("\t", "  ").split("\n");
  return `apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: lua
  namespace: team
spec:
  workloadSelector:
    labels:
      app: lua
  configPatches:
  - applyTo: HTTP_FILTER
    match:
      context: SIDECAR_INBOUND
    patch:
      operation: INSERT_BEFORE
      value:
        name: envoy.filters.http.lua
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
          default_source_code:
            inline_string: |2
              -- of no app
${lines.map((line) => (line.trim() === "" ? "" : `              ${line}`)).join("\n")}`;
}

function workload(number: number, team: string): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: app-${number}
  namespace: ${team}
  labels: &labels
    app: app-${number}
    team: ${team}
spec:
  replicas: ${(number % 7) + 1}
  selector:
    matchLabels:
      app: app-${number}
  template:
    metadata:
      labels: *labels
      annotations:
        prometheus.io/scrape: "true"
        checksum/config: "${(number * 2654435761) % 4294967296}"
    spec:
      serviceAccountName: app-${number}
      containers:
      - name: main
        image: registry.example.com/${team}/app-${number}:1.${number % 30}.0
        args: ["--listen=:8080", "--log-level=info", "--feature=${number % 5 === 1 ? "evaluation" : "none"}"]
        env:
${Array.from({ length: 12 }, (_, i) => `        - name: SETTING_${i}\n          value: "${(number * 31 + i) % 1000}"`).join("\n")}
        ports:
        - containerPort: 8080
          name: http
        resources:
          requests: {cpu: 100m, memory: 128Mi}
          limits: {memory: 256Mi}
        readinessProbe:
          httpGet: {path: /healthz, port: http}
          periodSeconds: 5
        volumeMounts:
        - name: config
          mountPath: /etc/app
      volumes:
      - name: config
        configMap:
          name: app-${number}
`;
}

function companion(number: number, team: string): string {
  if (number % 5 === 1) {
    return `apiVersion: v1
kind: ConfigMap
metadata:
  name: app-${number}
  namespace: ${team}
data:
  app.yaml: |
    server:
      port: 8080
      # the lua of old was rewritten, see CHANGELOG
      timeouts: {read: 5s, write: 10s}
    features:
${Array.from({ length: 40 }, (_, i) => `      feature-${i}: ${(number + i) % 2 === 0}`).join("\n")}
`;
  }
  if (number % 5 === 2) {
    return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: app-${number}
  namespace: ${team}
spec:
  hosts: ["app-${number}.example.com"]
  http:
${Array.from({ length: 6 }, (_, i) => `  - match:\n    - uri: {prefix: /v${i}/}\n    route:\n    - destination: {host: app-${number}-v${i}, port: {number: 8080}}`).join("\n")}
`;
  }
  return `apiVersion: v1
kind: Service
metadata:
  name: app-${number}
  namespace: ${team}
spec:
  selector:
    app: app-${number}
  ports:
  - name: http
    port: 80
    targetPort: http
`;
}
