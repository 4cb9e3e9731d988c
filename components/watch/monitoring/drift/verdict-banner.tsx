import { StatusShape } from "#components/ui/status-shape.tsx";
import type { DriftReport } from "#server/watch/monitoring/drift/report/contract.ts";
import { describeRarity, stateBadges } from "./drift-labels.ts";
import classes from "./verdict-banner.module.css";

/** Renders the conclusion, its basis, and its probability by chance. */
export function VerdictBanner({ report, noun }: { report: DriftReport; noun: "day" | "week" }) {
  const { verdict, features, oneIn, settings, harm: impact, headline } = report;
  if (!verdict) return null;
  const first = features.find(({ state }) => state === "drift" || state === "expected");
  const rarity = describeRarity(oneIn, noun);
  const promise = `${settings.isStrict ? "no false alarm" : "at most one false alarm"} per ${settings.weeks} weeks${settings.isStrict ? " with 95% confidence" : " on average"}`;
  return (
    <section className={classes.banner} data-state={stateBadges[verdict.state].state} aria-label="Summary">
      <StatusShape state={stateBadges[verdict.state].state} size={13} />
      <div className={classes.words}>
        <strong>{headline}</strong>
        <span>
          {first && (
            <>
              <code>{first.name}</code>: {first.words}{" "}
            </>
          )}
          {verdict.isReferenceSmall &&
            `The reference (${verdict.referenceRows.toLocaleString("en")} rows) is small for this window (${report.rows.toLocaleString("en")} rows); the same feature may trigger repeated alerts. `}
          {impact?.labelWords}
        </span>
      </div>
      <div className={classes.aside}>
        <span title={`Thresholds allow ${promise}.`}>
          {verdict.calibratedOn > 0
            ? `Calibrated on ${verdict.calibratedOn} normal windows`
            : `Thresholds for ${settings.isStrict ? "no" : "one"} false alarm per ${settings.weeks} weeks`}
        </span>
        {rarity && (
          <strong>
            a {noun} like this occurs: {rarity.replace(`1\u00a0${noun} in`, "1 in")}
          </strong>
        )}
      </div>
    </section>
  );
}
