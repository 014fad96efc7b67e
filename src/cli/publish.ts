import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { dockerCredentials } from "../delivery/oci/docker-credentials.js";
import { LAYOUTS, type Layout } from "../delivery/oci/image.js";
import { parseImageReference } from "../delivery/oci/image-reference.js";
import { type Published, type PublishOptions, publishFolder } from "../delivery/publish/publish-folder.js";
import { type Mapped, publishInConfigMaps } from "../delivery/publish/publish-in-config-map.js";
import { publishOverHttp, type Served } from "../delivery/publish/publish-over-http.js";
import { InputError } from "../support/failure.js";

interface PublishFlags {
  readonly to: string;
  readonly layout: Layout;
  readonly only?: string;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly format: "text" | "json";
  readonly quiet?: boolean;
}

export function registerPublish(program: Command): void {
  program
    .command("publish")
    .description(
      "put the modules of a folder where Istio fetches them (a registry, a web server, a ConfigMap), and name them in its manifests",
    )
    .argument("<dir>", "folder that `moonshift migrate` wrote")
    .requiredOption(
      "--to <place>",
      "oci://REGISTRY/REPO[:TAG] (several modules: REPO/<id> each; no tag: the module's checksum); https://HOST/FOLDER, for modules that stand there; or configmap",
    )
    .addOption(
      new Option(
        "--layout <layout>",
        "artifact: as it is; compat: as a container image, for registries that take nothing else",
      )
        .choices(LAYOUTS)
        .default("artifact"),
    )
    .option("--only <id>", "only this filter")
    .option("--ca <file>", "certificates (PEM) to trust besides the usual ones")
    .option("--insecure", "accept plain http and any certificate, also from hosts other than this one")
    .addOption(new Option("--format <format>", "output format").choices(["text", "json"]).default("text"))
    .option("--quiet", "no progress")
    .action(async (dir: string, flags: PublishFlags) => {
      process.exitCode = await publish(dir, flags);
    });
}

async function publish(dir: string, flags: PublishFlags): Promise<number> {
  const say = (line: string): void => {
    if (!flags.quiet) process.stderr.write(`${line}\n`);
  };
  const only = flags.only === undefined ? {} : { only: flags.only };
  const access = { insecure: flags.insecure === true, ca: flags.ca === undefined ? [] : [readCertificates(flags.ca)] };
  const published = await put(dir, flags, { ...only, ...access, say });
  process.stdout.write(
    flags.format === "json" ? `${JSON.stringify(published, null, 2)}\n` : published.map(toLine).join(""),
  );
  return 0;
}

async function put(
  dir: string,
  { to, layout }: PublishFlags,
  options: Pick<PublishOptions, "only" | "insecure" | "ca" | "say">,
): Promise<readonly (Published | Served | Mapped)[]> {
  if (to === "configmap") return publishInConfigMaps(dir, options);
  if (/^https?:/i.test(to)) {
    if (!URL.canParse(to)) throw new InputError(`--to ${to} is no address`);
    const url = new URL(to);
    if (url.username !== "" || url.password !== "")
      throw new InputError("--to: the address holds a user or a password");
    return publishOverHttp(dir, { ...options, to: url });
  }
  const reference = parseImageReference(to);
  const credentials = await dockerCredentials(reference.registry);
  return publishFolder(dir, { ...options, to: reference, layout, credentials });
}

function readCertificates(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new InputError(`cannot be read: ${(error as NodeJS.ErrnoException).code ?? "?"}`, { file });
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) throw new InputError("holds no certificate in PEM", { file });
  return text;
}

function toLine(one: Published | Served | Mapped): string {
  const { id, url, digest } = one;
  if (!("sentBytes" in one)) return `${id}: ${url} (${digest})\n`;
  const what = one.sentBytes === 0 ? "was there already" : `${one.sentBytes} bytes sent`;
  const before = one.replaced === undefined ? "" : `; the tag named ${one.replaced} before`;
  return `${id}: ${url}@${digest} (${what}${before})\n`;
}
