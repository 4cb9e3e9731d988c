import { formatCount, formatCountOf, formatNumber } from "#components/ui/format.ts";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import type { EvaluationComparison } from "#server/release/evaluation/contract.ts";
import classes from "./evaluation.module.css";
import { IntervalBars } from "./interval-bars.tsx";
import { scaleOf } from "./interval-geometry.ts";
import { differenceRange, differenceText } from "./metric-text.ts";

interface DiscordantPanelProps {
  comparison: EvaluationComparison;
  /** Addresses of the rows that changed. */
  hrefs: { gained: string; lost: string; other: string };
}

/** Renders rows by which version is correct, and the difference with its paired and its unpaired interval. */
export function DiscordantPanel({ comparison, hrefs }: DiscordantPanelProps) {
  const { discordant, first, second, rows, metrics } = comparison;
  const headline = metrics[0];
  if (!discordant || !headline) return null;
  const { both, onlyFirst, onlySecond, neither, neitherDiffer, pValue, unpaired } = discordant;
  const [own, base] = [`v${first.version}`, `v${second.version}`];
  const { difference, interval, verdict, scale: unit } = headline;
  const scale = scaleOf([0, interval, headline.id === "accuracy" ? unpaired : null, difference]);
  const tone = verdict === "better" || verdict === "worse" ? verdict : undefined;
  return (
    <Panel title="Discordant rows" subtitle={formatCountOf(onlyFirst + onlySecond, rows)}>
      <div className={classes.cells}>
        <span />
        <span className="lw-small lw-muted">{base} correct</span>
        <span className="lw-small lw-muted">{base} incorrect</span>
        <span className="lw-small lw-muted">{own} correct</span>
        <span className={classes.cell}>
          <strong>{formatCount(both)}</strong>both correct
        </span>
        <Link className={classes.cell} data-gained href={hrefs.gained}>
          <strong>{formatCount(onlyFirst)}</strong>only {own}
        </Link>
        <span className="lw-small lw-muted">{own} incorrect</span>
        <Link className={classes.cell} href={hrefs.lost}>
          <strong>{formatCount(onlySecond)}</strong>only {base}
        </Link>
        <Link className={classes.cell} href={hrefs.other}>
          <strong>{formatCount(neither)}</strong>both incorrect, {formatCount(neitherDiffer)} differ
        </Link>
      </div>
      {difference !== null && (
        <div className={classes.pairs}>
          <IntervalBars scale={scale} values={[{ value: difference, interval }]} mark={0} tone={tone} />
          <strong>
            paired {differenceText(unit, difference)} {interval && `(${differenceRange(unit, interval)})`}
          </strong>
          {headline.id === "accuracy" && unpaired && (
            <>
              <IntervalBars scale={scale} values={[{ value: difference, interval: unpaired }]} mark={0} />
              <span className="lw-quiet">unpaired ({differenceRange(unit, unpaired)})</span>
            </>
          )}
        </div>
      )}
      <p className="lw-small lw-quiet">
        {pValue === null
          ? "No McNemar test: rows that share an entity are not independent."
          : `McNemar exact p = ${formatNumber(pValue)}.`}{" "}
        The paired interval decides: both versions met the same rows.
      </p>
    </Panel>
  );
}
