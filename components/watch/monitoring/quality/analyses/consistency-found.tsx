import { predictionsHref } from "#components/serve/endpoints/addresses.ts";
import { formatCount, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ConsistencyResult } from "#server/watch/monitoring/quality/consistency/contract.ts";
import { intervalText } from "../quality-text.ts";
import classes from "./analyses.module.css";

/** Shows how often and how much the predictions of two versions differed, with the first requests where they did. */
export function ConsistencyFound({ found, endpoint }: { found: ConsistencyResult; endpoint: string }) {
  const { compared, disagreeing, share, interval, largestDifference, invalid, skipped, unanswered } = found;
  const state = compared === 0 ? "no-data" : disagreeing > 0 ? "watch" : "on-target";
  return (
    <>
      <p>
        <StatusBadge state={state}>
          {compared === 0 ? "No data" : disagreeing > 0 ? "Disagreement" : "Identical"}
        </StatusBadge>{" "}
        {found.words}
      </p>
      <dl className="lw-facts lw-small">
        <dt>Different predictions</dt>
        <dd>
          {share === null ? noValue : formatPercent(share)}
          {interval && ` (95%: ${intervalText("accuracy", interval)})`} of {formatCount(compared)} requests
        </dd>
        <dt>Largest difference</dt>
        <dd>{compared === 0 ? noValue : formatNumber(largestDifference)}</dd>
        <dt>Not compared</dt>
        <dd>
          {formatCount(skipped)} not fully stored, {formatCount(unanswered)} failed{" "}
          {invalid > 0 && `; ${formatCount(invalid)} with NaN or infinity on one side`}
        </dd>
        {found.problem && (
          <>
            <dt>First problem</dt>
            <dd>{found.problem}</dd>
          </>
        )}
      </dl>
      {found.examples.length > 0 && (
        <>
          <p className="lw-small lw-quiet">First requests with different predictions</p>
          <ul className={classes.examples}>
            {found.examples.map((id) => (
              <li key={id}>
                <Link href={predictionsHref(endpoint, { q: `id = "${id}"` })}>
                  <code>{id.slice(0, 12)}</code>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
