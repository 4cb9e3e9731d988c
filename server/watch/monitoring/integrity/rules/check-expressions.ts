import { DomainError } from "#server/base/errors.ts";
import type { DataRule } from "./contract.ts";
import { parseRule } from "./parse-rule.ts";

/**
 * Reads the expressions of rules. The schema leaves this to the server, so that pages that show a rule load no code for regular expressions.
 * @throws DomainError "invalid" for the first one that cannot be read, with its place as the field
 */
export function checkExpressions(rules: readonly Pick<DataRule, "expression">[]): void {
  for (const [at, { expression }] of rules.entries()) {
    try {
      parseRule(expression);
    } catch (problem) {
      throw new DomainError("invalid", (problem as Error).message, { field: `rules.${at}.expression`, cause: problem });
    }
  }
}
