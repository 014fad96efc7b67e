import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { dockerCredentials } from "../delivery/oci/docker-credentials.js";
import { LAYOUTS, type Layout } from "../delivery/oci/image.js";
import { parseImageReference } from "../delivery/oci/image-reference.js";
import { type Published, publishFolder } from "../delivery/publish/publish-folder.js";
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
    .description("push the modules of a folder to a registry, as Istio fetches them, and name them in its manifests")
    .argument("<dir>", "folder that `moonshift migrate` wrote")
    .requiredOption(
      "--to <image>",
      "oci://REGISTRY/REPO[:TAG]; a folder with several modules gives REPO/<id> each; no tag: the module's checksum",
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
  const to = parseImageReference(flags.to);
  const published = await publishFolder(dir, {
    to,
    layout: flags.layout,
    ...(flags.only === undefined ? {} : { only: flags.only }),
    credentials: await dockerCredentials(to.registry),
    insecure: flags.insecure === true,
    ca: flags.ca === undefined ? [] : [readCertificates(flags.ca)],
    say,
  });
  process.stdout.write(
    flags.format === "json" ? `${JSON.stringify(published, null, 2)}\n` : published.map(toLine).join(""),
  );
  return 0;
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

function toLine({ id, url, digest, sentBytes, replaced }: Published): string {
  const what = sentBytes === 0 ? "was there already" : `${sentBytes} bytes sent`;
  const before = replaced === undefined ? "" : `; the tag named ${replaced} before`;
  return `${id}: ${url}@${digest} (${what}${before})\n`;
}
