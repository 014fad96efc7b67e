import { type AnyCall, type Expression, isCall, type ReturnStatement } from "./ast.js";
import { libraryPath } from "./callee.js";
import type { Binding, FunctionInfo, Script } from "./script.js";
import { walk } from "./walk.js";

/** The call that is all that a `return` returns: the function is gone when it is made. */
export function tailCall({ arguments: values }: ReturnStatement): AnyCall | undefined {
  const [only, ...more] = values;
  return only && more.length === 0 && isCall(only) && !only.inParens ? only : undefined;
}

/** Whether a plain function that calls itself in tail position can begin anew instead: not where each call has variables that closures share. */
export function beginsAnew(fn: FunctionInfo): boolean {
  return fn.parameters.every((parameter) =>
    [...parameter.references, ...parameter.assignments].every(({ inside }) => inside === fn),
  );
}

/**
 * Without the plain functions that could call one another in tail position without end, which takes nothing of the stack in Lua. As values they
 * leave such a call to whoever called them.
 */
export function withoutTailCycles(
  script: Script,
  direct: ReadonlyMap<Binding, FunctionInfo>,
): ReadonlyMap<Binding, FunctionInfo> {
  const fields = ownFields(script);
  for (let left = direct; ; ) {
    const calls = new TailCalls(script, left, fields);
    const kept = new Map([...left].filter(([, fn]) => !calls.reachesItself(fn)));
    if (kept.size === left.size) return left;
    left = kept;
  }
}

/** Which functions each function may call in tail position. */
class TailCalls {
  private readonly values: readonly FunctionInfo[];
  private readonly known = new Map<FunctionInfo, readonly FunctionInfo[]>();

  constructor(
    private readonly script: Script,
    private readonly direct: ReadonlyMap<Binding, FunctionInfo>,
    private readonly fields: ReadonlySet<string>,
  ) {
    const plain = new Set(direct.values());
    this.values = script.functions.filter((fn) => fn !== script.main && !plain.has(fn));
  }

  reachesItself(fn: FunctionInfo): boolean {
    const seen = new Set<FunctionInfo>();
    const reaches = (current: FunctionInfo): boolean =>
      this.from(current).some((called) => {
        if (called === fn) return true;
        if (seen.has(called)) return false;
        seen.add(called);
        return reaches(called);
      });
    return reaches(fn);
  }

  private from(fn: FunctionInfo): readonly FunctionInfo[] {
    let found = this.known.get(fn);
    if (!found) {
      found = fn.returns.flatMap((statement) => this.called(fn, tailCall(statement)));
      this.known.set(fn, found);
    }
    return found;
  }

  private called(fn: FunctionInfo, call: AnyCall | undefined): readonly FunctionInfo[] {
    if (!call || libraryPath(this.script, call.base) !== undefined) return [];
    const binding = call.base.type === "Identifier" ? this.script.bindingOf.get(call.base) : undefined;
    const only = binding && this.direct.get(binding);
    if (only) return only === fn && beginsAnew(fn) ? [] : [only];
    return this.mayBeOwn(call.base, binding) ? this.values : [];
  }

  private mayBeOwn(callee: Expression, binding: Binding | undefined): boolean {
    if (binding?.kind === "global") return binding.assignments.length > 0;
    return callee.type !== "MemberExpression" || this.fields.has(callee.identifier.name);
  }
}

/** Names under which the script puts something into tables. */
function ownFields(script: Script): ReadonlySet<string> {
  const names = new Set<string>();
  const add = (target: Expression | null): void => {
    if (target?.type === "MemberExpression") names.add(target.identifier.name);
    if (target?.type === "IndexExpression" && target.index.type === "StringLiteral") names.add(target.index.value);
  };
  walk(script.chunk, (node) => {
    if (node.type === "FunctionDeclaration") add(node.identifier);
    if (node.type === "AssignmentStatement") node.variables.forEach(add);
    if (node.type === "TableKeyString") names.add(node.key.name);
  });
  return names;
}
