import type { Chunk, GotoStatement, LabelStatement, Node, Statement } from "./ast.js";
import { children } from "./walk.js";

/** Which label each `goto` of a script jumps to. */
export type LabelOf = ReadonlyMap<GotoStatement, LabelStatement>;

/** A `goto` or a label that LuaJIT does not compile. */
export class LabelError extends Error {
  constructor(
    message: string,
    readonly node: Node,
  ) {
    super(message);
  }
}

interface Block {
  readonly statements: readonly Statement[];
  /** The body of `repeat … until`, whose locals the condition sees. */
  readonly isRepeat: boolean;
  /** Index of the statement that is being looked at. */
  at: number;
}

/**
 * Finds the label of every `goto`: that of the innermost block around it that has one of the name (lj_parse.c, gola_resolve and gola_fixup).
 * @throws {LabelError} with LuaJIT's text, for a label that is not there or there twice, or a jump into the scope of a local
 */
export function resolveLabels(chunk: Chunk): LabelOf {
  const labelOf = new Map<GotoStatement, LabelStatement>();
  const enterBlock = (statements: readonly Statement[], outer: readonly Block[], isRepeat = false): void => {
    checkDuplicates(statements);
    const block: Block = { statements, isRepeat, at: 0 };
    for (const [at, statement] of statements.entries()) {
      block.at = at;
      if (statement.type === "GotoStatement") labelOf.set(statement, targetOf(statement, [...outer, block]));
      else enter(statement, [...outer, block]);
    }
  };
  const enter = (node: Node, outer: readonly Block[]): void => {
    if (node.type === "FunctionDeclaration") enterBlock(node.body, []);
    else if (node.type === "IfStatement") {
      for (const clause of node.clauses) {
        if ("condition" in clause) enter(clause.condition, outer);
        enterBlock(clause.body, outer);
      }
    } else if ("body" in node) {
      for (const child of children(node)) if (!(node.body as readonly Node[]).includes(child)) enter(child, outer);
      enterBlock(node.body, outer, node.type === "RepeatStatement");
    } else for (const child of children(node)) enter(child, outer);
  };
  enterBlock(chunk.body, []);
  return labelOf;
}

function checkDuplicates(statements: readonly Statement[]): void {
  const names = new Set<string>();
  for (const statement of statements) {
    if (statement.type !== "LabelStatement") continue;
    const { name } = statement.label;
    if (names.has(name)) throw new LabelError(`duplicate label '${name}'`, statement);
    names.add(name);
  }
}

function targetOf(jump: GotoStatement, blocks: readonly Block[]): LabelStatement {
  const { name } = jump.label;
  for (const { statements, isRepeat, at } of [...blocks].reverse()) {
    const index = statements.findIndex((node) => node.type === "LabelStatement" && node.label.name === name);
    if (index < 0) continue;
    const local = statements.slice(at + 1, index).find(declaresLocal);
    // A label at the end of a block is outside of the scope of its locals.
    const isTrailing = !isRepeat && statements.slice(index).every(({ type }) => type === "LabelStatement");
    if (local && !isTrailing)
      throw new LabelError(`<goto ${name}> jumps into the scope of local '${firstName(local)}'`, jump);
    return statements[index] as LabelStatement;
  }
  throw new LabelError(`undefined label '${name}'`, jump);
}

function declaresLocal(node: Statement): boolean {
  return node.type === "LocalStatement" || (node.type === "FunctionDeclaration" && node.isLocal);
}

function firstName(node: Statement): string {
  if (node.type === "LocalStatement") return node.variables[0]?.name ?? "";
  return node.type === "FunctionDeclaration" && node.identifier?.type === "Identifier" ? node.identifier.name : "";
}
