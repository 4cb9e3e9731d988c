import { formatCount, formatPercent } from "#components/ui/format.ts";
import type { LeakageCheck, Side } from "#server/develop/datasets/leakage/contract.ts";

/** Formats a side as "flights 4be10508" or "flights 4be10508, split = test". */
export function describeSide({ name, digest, where }: Side): string {
  const version = `${name} ${digest.slice(0, 8)}`;
  return where ? `${version}, ${where.column} = ${where.value}` : version;
}

/** Describes the result in a sentence; undefined until there is one. */
export function leakageSentence({ question, result, problem }: LeakageCheck): string | undefined {
  if (problem !== null) return problem;
  if (!result) return undefined;
  const { rightRows, leftRows, sharedRows } = result;
  const [left, right] = [describeSide(question.left), describeSide(question.right)];
  if (leftRows === 0 || rightRows === 0) {
    return `Nothing to compare: ${leftRows === 0 ? left : right} has no rows.`;
  }
  if (sharedRows === 0) return `None of the ${formatCount(rightRows)} rows in ${right} appear in ${left}.`;
  const share = formatPercent(sharedRows / rightRows);
  return `${formatCount(sharedRows)} of ${formatCount(rightRows)} rows (${share}) in ${right} also appear in ${left}.`;
}
