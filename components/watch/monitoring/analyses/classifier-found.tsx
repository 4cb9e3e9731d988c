import { BarList } from "#components/ui/bar-list.tsx";
import { formatCount, formatNumber, nbsp } from "#components/ui/format.ts";
import { NamedText } from "#components/ui/named-text.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import type { ClassifierResult } from "#server/watch/monitoring/analyses/contract.ts";
import classes from "./analyses.module.css";

/** Reasons that are worth reading. */
const maxReasons = 6;

/** Renders the verdict of a domain classifier, its numbers with their thresholds, and its largest coefficients. */
export function ClassifierFound({ found }: { found: ClassifierResult }) {
  const { auc, line, pValue, isDrift, size, heldOut, reasons, words } = found;
  return (
    <>
      <p>
        <StatusBadge state={isDrift ? "watch" : "on-target"}>
          {isDrift ? "Distinguishable" : "Not distinguishable"}
        </StatusBadge>{" "}
        <NamedText>{words}</NamedText>
      </p>
      <div className={classes.classifier}>
        <dl className="lw-facts">
          <dt>AUC vs threshold</dt>
          <dd>
            {formatNumber(auc, { decimals: 3 })} vs {formatNumber(line, { decimals: 3 })}
          </dd>
          <dt>
            Separation, 2{nbsp}·{nbsp}AUC{nbsp}−{nbsp}1
          </dt>
          <dd>{formatNumber(size, { decimals: 3 })} (0: none, 1: complete)</dd>
          <dt>Significance</dt>
          <dd>{pValue < 1e-4 ? "p < 0.0001" : `p = ${formatNumber(pValue, { decimals: 4 })}`}</dd>
          <dt>Held-out rows</dt>
          <dd>
            {formatCount(heldOut.reference)} reference, {formatCount(heldOut.current)} current
          </dd>
        </dl>
        <div>
          <p className="lw-small lw-quiet">
            Largest coefficients, as share of total{isDrift ? "" : " (due to chance if not distinguishable)"}
          </p>
          <BarList
            label="Features by their coefficients"
            bars={reasons.slice(0, maxReasons).map(({ feature, share }) => ({
              label: <code>{feature}</code>,
              value: share,
            }))}
          />
        </div>
      </div>
    </>
  );
}
