"use client";

import { useId, useState } from "react";
import { LineChart } from "#components/charts/line-chart.tsx";
import { formatCount, formatMoney, formatNumber, formatPercent, noValue } from "#components/ui/format.ts";
import { Panel } from "#components/ui/panel.tsx";
import type { CutOff, QualityDetail } from "#server/watch/monitoring/quality/detail/contract.ts";
import classes from "./quality.module.css";

type CutOffPanelProps = Pick<QualityDetail, "thresholds" | "cutOff" | "positive" | "cellValues"> & {
  /** Path of the settings for the value of predictions. */
  settingsHref: string;
};

/** Shows the effect of another decision threshold on the same predictions, and its value. It changes nothing. */
export function CutOffPanel({ thresholds, cutOff, positive, cellValues, settingsHref }: CutOffPanelProps) {
  const id = useId();
  const steps = (thresholds?.curve.length ?? 1) - 1;
  const [position, setPosition] = useState(Math.round(cutOff * steps));
  if (!thresholds) return null;
  const { curve, basis, best } = thresholds;
  const chosen = curve[position] as CutOff;
  const now = curve[Math.round(cutOff * steps)] as CutOff;
  return (
    <Panel
      title="Decision threshold"
      subtitle={basis === "labels" ? "from complete labels" : "estimated: too few complete labels"}
    >
      <div className={classes.slider}>
        <div>
          <LineChart
            title="Precision and recall"
            subtitle={`for ${positive ?? "the positive class"}, by threshold in %`}
            bare
            unit="%"
            x="step"
            xNoun="threshold in %"
            height={190}
            range={{ from: 0, to: 100 }}
            values={{ low: 0, high: 100 }}
            fromZero
            endLabels={false}
            markers={[{ at: chosen.cutOff * 100, label: formatNumber(chosen.cutOff), kind: "config" }]}
            series={[
              { id: "precision", label: "precision", points: curve.map((one) => pointOf(one, one.precision)) },
              { id: "recall", label: "recall", points: curve.map((one) => pointOf(one, one.recall)) },
            ]}
          />
          <label className="lw-small" htmlFor={id}>
            Predict {positive ?? "positive"} from a score of {formatNumber(chosen.cutOff)}
          </label>
          <input
            id={id}
            type="range"
            min={0}
            max={steps}
            value={position}
            onChange={(event) => setPosition(Number(event.currentTarget.value))}
          />
        </div>
        <dl className={classes.facts}>
          <Fact name="Precision" value={chosen.precision} was={now.precision} />
          <Fact name="Recall" value={chosen.recall} was={now.recall} />
          <Fact name="Accuracy" value={chosen.accuracy} was={now.accuracy} />
          <dt>False {positive ?? "positive"} rate</dt>
          <dd>{formatCount(chosen.cells.falsePositive)}</dd>
          <dt>Missed</dt>
          <dd>{formatCount(chosen.cells.falseNegative)}</dd>
          <dt>Value per 1,000</dt>
          <dd>
            {chosen.valuePer1000 === null ? noValue : formatMoney(chosen.valuePer1000)}
            {chosen.valuePer1000 !== null && now.valuePer1000 !== null && (
              <span className="lw-quiet"> currently {formatMoney(now.valuePer1000)}</span>
            )}
          </dd>
          {cellValues === null ? (
            <dt>
              <a href={settingsHref}>Set the value of predictions</a>
            </dt>
          ) : (
            best !== null && (
              <>
                <dt>Optimal threshold</dt>
                <dd>
                  <button type="button" className={classes.link} onClick={() => setPosition(Math.round(best * steps))}>
                    {formatNumber(best)}
                  </button>
                </dd>
              </>
            )
          )}
        </dl>
      </div>
    </Panel>
  );
}

function Fact({ name, value, was }: { name: string; value: number | null; was: number | null }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>
        {formatPercent(value, { decimals: 1 })}{" "}
        <span className="lw-quiet">currently {formatPercent(was, { decimals: 1 })}</span>
      </dd>
    </>
  );
}

function pointOf({ cutOff }: CutOff, value: number | null) {
  return { at: cutOff * 100, value: value === null ? null : value * 100 };
}
