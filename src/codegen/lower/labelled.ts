import { isLoop, type LabelStatement, type Statement } from "../../lua/ast.js";
import { isLibraryAlias } from "../../lua/callee.js";
import type { Binding } from "../../lua/script.js";
import type { FunctionContext } from "../context.js";
import { construct, type Landing } from "../jumps.js";
import { indent } from "../print.js";
import { type Case, type Part, planRegions } from "../regions.js";
import { lowerStatementAt } from "./body.js";
import { lowerLoop } from "./loop.js";

/** The statements of a block that has labels; see `regions.ts` for what they become. */
export function lowerLabelled(
  context: FunctionContext,
  statements: readonly Statement[],
  atEnd?: Landing,
): readonly string[] {
  const landed = atEnd ? trailingLabels(statements) : [];
  for (const label of landed) context.jumps.land(label, { forward: atEnd as Landing });
  const jumps = new Map([...context.script.labelOf].filter(([, label]) => !landed.includes(label)));
  return lowerParts(context, statements, planRegions(statements, jumps));
}

function trailingLabels(statements: readonly Statement[]): readonly LabelStatement[] {
  const last = statements.findLastIndex(({ type }) => type !== "LabelStatement");
  return statements.slice(last + 1) as LabelStatement[];
}

type Lowered = readonly string[];

function lowerParts(context: FunctionContext, statements: readonly Statement[], parts: readonly Part[]): Lowered {
  return parts.flatMap((part) => lowerPart(context, statements, part));
}

function lowerPart(context: FunctionContext, statements: readonly Statement[], part: Part): Lowered {
  switch (part.kind) {
    case "statement":
      return lowerStatementAt(context, statements, part.index);
    case "skip":
      return lowerSkip(context, statements, part);
    case "again":
      return lowerAgain(context, statements, part);
    case "dispatch":
      return lowerDispatch(context, statements, part.cases);
  }
}

function lowerScope(context: FunctionContext, statements: readonly Statement[], parts: readonly Part[]): Lowered {
  context.names.push();
  const lines = lowerParts(context, statements, parts);
  context.names.pop();
  return lines;
}

/** `do { … break; … } while (false);`, or nothing around a loop that stands alone in front of the label: its `break` does. */
function lowerSkip(context: FunctionContext, statements: readonly Statement[], part: Part & { kind: "skip" }): Lowered {
  const [only, ...more] = part.parts;
  const alone = only?.kind === "statement" && more.length === 0 && isLoop(statements[only.index] as Statement);
  const target = construct(alone);
  for (const label of part.labels) context.jumps.land(label, { forward: { kind: "leave", construct: target } });
  if (alone) return lowerStatementAt(context, statements, only.index, (_, loop) => lowerLoop(context, loop, target));
  return context.jumps.inside(target, () => [
    "do {",
    ...indent(lowerScope(context, statements, part.parts)),
    "} while (false);",
  ]);
}

/** `while (true) { … continue; … break; }` */
function lowerAgain(
  context: FunctionContext,
  statements: readonly Statement[],
  part: Part & { kind: "again" },
): Lowered {
  const target = construct(false);
  for (const label of part.labels) context.jumps.land(label, { backward: { kind: "continue", construct: target } });
  const count = part.labels.length;
  const labels = lowerParts(context, statements, part.parts.slice(0, count));
  const loop = context.jumps.inside(target, () => {
    const lines = lowerScope(context, statements, part.parts.slice(count));
    const last = lines.at(-1) ?? "";
    if (last === "continue;") return ["while (true) {", ...indent(lines.slice(0, -1)), "}"];
    const end = /^(?:return\b|break;)/.test(last) ? [] : ["break;"];
    return ["while (true) {", ...indent([...lines, ...end]), "}"];
  });
  return [...labels, ...loop];
}

/**
 *     let at = 0;
 *     while (true) {
 *       switch (at) {
 *         case 0: { … at = 1; continue; … }
 *         case 1: { // ::name::
 *           …
 *         }
 *       }
 *       break;
 *     }
 */
function lowerDispatch(context: FunctionContext, statements: readonly Statement[], cases: readonly Case[]): Lowered {
  const declarations = cases
    .slice(0, -1)
    .flatMap(({ parts }) => parts.flatMap((part) => (part.kind === "statement" ? [part.index] : [])))
    .flatMap((index) => localsOf(context, statements[index] as Statement))
    .map((binding) => context.hoist(binding));
  const at = context.names.declareForFunction("at");
  const target = construct(false);
  for (const [i, { labels }] of cases.entries()) {
    const landing: Landing = { kind: "dispatch", construct: target, assignment: `${at} = ${i};` };
    for (const label of labels) context.jumps.land(label, { forward: landing, backward: landing });
  }
  const loop = context.jumps.inside(target, () => [
    "while (true) {",
    ...indent([
      `switch (${at}) {`,
      ...indent(cases.flatMap(({ labels, parts }, i) => printCase(i, labels, lowerScope(context, statements, parts)))),
      "}",
      "break;",
    ]),
    "}",
  ]);
  return [...declarations, `let ${at} = 0;`, ...loop];
}

function printCase(i: number, labels: readonly LabelStatement[], lines: Lowered): Lowered {
  const comment = labels.map(({ label }) => ` ::${label.name}::`).join("");
  return [`case ${i}: {${comment === "" ? "" : ` //${comment}`}`, ...indent(lines), "}"];
}

/** The local variables that a statement declares in its block. */
export function localsOf(context: FunctionContext, statement: Statement): readonly Binding[] {
  const { script, types, module } = context;
  const names =
    statement.type === "LocalStatement"
      ? statement.variables
      : statement.type === "FunctionDeclaration" && statement.isLocal && statement.identifier?.type === "Identifier"
        ? [statement.identifier]
        : [];
  return names
    .map((name) => script.bindingOf.get(name) as Binding)
    .filter(
      (binding) => !types.direct.has(binding) && !isLibraryAlias(script, binding) && !module.variables.has(binding),
    );
}
