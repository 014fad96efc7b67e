import { readFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { compileProgram } from "../../src/codegen/compile.js";
import { generate } from "../../src/codegen/generate.js";
import { chooseLocalEnvoy } from "../../src/harness/choose-envoy.js";
import { renderFilterArms } from "../../src/harness/filter-arms.js";
import { packageRoot } from "../../src/support/package-root.js";

const FOLDER = join(packageRoot(), "test/runtime/certificates");
const pem = (name: string): string => readFileSync(join(FOLDER, name), "utf8");

// The local certificate has one name of each kind: the module sees the first only (announced).
const SCRIPT = `
local function names(list) return #list .. ":" .. table.concat(list, "|") end

function envoy_on_request(handle)
  local ssl = handle:streamInfo():downstreamSslConnection()
  handle:logErr(handle:streamInfo():requestedServerName() .. " " .. ssl:tlsVersion())
  handle:logErr(tostring(ssl:peerCertificatePresented()) .. tostring(ssl:peerCertificateValidated()))
  handle:logErr(names(ssl:uriSanLocalCertificate()) .. " " .. names(ssl:dnsSansLocalCertificate()))
  handle:logErr(names(ssl:uriSanPeerCertificate()) .. " " .. names(ssl:dnsSansPeerCertificate()))
  handle:logErr(ssl:subjectPeerCertificate() .. " / " .. ssl:subjectLocalCertificate())
  handle:logErr(ssl:issuerPeerCertificate())
  handle:logErr(ssl:sha256PeerCertificateDigest() .. " " .. ssl:serialNumberPeerCertificate())
  handle:logErr(names(ssl:oidsPeerCertificate()))
  handle:logErr(ssl:validFromPeerCertificate() .. " " .. ssl:expirationPeerCertificate())
  handle:logErr(ssl:urlEncodedPemEncodedPeerCertificate())
  local parsed = ssl:parsedSubjectPeerCertificate()
  if parsed then
    handle:logErr(parsed:commonName() .. " " .. names(parsed:organizationName()))
  else
    handle:logErr("no subject")
  end
  handle:logErr(tostring(handle:connection():ssl() == nil))
end`;

test("what a script sees of a TLS connection", async () => {
  const { bytes } = await compileProgram(generate(SCRIPT));
  const { bootstrap, files } = renderFilterArms(
    [
      { name: "lua", lua: { text: SCRIPT } },
      { name: "wasm", wasm: { bytes, allowOnHeadersStopIteration: false } },
    ],
    [],
  );
  const launcher = await chooseLocalEnvoy(console.error);
  await using envoy = await launcher.start(withTls(bootstrap), {
    files: { ...files, "server.pem": pem("server.pem"), "server.key": pem("server.key"), "ca.pem": pem("ca.pem") },
    logLevels: { lua: "warning", wasm: "warning" },
  });
  const observe = async (arm: string, client: https.RequestOptions): Promise<readonly string[]> => {
    const from = envoy.logs.length;
    await request(envoy.port(arm), client);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const lines = envoy.logs.slice(from).filter(({ logger }) => logger === "lua" || logger === "wasm");
    return lines.map(({ message }) => message.replace(/^script log: /, "").replace(/^wasm log [^:]*: /, ""));
  };
  const known = { cert: pem("client.pem"), key: pem("client.key") };
  const seen = await observe("lua", known);
  expect(seen).toHaveLength(12);
  expect(await observe("wasm", known)).toEqual(seen);
  expect(await observe("wasm", {})).toEqual(await observe("lua", {}));
});

/** Every listener of the bootstrap, over TLS with a client certificate if the client has one. */
function withTls(bootstrap: string): string {
  const config = parse(bootstrap);
  for (const listener of config.static_resources.listeners) {
    listener.filter_chains[0].transport_socket = {
      name: "envoy.transport_sockets.tls",
      typed_config: {
        "@type": "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        common_tls_context: {
          tls_certificates: [
            { certificate_chain: { filename: "server.pem" }, private_key: { filename: "server.key" } },
          ],
          validation_context: { trusted_ca: { filename: "ca.pem" } },
        },
      },
    };
    listener.listener_filters = [
      {
        name: "envoy.filters.listener.tls_inspector",
        typed_config: {
          "@type": "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector",
        },
      },
    ];
  }
  return stringify(config);
}

function request(port: number, client: https.RequestOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      servername: "server.example",
      ca: pem("ca.pem"),
      agent: false,
      ...client,
    };
    https.get(options, (response) => response.resume().on("end", resolve)).on("error", reject);
  });
}
