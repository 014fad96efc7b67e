import fc from "fast-check";
import { expect, test } from "vitest";
import { resourceYaml } from "../../src/cluster/resource-yaml.js";
import { plain } from "../../src/manifest/fields.js";
import { readYaml } from "../../src/manifest/yaml-tree.js";

const KIND = { group: "", version: "v1", plural: "configmaps", kind: "ConfigMap" };

function readBack(text: string): unknown {
  const [document] = readYaml({ text, origin: { segments: [{ offset: 0, source: 0 }] } });
  expect(document?.errors).toEqual([]);
  return document && plain(document.root);
}

test("what the server and kubectl wrote is left out", () => {
  const resource = {
    metadata: {
      name: "a",
      uid: "1",
      managedFields: [],
      annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", "moonshift.dev/ignore": "x" },
    },
    data: { "a.lua": "one\n\ttwo \n" },
    status: {},
  };
  expect(readBack(resourceYaml(resource, KIND))).toEqual({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a", annotations: { "moonshift.dev/ignore": "x" } },
    data: { "a.lua": "one\n\ttwo \n" },
  });
});

test("a script stands in it as lines, to be looked at", () => {
  const text = resourceYaml({ metadata: { name: "a" }, data: { "a.lua": "function f()\n  return 1\nend\n" } }, KIND);
  expect(text).toContain("  a.lua: |\n    function f()\n      return 1\n    end\n");
});

/** Letters that YAML has its own ideas about. */
const scalar = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."ab :#-|>'\"\\\n\t{}[],&*!%@`=~?/.0") }),
  fc.constantFrom(
    "on",
    "No",
    "null",
    "~",
    "1e3",
    "0x1f",
    "012",
    "1_000",
    "2024-01-01",
    "12:30:45",
    ".5",
    "",
    "<<",
    "=",
    "\r\n",
    " \n",
    "  \n\n",
    "\u0085x",
    "\u2028",
  ),
  fc.string({ unit: "grapheme" }),
);

/** A key `<<` would be a merge; no field or ConfigMap key can be called that. */
const key = scalar.filter((text) => text !== "<<");

test("any text comes back as it was", () => {
  fc.assert(
    fc.property(fc.dictionary(key, scalar), (data) => {
      const back = readBack(resourceYaml({ metadata: { name: "a" }, data }, KIND)) as { data: unknown };
      expect(back.data).toEqual(data);
    }),
    { numRuns: 500 },
  );
});
