import { type AnyCall, callArguments, type Expression, isCall, type Node } from "../../lua/ast.js";
import { libraryFunction, libraryPath } from "../../lua/callee.js";
import { LINES_PER_CHUNK } from "../../lua/link-modules.js";
import { resolveScript } from "../../lua/resolve.js";
import type { Script } from "../../lua/script.js";
import { walk } from "../../lua/walk.js";
import { chunkName } from "../chunk-name.js";
import { become, copyOf, placeOf } from "./rewrite.js";

/**
 * What a script asks of its own functions and of the library, where the answer is known, becomes a constant:
 *
 *     debug.getinfo(1, "l").currentline    -- 12
 *     debug.getinfo(f, "S").linedefined    -- 3, where `f` is always the same function
 *     if loadstring then                   -- if true then
 *     type(debug.sethook)                  -- "function"
 *
 * A function that a module cannot have is refused wherever else it is used.
 */
export function foldReflection(script: Script): Script {
  if (!ASKS.test(script.bytes) || answers(script).length === 0) return script;
  const parsed = copyOf(script);
  for (const { node, answer } of answers(resolveScript(parsed))) become(node, literal(answer, node));
  return resolveScript(parsed);
}

const ASKS =
  /\b(?:getinfo|load|loadstring|dofile|loadfile|setfenv|getfenv|module|gcinfo|dump|io|os|debug|package|jit)\b/;

type Answer = number | string | true;

function answers(script: Script): readonly { readonly node: Node; readonly answer: Answer }[] {
  const found: { readonly node: Node; readonly answer: Answer }[] = [];
  walk(script.chunk, (node, parents) => {
    const answer = answerOf(script, node, parents.at(-1), parents.at(-2));
    if (answer !== undefined) found.push({ node, answer });
  });
  return found;
}

function answerOf(script: Script, node: Node, parent?: Node, around?: Node): Answer | undefined {
  if (node.type === "MemberExpression" && isCall(node.base) && libraryPath(script, node.base.base) === "debug.getinfo")
    return fieldOfInfo(script, node.base, node.identifier.name);
  if (isCall(node)) return typeOfRefused(script, node);
  if (!parent || !isRefusedFunction(script, node)) return undefined;
  return asksWhetherThere(node, parent) || isAsserted(script, node, parent, around) ? true : undefined;
}

// ------------------------------------------------------------------------------------------------ debug.getinfo

/** Letters of `debug.getinfo` that give a field. */
const GIVEN_BY: Readonly<Record<string, string>> = {
  currentline: "l",
  linedefined: "S",
  lastlinedefined: "S",
  short_src: "S",
  source: "S",
  what: "S",
};

function fieldOfInfo(script: Script, call: AnyCall, field: string): Answer | undefined {
  const [which, options, ...more] = callArguments(call);
  const letter = GIVEN_BY[field];
  if (!which || more.length > 0 || letter === undefined) return undefined;
  if (options && !(options.type === "StringLiteral" && options.value.includes(letter))) return undefined;
  if (which.type === "NumericLiteral" && which.value === 1) {
    if (field === "currentline") return call.base.loc.end.line % LINES_PER_CHUNK;
    if (isElsewhere(script, call)) return undefined;
    const around = script.functions.filter(({ node }) => isWithin(call, node)).at(-1);
    return around && fieldOfFunction(script, around.node, field);
  }
  const known = which.type === "Identifier" ? onlyFunction(script, which) : undefined;
  return known && field !== "currentline" && !isElsewhere(script, known)
    ? fieldOfFunction(script, known, field)
    : undefined;
}

/** In a text that is loaded, or a module. */
function isElsewhere({ ownLength }: Script, { range }: Node): boolean {
  return range[0] >= ownLength;
}

function isWithin({ range }: Node, outer: Node): boolean {
  return outer.range[0] <= range[0] && range[1] <= outer.range[1];
}

function fieldOfFunction(script: Script, node: Node, field: string): Answer | undefined {
  const own = script.bytes.slice(0, script.ownLength);
  if (field === "short_src") return chunkName(own);
  if (field === "source") return own;
  if (node.type === "Chunk") return field === "what" ? "main" : undefined;
  if (field === "what") return "Lua";
  return field === "linedefined" ? node.loc.start.line : node.loc.end.line;
}

function onlyFunction(script: Script, node: Expression & { type: "Identifier" }): Node | undefined {
  const [only, ...more] = script.bindingOf.get(node)?.assignments ?? [];
  const value = only?.value;
  return more.length === 0 && only?.index === 0 && value?.type === "FunctionDeclaration" ? value : undefined;
}

// ------------------------------------------------------------------------------------------------ whether it is there

function isRefusedFunction(script: Script, node: Node): boolean {
  if (node.type !== "Identifier" && node.type !== "MemberExpression") return false;
  const path = libraryPath(script, node);
  return path !== undefined && libraryFunction(path)?.status.kind === "refused";
}

function typeOfRefused(script: Script, call: AnyCall): Answer | undefined {
  const [of, ...more] = callArguments(call);
  if (!of || more.length > 0 || libraryPath(script, call.base) !== "type") return undefined;
  return isRefusedFunction(script, of) ? "function" : undefined;
}

/** Nothing but the truth of it matters. */
function asksWhetherThere(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case "IfClause":
    case "ElseifClause":
    case "WhileStatement":
    case "RepeatStatement":
      return parent.condition === node;
    case "LogicalExpression":
      return parent.operator === "and" && parent.left === node;
    case "UnaryExpression":
      return parent.operator === "not";
    case "BinaryExpression":
      return (
        (parent.operator === "==" || parent.operator === "~=") &&
        [parent.left, parent.right].some(({ type }) => type === "NilLiteral")
      );
    default:
      return false;
  }
}

/** `assert(loadstring)` as a statement. */
function isAsserted(script: Script, node: Node, parent: Node, around: Node | undefined): boolean {
  if (around?.type !== "CallStatement" || !isCall(parent)) return false;
  return callArguments(parent)[0] === node && libraryPath(script, parent.base) === "assert";
}

function literal(answer: Answer, node: Node): Expression {
  const place = placeOf(node);
  if (answer === true) return { type: "BooleanLiteral", value: true, ...place };
  if (typeof answer === "number") return { type: "NumericLiteral", value: answer, raw: String(answer), ...place };
  return { type: "StringLiteral", value: answer, raw: "", ...place };
}
