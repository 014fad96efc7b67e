/**
 * Measures `moonshift audit` on repositories of 2,500, 5,000 and 10,000 files of two documents (see `many-manifests.ts`): processor time, wall time,
 * the most memory. Ends with 1 when the largest takes more than is promised, or the time grows faster than the files.
 *
 *     npm run bench:audit [FOLDER with .lua files to take the scripts from, default: the examples]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../src/support/package-root.js";

const PROMISED = { wallSeconds: 15, megabytes: 600 };
/** Four times the files may take five times as long. */
const LINEAR = 1.25;
const SIZES = [2_500, 5_000, 10_000] as const;

interface Measured {
  readonly files: number;
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly megabytes: number;
}

const AT_EXIT = 'process.on("exit",()=>process.stderr.write("\\n"+JSON.stringify(process.resourceUsage())))';

function measure(folder: string, files: number): Measured {
  const main = join(packageRoot(), "dist/main.js");
  const flags = ["--format", "json", "--output", join(folder, "report"), "--fail-on", "none", "--quiet"];
  const started = performance.now();
  const { stderr, status } = spawnSync(
    process.execPath,
    ["--import", `data:text/javascript,${encodeURIComponent(AT_EXIT)}`, main, "audit", join(folder, "in"), ...flags],
    { encoding: "utf8" },
  );
  const wallSeconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`audit ended with ${status}: ${stderr}`);
  const usage = JSON.parse(stderr.trim().split("\n").at(-1) ?? "") as NodeJS.ResourceUsage;
  const cpuSeconds = (usage.userCPUTime + usage.systemCPUTime) / 1e6;
  return { files, cpuSeconds, wallSeconds, megabytes: usage.maxRSS / 1024 };
}

function measureAt(files: number, scripts: readonly string[]): Measured {
  const folder = mkdtempSync(join(tmpdir(), "moonshift-audit-bench-"));
  try {
    const generator = join(import.meta.dirname, "many-manifests.js");
    const made = spawnSync(process.execPath, [generator, join(folder, "in"), String(files), ...scripts]);
    if (made.status !== 0) throw new Error(made.stderr.toString());
    return measure(folder, files);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [load = 0] = loadavg();
console.log(`${availableParallelism()} cores, load ${load.toFixed(1)} before; no script twice`);
const results = SIZES.map((files) => {
  const result = measureAt(files, process.argv.slice(2, 3));
  const { cpuSeconds, wallSeconds, megabytes } = result;
  console.log(
    `${files} files: ${wallSeconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of processor time, ${megabytes.toFixed(0)} MB`,
  );
  return result;
});
const [smallest, largest] = [results[0], results.at(-1)];
if (!smallest || !largest) throw new Error("nothing was measured");
const growth = largest.cpuSeconds / smallest.cpuSeconds / (largest.files / smallest.files);
console.log(`time per file at the largest over that at the smallest: ${growth.toFixed(2)}`);
const kept = largest.wallSeconds <= PROMISED.wallSeconds && largest.megabytes <= PROMISED.megabytes && growth <= LINEAR;
console.log(kept ? "as promised" : `promised: ${PROMISED.wallSeconds} s, ${PROMISED.megabytes} MB, linear`);
process.exitCode = kept ? 0 : 1;
