import { callArguments, type Expression, isCall, type Node } from "../lua/ast.js";
import { parseScript } from "../lua/parse.js";
import { walk } from "../lua/walk.js";

/** What a script talks about: the material from which requests are generated. Strings are latin1 bytes. */
export interface Vocabulary {
  /** Header names that it reads, writes or compares, lower case, pseudo headers left out. */
  readonly headers: readonly string[];
  /** Strings that may stand in values: compared with, searched for, used as table keys. */
  readonly values: readonly string[];
  readonly methods: readonly string[];
  /** Strings with a leading `/`. */
  readonly paths: readonly string[];
  /** Namespaces of the dynamic metadata that it reads, e.g. `envoy.filters.http.jwt_authn`. */
  readonly metadataNamespaces: readonly string[];
  /** Names of fields that it looks up, in metadata among others. */
  readonly fields: readonly string[];
  readonly readsRouteMetadata: boolean;
  /** Clusters of its side calls. */
  readonly clusters: readonly string[];
  readonly readsBody: boolean;
  readonly readsTrailers: boolean;
  readonly hasResponse: boolean;
  /** HTTP statuses that it compares with. */
  readonly statuses: readonly number[];
}

const HEADER_METHODS = new Set(["get", "getAtIndex", "getNumValues", "add", "replace", "remove"]);
const BODY_METHODS = new Set(["body", "bodyChunks"]);
const METHOD_NAMES = new Set(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"]);
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/i;
/** Longer ones are texts and keys, not values of a request. */
const LONGEST_VALUE = 200;

/** Reads the vocabulary off the syntax tree. @throws LuaSyntaxError */
export function readVocabulary(script: string): Vocabulary {
  const { chunk } = parseScript(script);
  const constants = constantsOf(chunk);
  const headers = new Set<string>();
  const clusters = new Set<string>();
  const namespaces = new Set<string>();
  const fields = new Set<string>();
  const strings = new Set<string>();
  const numbers = new Set<number>();
  const called = new Set<string>();
  const functions = new Set<string>();
  walk(chunk, (node) => {
    if (node.type === "StringLiteral") strings.add(node.value);
    if (node.type === "NumericLiteral") numbers.add(node.value);
    if (node.type === "FunctionDeclaration" && node.identifier?.type === "Identifier")
      functions.add(node.identifier.name);
    const field = fieldName(node);
    if (field !== undefined) fields.add(field);
    if (!isCall(node)) return;
    if (node.base.type !== "MemberExpression") return;
    const method = node.base.identifier.name;
    called.add(method);
    const [first] = callArguments(node);
    const texts = first === undefined ? [] : possibleStrings(first, constants);
    if (HEADER_METHODS.has(method)) for (const text of texts) headers.add(text.toLowerCase());
    if (method === "get" && isMetadata(node.base.base)) for (const text of texts) namespaces.add(text);
    if (method === "httpCall") for (const text of texts) clusters.add(text);
  });
  const all = [...strings].filter((text) => text.length <= LONGEST_VALUE);
  const names = [...headers].filter((name) => HEADER_NAME.test(name) && name !== "host");
  return {
    headers: names,
    values: all.filter((text) => !headers.has(text.toLowerCase()) && !/[\r\n\0]/.test(text)),
    methods: all.filter((text) => METHOD_NAMES.has(text)),
    paths: all.filter((text) => /^\/[!-~]*$/.test(text)),
    metadataNamespaces: [...namespaces].filter((name) => name !== ""),
    fields: [...fields, ...names].filter((name) => name !== ""),
    readsRouteMetadata: called.has("metadata"),
    clusters: [...clusters].filter((name) => name !== ""),
    readsBody: [...BODY_METHODS].some((name) => called.has(name)),
    readsTrailers: called.has("trailers"),
    hasResponse: functions.has("envoy_on_response"),
    statuses: statusesIn(all, numbers),
  };
}

/** `x.name` or `x["name"]`; methods and functions of libraries among them do no harm. */
function fieldName(node: Node): string | undefined {
  if (node.type === "MemberExpression" && node.indexer === ".") return node.identifier.name;
  if (node.type === "IndexExpression" && node.index.type === "StringLiteral") return node.index.value;
  return undefined;
}

/** `…:dynamicMetadata()`, or a variable that is named after it. */
function isMetadata(base: Expression): boolean {
  if (base.type === "Identifier") return /metadata|^dm$/i.test(base.name);
  return isCall(base) && base.base.type === "MemberExpression" && base.base.identifier.name === "dynamicMetadata";
}

function statusesIn(strings: readonly string[], numbers: ReadonlySet<number>): number[] {
  const candidates = [...numbers, ...strings.filter((text) => /^[2-5]\d\d$/.test(text)).map(Number)];
  return [...new Set(candidates.filter((value) => Number.isInteger(value) && value >= 200 && value < 600))];
}

/** Strings that are ever assigned to a name, whatever its scope: more than can be meant never hurts here. */
function constantsOf(chunk: Node): ReadonlyMap<string, readonly string[]> {
  const constants = new Map<string, string[]>();
  const note = (name: string, value: Expression | undefined): void => {
    if (value?.type === "StringLiteral") constants.set(name, [...(constants.get(name) ?? []), value.value]);
  };
  walk(chunk, (node) => {
    if (node.type === "LocalStatement" || node.type === "AssignmentStatement") {
      node.variables.forEach((variable, index) => {
        if (variable.type === "Identifier") note(variable.name, node.init[index]);
        if (variable.type === "MemberExpression") note(variable.identifier.name, node.init[index]);
      });
    }
    if (node.type === "TableKeyString") note(node.key.name, node.value);
  });
  return constants;
}

function possibleStrings(node: Expression, constants: ReadonlyMap<string, readonly string[]>): readonly string[] {
  switch (node.type) {
    case "StringLiteral":
      return [node.value];
    case "Identifier":
      return constants.get(node.name) ?? [];
    case "MemberExpression":
      return constants.get(node.identifier.name) ?? [];
    case "LogicalExpression":
      return [...possibleStrings(node.left, constants), ...possibleStrings(node.right, constants)];
    default:
      return [];
  }
}
