"use client";

import { formatPercent } from "#components/ui/format.ts";
import { formatClock, formatDate } from "#components/ui/format-time.ts";
import { Link } from "#components/ui/link.tsx";
import { useHydrated, useNow } from "#components/ui/now.tsx";
import { StatusBadge } from "#components/ui/status-badge.tsx";
import { sloHref } from "#components/watch/slo/addresses.ts";
import { LeewayScale } from "#components/watch/slo/leeway-scale.tsx";
import type { Period } from "#server/watch/objectives/contract.ts";
import { budgetCondition } from "#server/watch/slo/condition/contract.ts";
import { formatBudget, formatBurnRate, formatSpan } from "#server/watch/slo/engine/contract.ts";
import type { Chosen } from "../board-types.ts";
import classes from "./centre.module.css";

/** Shows the remaining budget, and when it will be exhausted at the current rate. */
export function BudgetGauge({ slo }: { slo: NonNullable<Chosen["slo"]> }) {
  const now = useNow(10_000);
  const zone = useHydrated() ? undefined : "UTC";
  const { budget, target, period, name } = slo;
  const { state, word } = budgetCondition(budget, now);
  const remaining = budget?.remaining ?? null;
  return (
    <section aria-label="Error budget">
      <h2 className={classes.heading}>
        <Link href={sloHref(name)}>Error budget</Link>
        <span>
          {formatPercent(target)}, {formatPeriod(period)}
        </span>
      </h2>
      <p className={classes.left}>
        <strong>{remaining === null ? "–" : formatBudget({ remaining, bad: budget?.bad })}</strong>
        <StatusBadge state={state} filled>
          {word}
        </StatusBadge>
      </p>
      <LeewayScale budget={budget} now={now} height={10} hasTicks />
      <p className={classes.gone}>
        {budget?.exhaustedAt ? (
          <>
            At the current burn rate it is exhausted <b>{formatWhen(budget.exhaustedAt, now, zone)}</b>, in{" "}
            {formatSpan(budget.exhaustedAt - now)}.
          </>
        ) : remaining !== null && remaining <= 0 ? (
          <>Exhausted. Changes are blocked, except rollbacks and fixes.</>
        ) : (
          <>Not projected to be exhausted.</>
        )}{" "}
        {budget?.burnRate !== null && budget?.burnRate !== undefined && (
          <>
            Current burn rate: <b>{formatBurnRate(budget.burnRate)}×</b>.
          </>
        )}
      </p>
    </section>
  );
}

function formatWhen(at: number, now: number, zone: string | undefined): string {
  const clock = formatClock(at, zone ? { timeZone: zone } : {});
  return at - now < 20 * 3_600_000 ? `at ${clock}` : `on ${formatDate(at, zone)}`;
}

function formatPeriod(period: Period): string {
  return period.kind === "rolling" ? `${period.days}\u00a0d` : `this ${period.unit}`;
}
