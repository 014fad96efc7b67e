import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { envoyApi, findMethod } from "../../src/envoy/index.js";
import { printDocs } from "../../src/envoy/print-docs.js";
import { packageRoot } from "../../src/support/package-root.js";

const REFERENCE = join(packageRoot(), "../shared/reference/envoy-lua-api.md");

/** The methods that the reference lists, as `object.name`, in section 3. */
function referenceMethods(): readonly string[] {
  const methods: string[] = [];
  let object = "";
  for (const line of readFileSync(REFERENCE, "utf8").split("\n")) {
    const heading = /^### (.+?) \(\d+\)$/.exec(line);
    if (heading) object = NAMES[heading[1]!] ?? heading[1]!;
    const row = /^\| `(\w+)` \|/.exec(line);
    if (row && object !== "") methods.push(`${object}.${row[1]}`);
  }
  return methods;
}

const NAMES: Readonly<Record<string, string>> = { handle: "Handle", HeaderMap: "Headers" };

describe("the Envoy Lua API table", () => {
  test.skipIf(!existsSync(REFERENCE))("has exactly the methods of the reference", () => {
    expect(envoyApi.map(({ object, name }) => `${object}.${name}`).sort()).toEqual([...referenceMethods()].sort());
  });

  test("has 105 methods, each once", () => {
    expect(new Set(envoyApi.map(({ object, name }) => `${object}.${name}`)).size).toBe(105);
    expect(envoyApi).toHaveLength(105);
  });

  test("finds the log functions on every object", () => {
    expect(findMethod("Buffer", "logInfo")?.guest).toBe("Userdata.logInfo");
    expect(findMethod("Buffer", "headers")).toBeUndefined();
  });

  test.each(envoyApi.filter(({ guest }) => guest !== undefined))(
    "$object.$name has its guest method",
    ({ object, guest }) => {
      const [cls, method] = guest!.split(".") as [string, string];
      expect(guestMethods(object === "every object" ? "EnvoyObject" : cls)).toContain(method);
    },
  );

  test("documents every row", () => {
    const docs = printDocs(envoyApi);
    expect(docs.split("\n").filter((line) => /^\| `/.test(line))).toHaveLength(105);
    expect(docs).toContain("All 105 methods");
    expect(docs).toContain("| `getBytes(index, length): string` | 1.5 | exact |");
  });
});

/** Names of the methods of an AssemblyScript class in `src/runtime/envoy`. */
function guestMethods(cls: string): readonly string[] {
  const folder = join(packageRoot(), "src/runtime/envoy");
  for (const name of GUEST_FILES) {
    const path = join(folder, `${name}.ts`);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const body = new RegExp(`export class ${cls} extends \\w+ \\{\\n([\\s\\S]*?)\\n\\}`).exec(text);
    if (body) return [...body[1]!.matchAll(/^ {2}(\w+)(?:<[^>]*>)?\(/gm)].map((match) => match[1]!);
  }
  return [];
}

const GUEST_FILES = [
  ...[
    "object",
    "handle",
    "headers",
    "buffer",
    "metadata",
    "stream-info",
    "dynamic-metadata",
    "filter-state",
    "connection",
  ],
  ...[
    "ssl-connection",
    "parsed-name",
    "public-key",
    "virtual-host",
    "route",
    "stats-scope",
    "counter",
    "gauge",
    "histogram",
  ],
];
