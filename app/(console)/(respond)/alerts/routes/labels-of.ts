import { parseMatchers } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import { DomainError } from "#server/base/errors.ts";

/** Parses labels as typed: `alertname="A", severity="page"`. @throws DomainError "invalid" */
export function labelsOf(text: string): Record<string, string> {
  const matchers = parseMatchers(text);
  const other = matchers.find(({ isRegex, isEqual }) => isRegex || !isEqual);
  if (matchers.length === 0 || other) {
    const message = 'An alert has labels with one value each, for example alertname="A", severity="page".';
    throw new DomainError("invalid", message);
  }
  return Object.fromEntries(matchers.map(({ name, value }) => [name, value]));
}
