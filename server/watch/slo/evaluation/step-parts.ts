import type { PostedAlert } from "#server/alerting/alerts/contract.ts";
import { raisedTitle } from "#server/alerting/alerts/raised-title.ts";
import { stepRule } from "#server/alerting/alerts/rules/step-rule.ts";
import { minuteMs } from "#server/base/durations.ts";
import type { SloState } from "../../objectives/contract.ts";
import { alertLabels, burnAlert, burnTitle, sustainedBurn, type WatchedPart, watchedParts } from "./burn-alerts.ts";
import type { SloPartState, StoredSlo } from "./slo-rows.ts";

/** Time between repeats of firing alerts: one that is not repeated shows as not evaluated. */
const againMs = minuteMs;

/** Whether the counts of an SLO are current, so that its rules may be evaluated. */
type Firmness = "known" | "stale" | "silent";

interface Stepped {
  partStates: SloPartState[];
  alerts: PostedAlert[];
}

/**
 * Evaluates the rules of an SLO once: returns the new state of each, and the alerts to notify. Stale counts change nothing. A silent SLO,
 * which is paused or archived, resolves firing alerts and starts none. @param raises whether the titles of firing alerts follow a share that
 * rises; not once someone has acknowledged one
 */
export function stepParts(slo: StoredSlo, state: SloState, firmness: Firmness, raises = false): Stepped {
  const parts = watchedParts(slo.definition, state);
  const before = new Map(slo.partStates.map((partState) => [partState.part, partState]));
  // Rules that the SLO had before it was edited end too.
  const removed = slo.partStates
    .filter(({ part }) => !parts.some((one) => one.part === part))
    .map(({ part }) => ({ part, severity: "ticket", isFiring: false, tiers: [] }) as WatchedPart);
  const alerts: PostedAlert[] = [];
  const partStates: SloPartState[] = [];
  for (const part of [...parts, ...removed]) {
    const isGone = removed.includes(part);
    const stepped = stepPart(slo, part, state, before.get(part.part), {
      firmness: isGone ? "silent" : firmness,
      raises: raises && !isGone && firmness === "known",
    });
    if (!isGone) partStates.push(stepped.partState);
    if (stepped.alert) alerts.push(stepped.alert);
  }
  return { partStates, alerts };
}

function stepPart(
  slo: StoredSlo,
  part: WatchedPart,
  state: SloState,
  before: SloPartState | undefined,
  { firmness, raises }: { firmness: Firmness; raises: boolean },
): { partState: SloPartState; alert?: PostedAlert } {
  const { at: now } = state;
  const isTrue = firmness === "silent" ? false : firmness === "stale" ? null : part.isFiring;
  const { change, ...stepped } = stepRule(before, { isTrue, now, forMs: 0 });
  const isFiring = stepped.state === "firing";
  const partState = { part: part.part, ...stepped };
  // If its severity was changed while it fires, that is another alert, and this one is resolved.
  const alertLabelsNow = before?.trace.labels ?? alertLabels(slo, part);
  const known = change === "fired" ? undefined : before?.trace.summary;
  const summary = known
    ? raises && isFiring
      ? raisedTitle(known, burnTitle(slo, part, state, sustainedBurn(state)))
      : known
    : burnTitle(slo, part, state);
  if (change === "resolved") {
    const alert = {
      ...burnAlert(slo, part, state, { labels: alertLabelsNow, summary }),
      startsAt: startOf(before, now),
      endsAt: new Date(now),
    };
    return { partState: { ...partState, trace: { tiers: part.tiers } }, alert };
  }
  if (!isFiring) return { partState: { ...partState, trace: { tiers: part.tiers } } };
  const labels = change === "fired" ? alertLabels(slo, part) : alertLabelsNow;
  const notifiedAt = before?.trace.notifiedAt ?? 0;
  const isDue = change === "fired" || now - notifiedAt >= againMs;
  const trace = { tiers: part.tiers, labels, summary, notifiedAt: isDue ? now : notifiedAt };
  if (!isDue) return { partState: { ...partState, trace } };
  const alert = { ...burnAlert(slo, part, state, { labels, summary }), startsAt: new Date(stepped.since) };
  return { partState: { ...partState, trace }, alert };
}

function startOf(before: SloPartState | undefined, now: number): Date {
  return new Date(Math.min(before?.since ?? now, now));
}
