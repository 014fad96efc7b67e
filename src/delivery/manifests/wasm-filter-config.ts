import type { LuaSite } from "../../manifest/lua-site.js";
import { checksum, type ModuleReference, pluginName } from "./manifest.js";

export const WASM_TYPE = "type.googleapis.com/envoy.extensions.filters.http.wasm.v3.Wasm";
const TYPED_STRUCT = "type.googleapis.com/udpa.type.v1.TypedStruct";

const FAILURE_POLICIES = { FAIL_OPEN: "FAIL_OPEN", FAIL_CLOSE: "FAIL_CLOSED", FAIL_RELOAD: "FAIL_RELOAD" } as const;

/**
 * `typed_config` of Envoy's Wasm filter. Where `allow_on_headers_stop_iteration` is needed it goes as a TypedStruct: istiod drops fields of a
 * typed message that it does not know yet without a word, and then requests would hang; an Envoy that does not know the field in
 * a TypedStruct refuses the configuration.
 */
export function wasmTypedConfig(site: LuaSite, module: ModuleReference): object {
  const config = { config: pluginConfig(site, module) };
  if (!module.needs.allowOnHeadersStopIteration) return { "@type": WASM_TYPE, ...config };
  return { "@type": TYPED_STRUCT, type_url: WASM_TYPE, value: config };
}

function pluginConfig(site: LuaSite, module: ModuleReference): object {
  const { needs, pluginConfig: configuration } = module;
  return {
    name: site.id,
    root_id: pluginName(site, module),
    failure_policy: FAILURE_POLICIES[module.failStrategy ?? "FAIL_OPEN"],
    ...(needs.allowOnHeadersStopIteration ? { allow_on_headers_stop_iteration: true } : {}),
    ...(configuration === undefined ? {} : { configuration: stringValue(configuration) }),
    vm_config: {
      vm_id: module.vmId ?? site.id,
      runtime: "envoy.wasm.runtime.v8",
      code: code(module),
      ...(needs.env.length === 0 ? {} : { environment_variables: { host_env_keys: [...needs.env] } }),
    },
  };
}

/** As Istio hands on a `pluginConfig`. */
function stringValue(configuration: Readonly<Record<string, unknown>>): object {
  return { "@type": "type.googleapis.com/google.protobuf.StringValue", value: JSON.stringify(configuration) };
}

function code(module: ModuleReference): object {
  if (module.url.startsWith("file://")) return { local: { filename: module.url.slice("file://".length) } };
  return {
    remote: {
      // The agent beside Envoy fetches; Envoy sees a local file and never uses the cluster.
      http_uri: { uri: module.url, timeout: "30s", cluster: "_" },
      // For an image without a digest: what the agent takes for "not given", where Envoy's message demands a value.
      sha256: checksum(module) ?? "nil",
    },
  };
}
