import type { Binding } from "../lua/script.js";
import { breakLongLines } from "./break-lines.js";
import type { ModuleContext } from "./context.js";
import { printVariables } from "./module-variables.js";

/** `filter.ts`: imports, names of strings, variables, and then `body`. */
export function printFile(module: ModuleContext, bindings: readonly Binding[], body: readonly string[]): string {
  const variables = printVariables(module, bindings);
  const text = body.join("\n\n");
  const whole = [...variables, text].join("\n");
  const strings = module.strings.print(whole);
  const parts = [printImports(module, whole), strings.join("\n"), variables.join("\n"), text].filter(
    (part) => part !== "",
  );
  return breakLongLines(`${parts.join("\n\n")}\n`);
}

const CLASSES = ["Box", "Closure", "Str", "Table", "Value", "Values"];

/** Classes of Envoy objects and the file of `runtime/envoy` that each comes from. */
const OBJECT_FILES: Readonly<Record<string, string>> = { Handle: "handle", Headers: "headers", Buffer: "buffer" };

function printImports(module: ModuleContext, text: string): string {
  const uses = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(text);
  const lines: string[] = [];
  for (const name of objectNames())
    if (uses(name)) lines.push(`import { ${name} } from "./runtime/envoy/${OBJECT_FILES[name] ?? kebab(name)}";`);
  for (const name of ["HeadersPairs", "MetadataPairs", "DynamicMetadataPairs"]) {
    const object = name.replace(/Pairs$/, "");
    const exported = name === "HeadersPairs" ? "HeaderPairs as HeadersPairs" : name;
    if (uses(name))
      lines.push(`import { ${exported} } from "./runtime/envoy/${OBJECT_FILES[object] ?? kebab(object)}";`);
  }
  const classes = CLASSES.filter((name) => name === "Str" || uses(name));
  lines.push('import * as lua from "./runtime/lua";', `import { ${classes.join(", ")} } from "./runtime/lua";`);
  for (const [alias, file] of [...module.imports.namespaces].sort())
    lines.push(`import * as ${alias} from "./runtime/${file}";`);
  if (uses("printLine")) lines.push('import { printLine } from "./runtime/envoy/print";');
  lines.push(...module.patterns.printImports());
  if (uses("State")) lines.push('import { State } from "./runtime/state";');
  return lines.join("\n");
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

function objectNames(): readonly string[] {
  return [
    ...[
      "Handle",
      "Headers",
      "Buffer",
      "Metadata",
      "StreamInfo",
      "DynamicMetadata",
      "FilterState",
      "Connection",
      "SslConnection",
    ],
    ...["ParsedName", "PublicKey", "VirtualHost", "Route", "StatsScope", "Counter", "Gauge", "Histogram"],
  ];
}
