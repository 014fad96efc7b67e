import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { dockerAnswers } from "../../src/harness/docker-engine.js";
import { renderFilterArms } from "../../src/harness/filter-arms.js";
import { packageRoot } from "../../src/support/package-root.js";

/** The compiled library: a process of its own cannot run TypeScript. `npm test` builds it first. */
const library = join(packageRoot(), "dist/index.js");
const hasDocker = await dockerAnswers();

/** Starts an Envoy, tells where it is, and waits for ever. */
const program = (which: string): string => `
  const { chooseEnvoy } = await import(${JSON.stringify(pathToFileURL(library).href)});
  const launcher = await chooseEnvoy({ envoy: ${JSON.stringify(which)} }, () => {});
  const envoy = await launcher.start(${JSON.stringify(renderFilterArms([{ name: "none" }], []).bootstrap)});
  console.log(JSON.stringify({ pid: envoy.pid, container: envoy.container }));
  setInterval(() => {}, 1000);
`;

async function startInProcess(
  which: string,
  folder = tmpdir(),
): Promise<{ child: ChildProcess; pid: number; container?: string }> {
  const child = spawn(process.execPath, ["--input-type=module", "-e", program(which)], {
    detached: true,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(child.stdout as Readable, "data")) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as { pid: number; container?: string }) };
}

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

describe.skipIf(!existsSync(library))("when the process ends without stopping its Envoy", () => {
  test.each([
    ["Ctrl-C", "SIGINT", true],
    ["a termination", "SIGTERM", false],
    ["a kill", "SIGKILL", false],
  ] as const)("%s leaves no Envoy and no folder", async (_, signal, wholeGroup) => {
    const folder = mkdtempSync(join(tmpdir(), "moonshift-test-"));
    const { child, pid } = await startInProcess("local", folder);
    expect(isAlive(pid)).toBe(true);
    expect(readdirSync(folder)).toHaveLength(1);
    process.kill(wholeGroup ? -child.pid! : child.pid!, signal);
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
    await expect.poll(() => readdirSync(folder), { timeout: 5_000 }).toEqual([]);
    rmdirSync(folder);
  });

  test.skipIf(!hasDocker)("Ctrl-C leaves no container", { timeout: 120_000 }, async () => {
    const { child, container } = await startInProcess("docker");
    process.kill(-child.pid!, "SIGINT");
    const left = (): string =>
      execFileSync("docker", ["ps", "-aq", "--no-trunc", "--filter", `id=${container}`]).toString();
    await expect.poll(left, { timeout: 10_000 }).toBe("");
  });
});
