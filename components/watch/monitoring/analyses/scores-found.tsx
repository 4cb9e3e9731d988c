import { formatCount, plural } from "#components/ui/format.ts";
import { NamedText } from "#components/ui/named-text.tsx";
import { ComparisonTable } from "#components/watch/monitoring/compare/comparison-table.tsx";
import type { Comparison } from "#server/watch/monitoring/compare/contract.ts";
import classes from "./analyses.module.css";

/** Renders Evidently's verdict on the rows, its disagreements with Leeway, and every score with its threshold. */
export function ScoresFound({ comparison }: { comparison: Comparison }) {
  const { columns, changed, evidently, referenceRows, rows, warning } = comparison;
  const disagreements = columns.flatMap(({ disagreement }) => disagreement ?? []);
  return (
    <>
      <p>
        Evidently's thresholds flag {evidently.drifted} of {plural(columns.length, "feature")}, Leeway {changed}, on{" "}
        {formatCount(rows)} requests and {formatCount(referenceRows)} reference rows{" "}
        {disagreements.length === 0 ? "; they agree on every feature." : `; they disagree on ${disagreements.length}.`}{" "}
        {warning}
      </p>
      {disagreements.length > 0 && (
        <ul className={classes.disagreements}>
          {disagreements.map((sentence) => (
            <li key={sentence}>
              <NamedText>{sentence}</NamedText>
            </li>
          ))}
        </ul>
      )}
      <ComparisonTable rows={columns} />
    </>
  );
}
