"use client";

import { Definition } from "#components/ui/definition.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { formatWindows } from "#components/watch/slo/ladder-text.ts";
import type { TierReading } from "#server/watch/objectives/contract.ts";
import { formatBurnRate } from "#server/watch/slo/engine/contract.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";

/** Renders each pair of windows with its limit: those that fired, and those suppressed by the significance gate. */
export function BurnLadder({ slo }: { slo: NonNullable<Chosen["slo"]> }) {
  const { tiers, gate, target } = slo;
  return (
    <section aria-label="Burn-rate alerts">
      <h2 className={classes.heading}>
        <Definition
          name="Burn rate"
          sentence="How many times faster than sustainable the error budget is being spent. A tier fires when both of its windows exceed the threshold."
          formula={`burn = (bad / all) / (1 − ${target})\nfires when short > threshold and long > threshold${gate === null ? "" : `\nand P(this many bad by chance) < ${gate}`}`}
        >
          Burn-rate alerts
        </Definition>
        <span>fires when both windows exceed the threshold</span>
      </h2>
      {tiers.length === 0 ? (
        <p className="lw-small lw-quiet">The worker has not evaluated this SLO yet.</p>
      ) : (
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Windows</th>
              <th scope="col">Threshold</th>
              <th scope="col">Short</th>
              <th scope="col">Long</th>
              <th scope="col">Tier</th>
            </tr>
          </thead>
          <tbody>
            {tiers.map((reading) => (
              <Rung reading={reading} gate={gate} key={`${reading.tier.severity} ${reading.tier.longMinutes}`} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function Rung({ reading, gate }: { reading: TierReading; gate: number | null }) {
  const { tier, factor, isCapped, long, short, chance, bad, total } = reading;
  const isAboveThreshold = (burn: number | null) => burn !== null && burn > factor;
  const held =
    !reading.isFiring &&
    isAboveThreshold(long) &&
    (tier.shortMinutes === null || isAboveThreshold(short)) &&
    !reading.passesGate;
  const name = tier.severity === "page" ? "Page" : "Ticket";
  return (
    <tr>
      <th scope="row">{formatWindows(tier)}</th>
      <td
        className="lw-number"
        title={isCapped ? "Capped: at this target, higher burn rates are impossible." : undefined}
      >
        {formatBurnRate(factor)}×{isCapped && <span className="lw-quiet"> capped</span>}
      </td>
      <td className="lw-number" data-over={isAboveThreshold(short) || undefined}>
        {short === null ? "–" : `${formatBurnRate(short)}×`}
      </td>
      <td
        className="lw-number"
        data-over={isAboveThreshold(long) || undefined}
        title={`${Math.round(bad).toLocaleString("en")} of ${Math.round(total).toLocaleString("en")}`}
      >
        {long === null ? "–" : `${formatBurnRate(long)}×`}
      </td>
      <td>
        {reading.isFiring ? (
          <StatusBadge state={tier.severity === "page" ? "missed" : "watch"} filled>
            {name}, firing
          </StatusBadge>
        ) : held ? (
          <span
            title={`Below the significance gate ${gate}: ${Math.round(bad)} of ${Math.round(total)} could be chance.`}
          >
            <StatusBadge state="paused">
              Suppressed{chance === null ? "" : `, chance ${formatChance(chance)}`}
            </StatusBadge>
          </span>
        ) : (
          <StatusBadge state="not-started">{name}, not firing</StatusBadge>
        )}
      </td>
    </tr>
  );
}

function formatChance(chance: number): string {
  const percent = chance * 100;
  return `${percent < 0.1 ? "< 0.1" : percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`;
}
