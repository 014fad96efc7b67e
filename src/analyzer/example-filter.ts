import { type Example, yaml } from "./define-rule.js";

/** An EnvoyFilter of an example in which nothing but the filter itself matters: it stands where most do, in front of the router of one workload. */
export function filterInChain(parts: TemplateStringsArray): Example {
  const { text } = yaml(parts);
  const value = text.replace(/^(?=.)/gm, "        ");
  return { language: "yaml", text: `${CHAIN.text}${value}` };
}

const CHAIN = yaml`
  apiVersion: networking.istio.io/v1alpha3
  kind: EnvoyFilter
  metadata:
    name: tag
    namespace: shop
  spec:
    workloadSelector:
      labels:
        app: cart
    configPatches:
    - applyTo: HTTP_FILTER
      match:
        context: SIDECAR_INBOUND
        listener:
          filterChain:
            filter:
              name: envoy.filters.network.http_connection_manager
              subFilter:
                name: envoy.filters.http.router
      patch:
        operation: INSERT_BEFORE
        value:
`;

/** One with which nothing is wrong. */
export const plainFilter = filterInChain`
  name: envoy.filters.http.lua
  typed_config:
    "@type": type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua
    default_source_code:
      inline_string: |
        function envoy_on_request(handle)
          handle:headers():replace("x-seen", handle:streamInfo():protocol())
        end
`;
