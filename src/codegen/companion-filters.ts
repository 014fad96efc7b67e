import type { CarriedValue, Companion } from "../analyzer/companion.js";

/** An HTTP filter as Envoy's JSON has it. */
interface HttpFilter {
  readonly name: string;
  readonly typed_config: Readonly<Record<string, unknown>>;
}

/** Filters that stand right before and right behind the Wasm filter, in the order of the chain. */
export interface CompanionFilters {
  readonly before: readonly HttpFilter[];
  readonly behind: readonly HttpFilter[];
}

/** What the module is configured with where its companion filters stand beside it. */
export const PUBLISHES = { publishDynamicMetadata: true } as const;

/**
 * Requests pass from top to bottom, responses from bottom to top:
 *
 *     NAME-metadata-guard       header_mutation      takes off private headers that a client sends
 *     NAME-response-metadata    header_to_metadata   private response headers → dynamic metadata
 *     NAME                      wasm
 *     NAME-request-metadata     header_to_metadata   private request headers → dynamic metadata
 *     NAME-upstream-guard       header_mutation      takes off private headers that an upstream sends
 *
 * The guards also stand where the Wasm filter is switched off or has failed: nobody outside may write metadata.
 * @param name of the Wasm filter
 */
export function companionFilters(name: string, { values, onRequest, onResponse }: Companion): CompanionFilters {
  const before = [
    ...(onRequest ? [guard(`${name}-metadata-guard`, "request_mutations", values)] : []),
    ...(onResponse ? [toMetadata(`${name}-response-metadata`, "response_rules", values)] : []),
  ];
  const behind = [
    ...(onRequest ? [toMetadata(`${name}-request-metadata`, "request_rules", values)] : []),
    ...(onResponse ? [guard(`${name}-upstream-guard`, "response_mutations", values)] : []),
  ];
  return { before, behind };
}

function guard(name: string, mutations: string, values: readonly CarriedValue[]): HttpFilter {
  return {
    name,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.header_mutation.v3.HeaderMutation",
      mutations: { [mutations]: values.map(({ header }) => ({ remove: header })) },
    },
  };
}

/** Each header holds one value, as base64 of a serialized google.protobuf.Value: of any type, tables included. */
function toMetadata(name: string, rules: string, values: readonly CarriedValue[]): HttpFilter {
  return {
    name,
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.header_to_metadata.v3.Config",
      [rules]: values.map(({ header, namespace, key }) => ({
        header,
        on_header_present: { metadata_namespace: namespace, key, type: "PROTOBUF_VALUE", encode: "BASE64" },
        remove: true,
      })),
    },
  };
}
