import type { Comment, LabelStatement, Statement } from "../../lua/ast.js";
import { leaves } from "../../lua/narrow.js";
import type { Script } from "../../lua/script.js";
import type { FunctionContext } from "../context.js";
import { carrier, placeholder } from "../convert.js";
import type { Landing } from "../jumps.js";
import { FOLLOW_ON, Refused } from "../refusal.js";
import { lowerLabelled } from "./labelled.js";
import { leaving, lowerStatement } from "./statement.js";

/** The statements of a function, ending in a return where AssemblyScript wants one. */
export function lowerBody(context: FunctionContext, statements: readonly Statement[]): readonly string[] {
  context.names.push();
  const end = fallThrough(context);
  const atEnd = end.length > 0 ? end : ["return;"];
  const toEnd: Landing = { kind: "return", lines: context.recursive ? leaving(atEnd) : atEnd };
  const lines = [...lowerStatements(context, statements, toEnd)];
  context.names.pop();
  if (!endsInReturn(statements)) {
    if (!context.recursive) lines.push(...end);
    else lines.push(...(end.length > 0 ? leaving(end) : ["lua.leave();"]));
  }
  return lines;
}

/** What stands behind a label is inside of a loop, of which AssemblyScript does not know that it never ends. */
function endsInReturn(statements: readonly Statement[]): boolean {
  return statements.at(-1)?.type === "ReturnStatement" && !statements.some(isLabel);
}

function isLabel(statement: Statement): statement is LabelStatement {
  return statement.type === "LabelStatement";
}

/** What a function returns when control reaches its end. */
function fallThrough(context: FunctionContext): readonly string[] {
  const { returns } = context;
  if (returns.kind === "void") return [];
  if (returns.kind === "many") return ["return lua.return0();"];
  const never = leaves(context.fn.node.body);
  return [never || carrier(returns.type) !== "Value" ? `return ${placeholder(returns.type)};` : "return lua.nil;"];
}

/** A block in a scope of its own. */
export function lowerBlock(context: FunctionContext, statements: readonly Statement[]): readonly string[] {
  context.names.push();
  const lines = lowerStatements(context, statements);
  context.names.pop();
  return lines;
}

/**
 * Statements one after another, each with the comments and the blank lines of the Lua in front of it.
 * @param atEnd what a jump to a label at the end of the block becomes, where that needs no loop of its own
 */
export function lowerStatements(
  context: FunctionContext,
  statements: readonly Statement[],
  atEnd?: Landing,
): readonly string[] {
  if (statements.some(isLabel)) return lowerLabelled(context, statements, atEnd);
  return statements.flatMap((_, i) => lowerStatementAt(context, statements, i));
}

/** One statement of a block, with what stands around it. */
export function lowerStatementAt(
  context: FunctionContext,
  statements: readonly Statement[],
  index: number,
  lower: (context: FunctionContext, statement: Statement) => readonly string[] = lowerStatement,
): readonly string[] {
  const statement = statements[index] as Statement;
  const trivia = leadingTrivia(context.script, statement, statements[index - 1]?.range[1]);
  return [...trivia, ...withTrailingComment(context.script, statement, lowerOrNote(context, statement, lower))];
}

/** Lines that stand for a statement, with its comments. */
export function withComments(script: Script, statement: Statement, lines: readonly string[]): readonly string[] {
  return [...leadingTrivia(script, statement, undefined), ...withTrailingComment(script, statement, lines)];
}

/** A statement that is refused is noted, and the next one looked at, so that all refusals of a script are known. */
function lowerOrNote(
  context: FunctionContext,
  statement: Statement,
  lower: (context: FunctionContext, statement: Statement) => readonly string[],
): readonly string[] {
  try {
    return lower(context, statement);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { refusals } = context.module;
    if (error.refusal.id !== FOLLOW_ON || refusals.length === 0) refusals.push(error.refusal);
    return [];
  }
}

function leadingTrivia(
  { bytes, chunk }: Script,
  statement: Statement,
  previousEnd: number | undefined,
): readonly string[] {
  const start = statement.range[0];
  const comments = commentsBetween(chunk.comments, previousEnd ?? lineStartOfBlock(bytes, start), start);
  const own =
    previousEnd === undefined
      ? comments
      : comments.filter((comment) => !isOnLineOf(bytes, previousEnd, comment.range[0]));
  const from = own[0]?.range[0] ?? start;
  const blank = previousEnd !== undefined && /\n[ \t\r]*\n/.test(bytes.slice(previousEnd, from));
  return [...(blank ? [""] : []), ...own.flatMap(printComment)];
}

/** A comment behind the statement on its own last line stays there. */
function withTrailingComment(
  { bytes, chunk }: Script,
  statement: Statement,
  lines: readonly string[],
): readonly string[] {
  const end = statement.range[1];
  const trailing = chunk.comments.find(
    (comment) => comment.range[0] >= end && isOnLineOf(bytes, end, comment.range[0]),
  );
  const last = lines.at(-1);
  if (!trailing || last === undefined || trailing.value.includes("\n")) return lines;
  return [...lines.slice(0, -1), `${last} ${printComment(trailing).join(" ")}`];
}

function commentsBetween(comments: readonly Comment[], from: number, to: number): readonly Comment[] {
  return comments.filter((comment) => comment.range[0] >= from && comment.range[1] <= to);
}

/** Where the comments in front of a block's first statement may begin: behind the last code before it. */
function lineStartOfBlock(bytes: string, start: number): number {
  const lineStart = (end: number): number => (end === 0 ? 0 : bytes.lastIndexOf("\n", end - 1) + 1);
  let at = lineStart(start);
  while (at > 0) {
    const previous = lineStart(at - 1);
    if (!/^\s*(?:--.*)?$/.test(bytes.slice(previous, at - 1))) break;
    at = previous;
  }
  return at;
}

function isOnLineOf(bytes: string, from: number, to: number): boolean {
  return to >= from && /^[ \t;,]*$/.test(bytes.slice(from, to));
}

function printComment(comment: Comment): readonly string[] {
  const text = Buffer.from(comment.value, "latin1").toString("utf8");
  return text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line, i, all) => line !== "" || (i > 0 && i < all.length - 1))
    .map((line) => `//${line === "" || line.startsWith(" ") ? "" : " "}${line}`.trimEnd());
}
