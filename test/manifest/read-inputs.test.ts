import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { collectSites } from "../../src/manifest/collect-sites.js";
import { type ReadOptions, readInputs } from "../../src/manifest/read-inputs.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moonshift-inputs-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** `name` of each file read and `name: problem` of each that was not, the temporary folder left out. */
async function outcome(paths: readonly string[], options?: ReadOptions): Promise<string[]> {
  const seen: string[] = [];
  for await (const input of readInputs(paths, options)) {
    if (input.type === "file") seen.push(input.file);
    else {
      const { file, line, column, message } = input.problem;
      seen.push(`${[file, line, column].filter((part) => part !== undefined).join(":")}: ${message}`);
    }
  }
  return seen.map((line) => line.replaceAll(`${folder}/`, ""));
}

describe("readInputs", () => {
  it("searches directories by name, without dot files, node_modules, other endings and linked directories", async () => {
    for (const name of [
      "b/2.yml",
      "b/1.YAML",
      "a.json",
      "c.lua",
      "d.txt",
      ".git/x.yaml",
      ".hidden.yaml",
      "node_modules/p/y.yaml",
    ])
      write(name, "");
    symlinkSync(folder, join(folder, "b", "loop"));
    symlinkSync(join(folder, "c.lua"), join(folder, "e.lua"));
    expect(await outcome([folder])).toEqual(["a.json", "b/1.YAML", "b/2.yml", "c.lua", "e.lua"]);
  });

  it("reads a file once, whatever its ending", async () => {
    const path = write("manifest.tpl", "a: 1");
    expect(await outcome([path, join(folder, ".", "manifest.tpl"), path])).toEqual(["manifest.tpl"]);
  });

  it("names what cannot be read, and reads the others", async () => {
    const paths = [
      join(folder, "missing.yaml"),
      write("binary.yaml", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1])),
      write("latin1.lua", Buffer.from("-- fine\nlocal s = '\xe9'\n", "latin1")),
      write("large.yaml", "x".repeat(101)),
      "/dev/zero",
      write("good.yaml", "a: 1"),
    ];
    symlinkSync("nowhere", join(folder, "dangling.yaml"));
    expect(await outcome([...paths, join(folder, "dangling.yaml")], { maxBytes: 100 })).toEqual([
      "missing.yaml: no such file or directory",
      "binary.yaml: a binary file",
      "latin1.lua:2:12: not UTF-8 (byte 0xe9)",
      "large.yaml: larger than 100 bytes; split it",
      "/dev/zero: not a file",
      "good.yaml",
      "dangling.yaml: no such file or directory",
    ]);
  });

  it("points at the first byte that is not UTF-8, also after characters of several bytes", async () => {
    const text = "é😀\n日本";
    for (const bad of [[0xff], [0xc3], [0xe6, 0x97], [0xf0, 0x9f, 0x98]]) {
      const path = write("bad.yaml", Buffer.concat([Buffer.from(text), Buffer.from(bad), Buffer.from("\nlonger")]));
      expect(await outcome([path])).toEqual([`bad.yaml:2:3: not UTF-8 (byte 0x${bad[0]!.toString(16)})`]);
    }
  });

  it("reads standard input, once, within the limit", async () => {
    const stdin = async function* () {
      yield Buffer.from("a: ");
      yield "1";
    };
    const texts: string[] = [];
    for await (const input of readInputs(["-", "-"], { stdin: stdin() }))
      texts.push(input.type === "file" ? input.text : "");
    expect(texts).toEqual(["a: 1"]);
    expect(await outcome(["-"], { stdin: stdin(), maxBytes: 3 })).toEqual(["<stdin>: larger than 3 bytes; split it"]);
  });

  it("reads UTF-16 with a byte order mark", async () => {
    const path = write("wide.yaml", Buffer.from("\uFEFFa: é", "utf16le"));
    for await (const input of readInputs([path])) expect(input).toMatchObject({ type: "file", text: "a: é" });
  });
});

describe("collectSites", () => {
  const filter = (name: string) =>
    `kind: EnvoyFilter\nmetadata: {name: ${name}}\nspec: {configPatches: [{patch: {value: {name: lua, config: {inlineCode: function envoy_on_request(h) end}}}}]}\n`;

  it("gives ids that are unique over the run, also against names that look like numbered ones", async () => {
    write("1.yaml", filter("a"));
    write("2.yaml", `${filter("a.2")}---\n${filter("A")}---\n${filter("a")}`);
    write("a.lua", "return 1");
    const { sites } = await collectSites([folder]);
    const ids = sites.map(({ id }) => id);
    expect(ids).toEqual(["default.a", "default.a.2", "default.A.3", "default.a.4", "default.a.5"]);
  });

  it("brings a policy and the ConfigMap of another file together", async () => {
    const policy = (name: string) =>
      `apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyExtensionPolicy\nmetadata: {name: p, namespace: edge}\nspec:\n  targetRefs: [{kind: Gateway, name: g}]\n  lua: [{type: ValueRef, valueRef: {kind: ConfigMap, name: ${name}}, filterContext: {k: v}}]\n`;
    write("1.yaml", policy("scripts"));
    write(
      "2.yaml",
      "kind: ConfigMap\nmetadata: {name: scripts, namespace: edge}\ndata:\n  lua: function envoy_on_request(h) end\n",
    );
    write("3.yaml", policy("absent"));
    const { sites, notes } = await collectSites([folder]);
    expect(sites.map(({ id, filter }) => ({ id, ...filter }))).toEqual([
      {
        id: "edge.scripts",
        attachment: "inlineCode",
        targetRefs: [{ kind: "Gateway", name: "g" }],
        filterContext: { k: "v" },
      },
    ]);
    expect(notes.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
      "6:36 the script is in the ConfigMap edge/absent, which is not among the inputs or holds no Lua",
    ]);
  });

  it("reports malformed YAML without Lua in a file that the user named, not in one that it came upon", async () => {
    const path = write("broken.yaml", "a: [1\nb: 2\n");
    expect((await collectSites([folder])).problems).toEqual([]);
    expect((await collectSites([path])).problems).toEqual([
      expect.objectContaining({ file: path, line: 2, column: 1 }),
    ]);
  });
});
