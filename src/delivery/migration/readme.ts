import { readFileSync } from "node:fs";
import { join } from "node:path";
import Handlebars from "handlebars";
import type { LocatedObstacle } from "../../analyzer/assessment.js";
import { packageRoot } from "../../support/package-root.js";
import { verdict } from "./folder-files.js";
import type { ManifestFiles } from "./manifest-files.js";
import type { MigratedSite } from "./migrated-filter.js";
import { rollout } from "./rollout.js";

/** The README.md of a filter's folder. */
export function readme(migrated: MigratedSite, manifests: ManifestFiles): string {
  const { site, module } = migrated;
  const told = verdict(migrated, manifests);
  return template()({
    id: site.id,
    compiled: module !== undefined,
    bundled: migrated.bundle !== undefined,
    file: site.source.file,
    line: site.source.line,
    verdict: told.verdict,
    sizeBytes: module?.sizeBytes,
    sha256: module?.sha256,
    deviations: told.deviations.map(describe),
    limits: told.limits,
    reasons: told.reasons.map(describe),
    minEnvoy: told.needs.minEnvoy,
    minIstio: told.needs.minIstio,
    holdsHeaders: told.needs.allowOnHeadersStopIteration,
    manifests: [...manifests.files.keys()],
    notes: manifests.notes,
    missing: manifests.missing,
    ...(module === undefined ? {} : { rollout: rollout(migrated, manifests).trimEnd() }),
  });
}

function describe({ message, wayOut, locations }: LocatedObstacle) {
  const where = locations.map((at) => `line ${at.startLine}`);
  const shown = where.length > 4 ? `${where.slice(0, 4).join(", ")} and ${where.length - 4} more` : where.join(", ");
  return { message, where: shown, ...(wayOut && { wayOut }) };
}

function template(): Handlebars.TemplateDelegate {
  const path = join(packageRoot(), "src", "delivery", "migration", "templates", "readme.md.hbs");
  return Handlebars.compile(readFileSync(path, "utf8"), { noEscape: true });
}
