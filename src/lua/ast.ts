/**
 * The syntax tree as luaparse builds it. Strings hold bytes: each character is one byte (U+0000 to U+00FF).
 * `range` counts bytes of the script, `loc` lines from 1 and columns (bytes) from 0.
 */
interface NodeBase {
  readonly range: readonly [start: number, end: number];
  readonly loc: { readonly start: LineColumn; readonly end: LineColumn };
}

interface LineColumn {
  readonly line: number;
  readonly column: number;
}

type N<T extends string, Fields> = NodeBase & { readonly type: T } & Readonly<Fields>;

export type Chunk = N<"Chunk", { body: readonly Statement[]; comments: readonly Comment[] }>;
export type Comment = N<"Comment", { value: string; raw: string }>;

/** `isGlobal`: the global of that name, whatever locals there are (`_G.name`). `field`: a variable that stands for the field of that name. */
export type Identifier = N<"Identifier", { name: string; isGlobal?: true; field?: string }>;
export type StringLiteral = N<"StringLiteral", { value: string; raw: string }>;
export type NumericLiteral = N<"NumericLiteral", { value: number; raw: string }>;
export type BooleanLiteral = N<"BooleanLiteral", { value: boolean }>;
export type NilLiteral = N<"NilLiteral", { value: null }>;
/** `inParens`: stands alone in parentheses, and so is one value. */
export type VarargLiteral = N<"VarargLiteral", { raw: string; inParens?: true }>;
export type FunctionDeclaration = N<
  "FunctionDeclaration",
  {
    identifier: Identifier | MemberExpression | null;
    isLocal: boolean;
    parameters: readonly (Identifier | VarargLiteral)[];
    body: readonly Statement[];
  }
>;
export type BinaryOperator = "+" | "-" | "*" | "/" | "%" | "^" | ".." | "==" | "~=" | "<" | "<=" | ">" | ">=";
export type BinaryExpression = N<"BinaryExpression", { operator: BinaryOperator; left: Expression; right: Expression }>;
export type LogicalExpression = N<"LogicalExpression", { operator: "and" | "or"; left: Expression; right: Expression }>;
export type UnaryExpression = N<"UnaryExpression", { operator: "-" | "not" | "#"; argument: Expression }>;
/** `isGlobal`: a global variable, where those are entries of a table. */
export type MemberExpression = N<
  "MemberExpression",
  { indexer: "." | ":"; identifier: Identifier; base: Expression; isGlobal?: true }
>;
export type IndexExpression = N<"IndexExpression", { base: Expression; index: Expression }>;
export type CallExpression = N<
  "CallExpression",
  { base: Expression; arguments: readonly Expression[]; inParens?: true }
>;
export type StringCallExpression = N<
  "StringCallExpression",
  { base: Expression; argument: StringLiteral; inParens?: true }
>;
export type TableCallExpression = N<
  "TableCallExpression",
  { base: Expression; arguments: TableConstructorExpression; inParens?: true }
>;
export type TableField =
  | N<"TableKey", { key: Expression; value: Expression }>
  | N<"TableKeyString", { key: Identifier; value: Expression; ofGlobals?: true }>
  | N<"TableValue", { value: Expression }>;
export type TableConstructorExpression = N<"TableConstructorExpression", { fields: readonly TableField[] }>;

export type AnyCall = CallExpression | StringCallExpression | TableCallExpression;

export type Expression =
  | Identifier
  | StringLiteral
  | NumericLiteral
  | BooleanLiteral
  | NilLiteral
  | VarargLiteral
  | FunctionDeclaration
  | BinaryExpression
  | LogicalExpression
  | UnaryExpression
  | MemberExpression
  | IndexExpression
  | AnyCall
  | TableConstructorExpression;

export type LocalStatement = N<"LocalStatement", { variables: readonly Identifier[]; init: readonly Expression[] }>;
export type AssignmentTarget = Identifier | MemberExpression | IndexExpression;
export type AssignmentStatement = N<
  "AssignmentStatement",
  { variables: readonly AssignmentTarget[]; init: readonly Expression[] }
>;
export type CallStatement = N<"CallStatement", { expression: AnyCall }>;
export type IfClause =
  | N<"IfClause" | "ElseifClause", { condition: Expression; body: readonly Statement[] }>
  | N<"ElseClause", { body: readonly Statement[] }>;
export type IfStatement = N<"IfStatement", { clauses: readonly IfClause[] }>;
export type WhileStatement = N<"WhileStatement", { condition: Expression; body: readonly Statement[] }>;
export type DoStatement = N<"DoStatement", { body: readonly Statement[] }>;
export type RepeatStatement = N<"RepeatStatement", { condition: Expression; body: readonly Statement[] }>;
export type ForNumericStatement = N<
  "ForNumericStatement",
  { variable: Identifier; start: Expression; end: Expression; step: Expression | null; body: readonly Statement[] }
>;
export type ForGenericStatement = N<
  "ForGenericStatement",
  { variables: readonly Identifier[]; iterators: readonly Expression[]; body: readonly Statement[] }
>;
export type ReturnStatement = N<"ReturnStatement", { arguments: readonly Expression[] }>;
export type BreakStatement = N<"BreakStatement", unknown>;
export type GotoStatement = N<"GotoStatement", { label: Identifier }>;
export type LabelStatement = N<"LabelStatement", { label: Identifier }>;

export type Statement =
  | LocalStatement
  | AssignmentStatement
  | CallStatement
  | FunctionDeclaration
  | IfStatement
  | WhileStatement
  | DoStatement
  | RepeatStatement
  | ForNumericStatement
  | ForGenericStatement
  | ReturnStatement
  | BreakStatement
  | GotoStatement
  | LabelStatement;

export type Node = Chunk | Comment | Statement | Expression | TableField | IfClause;

/** The argument expressions of any of the three forms of a call: `f(a, b)`, `f"a"`, `f{…}`. */
export function callArguments(call: AnyCall): readonly Expression[] {
  if (call.type === "CallExpression") return call.arguments;
  return call.type === "StringCallExpression" ? [call.argument] : [call.arguments];
}

export function isCall(node: Node): node is AnyCall {
  return node.type === "CallExpression" || node.type === "StringCallExpression" || node.type === "TableCallExpression";
}

export function isLoop({ type }: Node): boolean {
  return ["WhileStatement", "RepeatStatement", "ForNumericStatement", "ForGenericStatement"].includes(type);
}

/** Whether a node stands inside another, or is it. */
export function holds(outer: Node, inner: Node): boolean {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}

/** May yield any number of values when it stands last in a list: a call or `...`. */
export function isMulti(node: Expression): node is AnyCall | VarargLiteral {
  return (isCall(node) || node.type === "VarargLiteral") && !node.inParens;
}
