import { formatDuration, formatSignificant } from "#server/base/format-number.ts";
import type { IncidentSeverity } from "../contract.ts";
import { calmMs, effectMs, quietMs } from "./constants.ts";
import { type IncidentStage, Recovery, type StageView } from "./contract.ts";

interface Staged {
  stage: IncidentStage;
  stageAt: Date | null;
  detectedAt: Date;
  recovery: Partial<Recovery>;
  severity: IncidentSeverity;
}

/** Returns the stage of an open incident with its sentence. @param now milliseconds since 1970 */
export function stageViewOf(incident: Staged, now: number): StageView {
  const { stage, severity } = incident;
  const recovery = Recovery.parse(incident.recovery);
  const { burn, calmSince, action, failed } = recovery;
  const since = (incident.stageAt ?? incident.detectedAt).getTime();
  const calmAt = stage === "watch" && calmSince !== null ? calmSince + calmMs : null;
  const base = { stage, since, burn, calmAt, action, failed };
  return { ...base, words: wordsOf(base, { recovery, severity, now }) };
}

interface Described {
  recovery: Recovery;
  severity: IncidentSeverity;
  now: number;
}

function wordsOf(view: Omit<StageView, "words">, { recovery, severity, now }: Described): string {
  const { stage, since, calmAt, action } = view;
  const rate = view.burn === null ? null : `burn rate ${formatSignificant(view.burn, 2)}×`;
  if (stage === "act") {
    const last = view.failed.at(-1);
    if (last) return `${last.title}: ${recovery.reason}.`;
    return recovery.reason ? `${capital(recovery.reason)}.` : "";
  }
  if (stage === "watch") {
    if (calmAt !== null) return `Recovering: ${rate ?? "nothing fires"}, ${minutes(calmAt - now)} to go.`;
    const until = (recovery.check?.at ?? action?.at ?? since) + effectMs;
    const before = action?.burn ?? null;
    const isFalling = view.burn !== null && before !== null && view.burn < before;
    const fall = isFalling ? `, down from ${formatSignificant(before, 2)}×` : "";
    return `Waiting for an effect: ${rate ?? "alerts still fire"}${fall}, ${minutes(until - now)} left.`;
  }
  const quiet = `Calm for ${minutes(now - since + calmMs)}.`;
  const isMinor = severity === "SEV3" || severity === "SEV4";
  return isMinor
    ? `${quiet} Resolves automatically in ${minutes(since + quietMs - now)}.`
    : `${quiet} Resolve the incident.`;
}

/** Formats a time left, rounded up to minutes. */
function minutes(ms: number): string {
  return formatDuration(Math.max(1, Math.ceil(ms / 60_000)) * 60_000);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
