import license from "rollup-plugin-license";

/** Small modules that Node would look for, read and link one by one: most of the time of a short call. */
const BUNDLED = ["@oxc-project", "commander", "handlebars", "luaparse", "yaml", "zod"];

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
  plugins: [license({ thirdParty: { output: "dist/third-party-licenses.txt" } })],
  output: { dir: "dist", format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" },
};
