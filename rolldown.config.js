import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Small modules that Node would look for, read and link one by one: most of the time of a short call. */
const BUNDLED = ["@oxc-project", "commander", "handlebars", "luaparse", "yaml", "zod"];

/** What their licences ask of whoever passes copies on: the texts, in `third-party-licenses.txt`. */
const licences = {
  name: "licences",
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
    const folders = new Set(modules.flatMap((id) => id.match(/^.*\/node_modules\/(@[^/]+\/)?[^/]+/)?.[0] ?? []));
    const texts = [...folders].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      if (file === undefined) throw new Error(`${name} is bundled and has no licence text`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8")}`;
    });
    this.emitFile({ type: "asset", fileName: "third-party-licenses.txt", source: texts.join("\n---\n\n") });
  },
};

/** The command line, the library and the two kinds of worker, side by side in `dist/` with the chunks that they share. */
export default {
  input: {
    main: "src/cli/main.ts",
    index: "src/index.ts",
    "assess-worker": "src/cli/assess-worker.ts",
    "compile-worker": "src/codegen/compile-worker.ts",
  },
  platform: "node",
  transform: { target: "node20.19" },
  external: (id) => /^[^./]/.test(id) && !BUNDLED.includes(id.split("/", 1)[0]),
  plugins: [licences],
  output: { dir: "dist", format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
};
