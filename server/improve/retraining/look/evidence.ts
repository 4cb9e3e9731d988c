import { hourMs } from "#server/base/durations.ts";
import { formatCount, formatDuration, formatSignificant, percent } from "#server/base/format-number.ts";
import type { RetrainingTrigger } from "../contract.ts";

/** What is known of a model when its policy looks. Times are milliseconds since 1970. */
export interface Signals {
  /** Open drift findings of its features. */
  drifts: readonly { id: string; feature: string; since: number }[];
  /** Windows of the champion's quality since it serves, newest last; null where one has no value. */
  quality: readonly { source: "realised" | "estimated"; metric: string; windows: readonly QualityWindow[] }[];
  /** Share of the error budget that each SLO has left, the start of the period, and since when it burns faster than it may. */
  slos: readonly { id: string; name: string; remaining: number; periodStart: number; since: number }[];
  /** Labels that have come since the champion's training data ended. */
  labels: { count: number; dataEnd: number };
  /** Newest version of each dataset, by name; none where the champion learned from it. */
  datasets: readonly { name: string; digest: string }[];
  /** Last slot of each schedule that is due, by the trigger's place in the policy. */
  slots: ReadonlyMap<number, number>;
}

interface QualityWindow {
  endsAt: number;
  value: number | null;
}

/** One thing that speaks for a training. */
export interface Evidence {
  /** The same for the same thing at each look: it starts one cycle, and another only after one that was rejected. */
  key: string;
  trigger: RetrainingTrigger["kind"];
  words: string;
  /** Since when it has lasted. */
  since: number;
  /** Labels of requests after this count: of a change those after it, else all that the champion has not learned from. */
  labelsFrom: number;
}

/**
 * Finds what speaks for a training now, for each trigger of a policy; an empty list where a trigger has nothing.
 * docs/spec/retraining.md.
 */
export function findEvidence(triggers: readonly RetrainingTrigger[], signals: Signals, now: number): Evidence[][] {
  return triggers.map((trigger, at) => evidenceOf(trigger, at, signals, now));
}

function evidenceOf(trigger: RetrainingTrigger, at: number, signals: Signals, now: number): Evidence[] {
  switch (trigger.kind) {
    case "drift":
      return driftEvidence(trigger, signals, now);
    case "quality":
      return qualityEvidence(trigger, signals);
    case "slo":
      return signals.slos
        .filter(({ id, remaining }) => id === trigger.slo && remaining < trigger.remainingBelow)
        .map(({ id, name, remaining, periodStart, since }) => ({
          key: `slo:${id}:${periodStart}`,
          trigger: "slo",
          words: `${name} has ${percent(Math.max(0, remaining))} of its error budget left.`,
          since,
          labelsFrom: since,
        }));
    case "labels":
      return labelEvidence(trigger.atLeast, signals);
    case "dataset":
      return signals.datasets
        .filter(({ name }) => name === trigger.dataset)
        .map(({ name, digest }) => ({
          key: `dataset:${name}:${digest}`,
          trigger: "dataset",
          words: `${name} has a new version, ${digest.slice(0, 8)}.`,
          since: now,
          labelsFrom: signals.labels.dataEnd,
        }));
    case "schedule": {
      const slot = signals.slots.get(at);
      if (slot === undefined) return [];
      return [
        {
          key: `schedule:${at}:${slot}`,
          trigger: "schedule",
          words: "Due by schedule.",
          since: slot,
          labelsFrom: signals.labels.dataEnd,
        },
      ];
    }
  }
}

/** Findings that have lasted as long as the policy asks. They are one piece of evidence each, so that another feature counts as something new. */
function driftEvidence(
  { features, forHours }: Extract<RetrainingTrigger, { kind: "drift" }>,
  { drifts }: Signals,
  now: number,
): Evidence[] {
  return drifts
    .filter(({ feature }) => features.length === 0 || features.includes(feature))
    .filter(({ since }) => now - since >= forHours * hourMs)
    .map(({ id, feature, since }) => ({
      key: `drift:${id}`,
      trigger: "drift",
      words: `${feature} has drifted for ${formatDuration(now - since)}.`,
      since,
      labelsFrom: since,
    }));
}

/** The newest windows below the limit, without one at or above it between them. A window without a value neither counts nor interrupts. */
function qualityEvidence(
  { source, metric, below, forWindows }: Extract<RetrainingTrigger, { kind: "quality" }>,
  { quality }: Signals,
): Evidence[] {
  const windows = quality.find((one) => one.source === source && one.metric === metric)?.windows ?? [];
  const known = windows.filter(({ value }) => value !== null);
  const lastGood = known.findLastIndex(({ value }) => (value as number) >= below);
  const low = known.slice(lastGood + 1);
  const [first, last] = [low[0], low.at(-1)];
  if (!first || !last || low.length < forWindows) return [];
  const value = formatSignificant(last.value as number, 4);
  const mean = low.slice(-forWindows).reduce((sum, window) => sum + (window.value as number), 0) / forWindows;
  return [
    {
      key: `quality:${source}:${metric}:${first.endsAt}:${levelOf(below, mean)}`,
      trigger: "quality",
      words: `The ${source} ${metric} has been below ${below} for ${low.length} windows; it is ${value} now.`,
      since: first.endsAt,
      labelsFrom: first.endsAt,
    },
  ];
}

/** How far below its limit a metric is: 0 up to 2 % of the limit, then each level twice as far, so that a further fall is something new. */
function levelOf(limit: number, value: number): number {
  const step = 0.02 * Math.max(Math.abs(limit), 0.01);
  return Math.floor(Math.log2(1 + Math.max(0, limit - value) / step));
}

/** Each further `atLeast` labels are another piece of evidence, so that what a rejected candidate lacked may come. */
function labelEvidence(atLeast: number, { labels }: Signals): Evidence[] {
  const times = Math.floor(labels.count / atLeast);
  if (times === 0) return [];
  return [
    {
      key: `labels:${labels.dataEnd}:${times}`,
      trigger: "labels",
      words: `${formatCount(labels.count)} labels have arrived since the champion's training data.`,
      since: labels.dataEnd,
      labelsFrom: labels.dataEnd,
    },
  ];
}
