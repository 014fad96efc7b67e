import type { Construct } from "./constructs.js";
import type { LibraryConstant, LibraryFunction, LibraryModule } from "./library.js";

interface Tables {
  readonly constructs: readonly Construct[];
  readonly functions: readonly LibraryFunction[];
  readonly constants: readonly LibraryConstant[];
  readonly modules: readonly LibraryModule[];
}

/** `docs/lua-support.md`: every construct of the language and every function of the library with what becomes of it in Wasm. */
export function printSupport({ constructs, functions, constants, modules }: Tables): string {
  const libraries = [...new Set(functions.map(libraryOf))];
  return [
    "# Lua in Wasm",
    "",
    "<!-- Generated from src/lua/constructs.ts and src/lua/library by scripts/generate-docs.ts: change the rows there. -->",
    "",
    "What Envoy's LuaJIT (2.1 with LUA52COMPAT) offers, and what a compiled filter makes of it: *exact* gives the same results and the same",
    "errors, *approximate* differs as described (the verdict of a script lists what it uses of these), *refused* does not compile, with the reason and the place.",
    "",
    "## Language",
    "",
    "| construct | status | |",
    "|---|---|---|",
    ...constructs.map(constructRow),
    "",
    ...libraries.flatMap((library) => [
      `## ${library === "" ? "Base library" : `\`${library}\``}`,
      "",
      ...functionTable(
        functions.filter((row) => libraryOf(row) === library),
        constants.filter(({ name }) => name.startsWith(`${library}.`)),
        "leave it out, or keep this filter in Lua",
      ),
    ]),
    "# Modules for `require`",
    "",
    "Served by the runtime, with the results and errors of the library of that name. Any other module of plain Lua is compiled in with",
    "`moonshift migrate --module NAME=FILE.lua`; such a module of one of these names is taken instead.",
    "",
    ...modules.flatMap(({ name, functions: rows, constants: fields }) => [
      `## \`require "${name}"\``,
      "",
      ...functionTable(rows, fields, "leave it out, or compile a module of plain Lua in"),
    ]),
  ].join("\n");
}

function libraryOf({ name }: LibraryFunction): string {
  return name.includes(".") ? (name.split(".")[0] as string) : "";
}

function constructRow({ name, example, status }: Construct): string {
  const text =
    status.kind === "refused"
      ? `${status.reason}; way out: ${status.wayOut}`
      : status.kind === "approximate"
        ? status.reason
        : `\`${example.replaceAll(/\s*\n\s*/g, " ")}\``;
  return row(name, status.kind, text);
}

function functionTable(
  functions: readonly LibraryFunction[],
  constants: readonly LibraryConstant[],
  wayOut: string,
): readonly string[] {
  return [
    "| function | status | |",
    "|---|---|---|",
    ...functions.map(({ name, status }) =>
      row(
        `\`${name}\``,
        status.kind,
        status.kind === "exact" ? "" : `${status.reason}${status.kind === "refused" ? `; way out: ${wayOut}` : ""}`,
      ),
    ),
    ...constants.map(({ name }) => row(`\`${name}\``, "exact", "")),
    "",
  ];
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
