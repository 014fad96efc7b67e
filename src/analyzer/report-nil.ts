import type { ScriptContext } from "./define-rule.js";
import { explainNil, originOf } from "./nil-reasons.js";
import type { Fault } from "./tracking/facts.js";

/** What the rules on nil have in common: the sentence, the level and the place where the value came from. */
export function reportNil(context: ScriptContext, fault: Fault, consequence: string): void {
  const { facts } = context;
  const explanation = explainNil(fault, facts.hooks.request !== undefined || facts.hooks.response !== undefined);
  if (!explanation?.level) return;
  const origin = originOf(fault);
  const verb = explanation.level === "note" ? "may be" : "is";
  context.report({
    at: fault.operand,
    level: explanation.level,
    message: `\`${context.spell(fault.operand, 40)}\` ${verb} nil ${explanation.when}: ${consequence}${fault.where.caught ? " (`pcall` catches it)" : ""}`,
    ...(explanation.help !== undefined && { help: explanation.help }),
    ...(origin && { related: [origin] }),
  });
}

/** Nil because the message has no body is told by its own rule. */
export function isAboutBody(fault: Fault): boolean {
  return fault.value.nil?.kind === "body";
}
