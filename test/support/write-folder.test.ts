import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeFolder, writeWhole } from "../../src/support/write-folder.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "moonshift-write-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("one file", () => {
  test("with its folder, and nothing left beside it", () => {
    writeWhole(join(folder, "a", "b.txt"), "one");
    writeWhole(join(folder, "a", "b.txt"), "two");
    expect(readFileSync(join(folder, "a", "b.txt"), "utf8")).toBe("two");
    expect(readdirSync(join(folder, "a"))).toEqual(["b.txt"]);
  });

  test("a link stays a link", () => {
    writeFileSync(join(folder, "file"), "old");
    symlinkSync("file", join(folder, "link"));
    writeWhole(join(folder, "link"), "new");
    expect(readlinkSync(join(folder, "link"))).toBe("file");
    expect(readFileSync(join(folder, "file"), "utf8")).toBe("new");
  });

  test("a device is written to, not replaced", () => {
    symlinkSync("/dev/null", join(folder, "null"));
    writeWhole(join(folder, "null"), "gone");
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(readdirSync(folder)).toEqual(["null"]);
  });

  test("what cannot be written leaves nothing behind", () => {
    expect(() => writeWhole(join(folder, "x", "\0"), "one")).toThrow();
    expect(() => writeWhole(folder, "one")).toThrow("EISDIR");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("a folder", () => {
  test("what stood there is gone", () => {
    const target = join(folder, "out");
    writeFolder(target, new Map([["old.txt", "1"]]));
    writeFolder(target, new Map([["deep/new.txt", "2"]]));
    expect(readdirSync(target, { recursive: true }).sort()).toEqual(["deep", "deep/new.txt"]);
    expect(readdirSync(folder)).toEqual(["out"]);
  });

  test("a path that leads out of it: nothing is written, what stood there stays", () => {
    const target = join(folder, "out");
    writeFolder(target, new Map([["kept.txt", "1"]]));
    expect(() => writeFolder(target, new Map([["../x", "2"]]))).toThrow("is not inside of");
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(["out", "out/kept.txt"]);
  });
});
