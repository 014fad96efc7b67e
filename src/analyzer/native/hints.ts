import { constantArgument, headerWrites, type NativeRule } from "./native-rule.js";

/** What a script's calls remind of: never certain. */
export const hints: NativeRule = (subject) => {
  const { facts } = subject;
  const verifies = facts.methodCalls.find(({ name }) => name === "verifySignature" || name === "importPublicKey");
  if (verifies)
    return {
      may: "RequestAuthentication with an AuthorizationPolicy (Envoy's jwt_authn)",
      because: "it verifies signatures, which are those of a JWT or of something else",
      range: verifies.node.range,
    };
  const library = facts.libraryCalls.find(
    ({ name, arguments: args }) => name === "require" && /zlib|gzip|brotli|zstd/i.test(String(args[0]?.value.constant)),
  );
  if (library)
    return { may: "Envoy's compressor filter", because: "it loads a compression library", range: library.node.range };
  for (const call of headerWrites(subject)) {
    const header = constantArgument(call, 0)?.toLowerCase() ?? "";
    const { range } = call.node;
    if (call.object.direction !== "request" || call.name === "remove") continue;
    if (/^(:path|:authority|host)$/.test(header))
      return {
        may: "VirtualService rewrite",
        because: `it writes \`${header}\`; a rewrite comes after the route is chosen, the script's before`,
        range,
      };
    if (header === "x-request-id")
      return { may: "Envoy's own request ids", because: "it writes `x-request-id`, which Envoy does by itself", range };
  }
  return undefined;
};
