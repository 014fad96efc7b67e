import type {
  AssignmentStatement,
  Expression,
  FunctionDeclaration,
  Identifier,
  IndexExpression,
  LocalStatement,
  MemberExpression,
  Node,
  Statement,
  TableField,
} from "../lua/ast.js";
import { stringValue } from "../lua/callee.js";
import type { Place } from "../lua/link-modules.js";
import { resolveScript } from "../lua/resolve.js";
import type { Binding, Script } from "../lua/script.js";
import { children, walk } from "../lua/walk.js";
import { become, copyOf } from "./load/rewrite.js";

/**
 * A table of which only fields with constant names are ever used is no table: each field becomes a variable of its own, which has a type of its
 * own, and a function in it is called by its name (scalar replacement of aggregates: Carr, Kennedy, "Scalar Replacement in the Presence of
 * Conditional Control Flow", 1994).
 *
 *     local limits = { burst = 20 }           local limits.burst = 20
 *     function limits.of(user) … end     →    local function limits.of(user) … end
 *     limits.of(user) + limits.burst          limits.of(user) + limits.burst
 *
 * The names hold a dot, so that no name of a script is the same. A field that is a record itself is replaced in turn.
 */
export function replaceRecords(script: Script): Script {
  if (findRecords(script).size === 0) return script;
  const copy = copyOf(script);
  let replaced = resolveScript(copy);
  for (let records = findRecords(replaced); records.size > 0; records = findRecords(replaced)) {
    new Replacement(records).inside(copy.chunk);
    replaced = resolveScript(copy);
  }
  return replaced;
}

/** `t.name`, `t["name"]`. */
type FieldUse = (MemberExpression | IndexExpression) & { readonly base: Identifier };

/** A local table that never leaves the places where its fields are named. */
interface OpenRecord {
  readonly declaration: LocalStatement;
  readonly fields: readonly NamedField[];
  /** The node in whose body the declaration stands. */
  readonly block: Node;
  /** All uses of each field, in the order of the text. */
  readonly uses: Map<string, Use[]>;
}

interface NamedField {
  readonly name: string;
  readonly field: TableField;
}

interface Use {
  readonly node: FieldUse;
  /** The statement of the record's own block in which it stands. */
  readonly statement: Node | undefined;
}

function findRecords(script: Script): ReadonlyMap<Binding, OpenRecord> {
  const records = new Map<Binding, OpenRecord>();
  const named = new Set<Node>();
  walk(script.chunk, (node, parents) => {
    if (node.type === "LocalStatement") {
      const record = opened(script, node, parents.at(-1) as Node);
      if (record) records.set(...record);
    }
    const name = fieldName(node);
    const { base } = node as FieldUse;
    const binding = name === undefined ? undefined : script.bindingOf.get(base);
    const record = binding && records.get(binding);
    if (!record) return;
    named.add(base);
    const statement = [...parents, node][parents.indexOf(record.block) + 1];
    record.uses.set(name as string, [
      ...(record.uses.get(name as string) ?? []),
      { node: node as FieldUse, statement },
    ]);
  });
  for (const [binding, { uses }] of records)
    if (uses.size === 0 || !binding.references.every(({ node }) => named.has(node))) records.delete(binding);
  return records;
}

/** The record that a statement declares, as long as nothing else is known of it. */
function opened(script: Script, node: LocalStatement, block: Node): [Binding, OpenRecord] | undefined {
  const [variable] = node.variables;
  const [table] = node.init;
  const binding = variable && script.bindingOf.get(variable);
  if (!binding || node.variables.length + node.init.length !== 2) return undefined;
  if (table?.type !== "TableConstructorExpression" || binding.assignments.length > 1) return undefined;
  if (!isAtHand(script, binding)) return undefined;
  const fields = table.fields.map((field) => ({ field, name: keyOf(field) }));
  const names = new Set(fields.map(({ name }) => name));
  if (names.has(undefined) || names.size < fields.length) return undefined;
  return [binding, { declaration: node, fields: fields as NamedField[], block, uses: new Map() }];
}

/** No other function has to be handed all of its fields: variables of the chunk are those of the module. */
function isAtHand(script: Script, binding: Binding): boolean {
  const isShared = binding.references.some(({ inside }) => inside !== binding.owner);
  return !isShared || (binding.owner === script.main && !binding.repeated);
}

function keyOf(field: TableField): string | undefined {
  if (field.type === "TableKeyString") return field.ofGlobals ? undefined : field.key.name;
  return field.type === "TableKey" ? stringValue(field.key) : undefined;
}

function fieldName(node: Node): string | undefined {
  if (node.type === "MemberExpression")
    return node.indexer === "." && node.base.type === "Identifier" ? node.identifier.name : undefined;
  return node.type === "IndexExpression" && node.base.type === "Identifier" ? stringValue(node.index) : undefined;
}

class Replacement {
  /** What stands in place of a statement, once everything in it is replaced. */
  private readonly declarations = new Map<Node, () => readonly Statement[]>();
  /** The name of the variable that a use of a field becomes. */
  private readonly variables = new Map<Node, Identifier>();

  constructor(records: ReadonlyMap<Binding, OpenRecord>) {
    for (const [binding, record] of records) this.plan(binding.name, record);
  }

  /** Everything below a node. */
  inside(node: Node): void {
    for (const child of children(node)) this.inside(child);
    if (node.type === "FunctionDeclaration" && node.identifier) {
      const variable = this.variables.get(node.identifier);
      if (variable) (node as { identifier: Identifier }).identifier = variable;
    }
    const variable = this.variables.get(node);
    if (variable) become(node, variable);
    if ("body" in node)
      (node as { body: readonly Statement[] }).body = node.body.flatMap(
        (statement) => this.declarations.get(statement)?.() ?? [statement],
      );
  }

  private plan(table: string, record: OpenRecord): void {
    const { declaration, fields, uses, block } = record;
    const hasLabels = "body" in block && block.body.some(({ type }) => type === "LabelStatement");
    const given = new Set(fields.map(({ name }) => name));
    const empty: string[] = [];
    for (const [name, all] of uses) {
      for (const { node } of all) this.variables.set(node, fieldVariable(table, name, node));
      if (given.has(name)) continue;
      const first = hasLabels ? undefined : definition(all);
      if (first)
        this.declarations.set(first.statement, () => [first.declare(fieldVariable(table, name, first.target))]);
      else empty.push(name);
    }
    const needed = fields.filter(({ name, field }) => uses.has(name) || !isLiteral(field.value));
    this.declarations.set(declaration, () => [
      ...needed.map((field, i) => initialised(table, field, (i === 0 ? declaration : field.field).range[0])),
      ...empty.map((name) => uninitialised(table, name, declaration)),
    ]);
  }
}

/** @param start where it begins: the first field takes the comments of the whole table */
function initialised(table: string, { name, field }: NamedField, start: number): Statement {
  const place: Place = { range: [start, field.range[1]], loc: field.loc };
  return { type: "LocalStatement", variables: [fieldVariable(table, name, place)], init: [field.value], ...place };
}

function uninitialised(table: string, name: string, { range: [, end], loc }: LocalStatement): Statement {
  const place: Place = { range: [end, end], loc };
  return { type: "LocalStatement", variables: [fieldVariable(table, name, place)], init: [], ...place };
}

function isLiteral({ type }: Expression): boolean {
  return ["StringLiteral", "NumericLiteral", "BooleanLiteral", "NilLiteral"].includes(type);
}

/** `t.name = …`, `function t.name(…)` in the block of the table, before any other use of the field. */
interface Definition {
  readonly statement: Node;
  readonly target: FieldUse;
  declare(variable: Identifier): Statement;
}

function definition([first, ...more]: readonly Use[]): Definition | undefined {
  const statement = first?.statement as Statement | undefined;
  if (!first || !statement) return undefined;
  const { node: target } = first;
  const usesItself = more.some((use) => use.statement === statement);
  if (statement.type === "FunctionDeclaration" && statement.identifier === (target as Node))
    return { statement, target, declare: (variable) => namedFunction(statement, variable) };
  if (statement.type !== "AssignmentStatement" || !assignsOnly(statement, target)) return undefined;
  const [value] = statement.init as [Expression];
  const { range, loc } = statement;
  if (value.type === "FunctionDeclaration")
    return { statement, target, declare: (variable) => ({ ...namedFunction(value, variable), range, loc }) };
  if (usesItself) return undefined;
  return {
    statement,
    target,
    declare: (variable) => ({ type: "LocalStatement", variables: [variable], init: [value], range, loc }),
  };
}

function assignsOnly({ variables, init }: AssignmentStatement, target: FieldUse): boolean {
  return variables.length === 1 && init.length === 1 && variables[0] === target;
}

function namedFunction(fn: FunctionDeclaration, identifier: Identifier): Statement {
  return { ...fn, identifier, isLocal: true };
}

function fieldVariable(table: string, name: string, { range, loc }: Place): Identifier {
  return { type: "Identifier", name: `${table}.${name}`, field: name, range, loc };
}
