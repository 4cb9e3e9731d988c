import { dayMs, hourMs } from "#server/base/durations.ts";
import type { PairedCells } from "#server/stats/evaluation/paired.ts";
import { normalFrom, type Random } from "#server/stats/random.ts";
import { binomialFrom } from "#server/stats/random-counts.ts";
import { acceptCandidate, type CandidateEvidence } from "../accept/accept-candidate.ts";
import type { RetrainingPolicy } from "../contract.ts";
import type { Signals } from "../look/evidence.ts";
import type { Circumstances, EndedCycle, LabelState } from "../look/holds.ts";
import { look } from "../look/look.ts";
import { type Course, isWithin, type Shift, shareOf } from "./made-years.ts";

const stepMs = 6 * hourMs;
/** Labels are complete after this. */
const maturityMs = 7 * dayMs;
const windowMs = 90 * dayMs;
const qualityWindowDays = 7;
const base = 0.92;
/** Loss of accuracy from which a new model is needed. */
const needed = 0.01;
const trainingMs = 8 * hourMs;
const rolloutMs = 36 * hourMs;
/** Time that an owner takes to freeze a new set. */
const renewalMs = 14 * dayMs;
const freshShare = 0.2;
const maxFreshRows = 400;
const frozenRows = 5_000;
/** Share of rows on which only one of two models of the same quality is right. */
const discordant = 0.03;
/** Rows of a new kind from which a model learns half of what there is to learn. */
const halfLearnedRows = 300;

/** How a fleet decides: as Leeway does, or as others do. */
export interface Rules {
  /** @returns keys of what a cycle starts from now, none for no cycle; and whether the owner is told that it waits for labels, or that they come from one source */
  look(signals: Signals, circumstances: Circumstances, now: number): { evidence: string[]; waitsForLabels: boolean };
  accepts(evidence: CandidateEvidence): { isAccepted: boolean; isOutdated: boolean };
}

/** Returns Leeway's rules, with a policy. */
export function rulesOf(policy: RetrainingPolicy): Rules {
  return {
    look(signals, circumstances, now) {
      const found = look(policy, signals, circumstances, now);
      return {
        evidence: found.kind === "fired" ? found.evidence.map(({ key }) => key) : [],
        waitsForLabels:
          found.kind === "held" && found.holds.some(({ code }) => code === "labels" || code === "source-share"),
      };
    },
    accepts(evidence) {
      const { verdict, reasons } = acceptCandidate(policy.accept, evidence);
      return { isAccepted: verdict === "accept", isOutdated: reasons[0]?.code === "outdated" };
    },
  };
}

/**
 * Rules as in examples that join a drift monitor to a pipeline: train on any drift and on any window below the limit, a day apart, and release what is
 * right more often on the newest rows.
 */
export const thresholdRules: Rules = {
  look({ drifts, quality }, { cycles, openCycle }, now) {
    const isLow = (quality[0]?.windows.at(-1)?.value ?? 1) < base - 0.02;
    const isCool = now - (cycles.at(-1)?.endedAt ?? 0) >= dayMs;
    const fires = openCycle === null && isCool && (drifts.length > 0 || isLow);
    return { evidence: fires ? ["threshold"] : [], waitsForLabels: false };
  },
  accepts: ({ fresh }) => ({ isAccepted: fresh !== null && fresh.onlyFirst > fresh.onlySecond, isOutdated: false }),
};

/** What came of the policies of a fleet. */
export interface Tally {
  modelYears: number;
  cycles: number;
  adopted: number;
  /** Cycles that began while the champion was as good as it ever was. */
  withoutNeed: number;
  /** Lasting shifts of 3 points and more. */
  needs: number;
  /** Of them, those that no champion had learned most of 60 days after they were complete. */
  unmet: number;
  /** Of those, the ones that nobody was told of since: no candidate was rejected, and no label was asked for. */
  missed: number;
  /** Adopted candidates that were worse than the champion by a point. */
  harmful: number;
  /** Largest number of cycles that a model began within 7 days, and that were open at once. */
  maxInAWeek: number;
  maxAtOnce: number;
}

interface Version {
  base: number;
  dataEnd: number;
  servesFrom: number;
  /** Share of each shift that it has learned, by the shift's place in the course. */
  learned: number[];
}

interface Model {
  course: Course;
  /** Labels up to each day. */
  labelSums: number[];
  champion: Version;
  cycles: EndedCycle[];
  open: { startedAt: number; endsAt: number; evidence: string[]; candidate: Version; isAccepted: boolean } | null;
  /** Since when each shift, seen from the champion, shows as drift. */
  driftSince: (number | null)[];
  windows: { endsAt: number; value: number | null }[];
  starts: number[];
  /** When its owner was last told what labels lack. */
  notifiedAt: number;
  /** End of the labels of the frozen set, and when its owner freezes another one. */
  frozen: { dataEnd: number; renewedAt: number };
}

/**
 * Runs the policies of a fleet through some years: a look every six hours, training, acceptance, a rollout.
 * @returns what came of them
 */
export function simulateYears(rules: Rules, courses: readonly Course[], random: Random): Tally {
  const days = courses[0]?.labels.length ?? 0;
  const models = courses.map(newModel);
  const tally: Tally = {
    modelYears: (courses.length * days) / 365,
    cycles: 0,
    adopted: 0,
    withoutNeed: 0,
    needs: 0,
    unmet: 0,
    missed: 0,
    harmful: 0,
    maxInAWeek: 0,
    maxAtOnce: 0,
  };
  // The first months give the first champion its data.
  for (let now = windowMs; now < days * dayMs; now += stepMs) {
    for (const model of models) {
      endCycle(model, now, tally);
      measureQuality(model, now, random);
      noteDrift(model, now);
    }
    const openInWorkspace = () => models.filter(({ open }) => open !== null).length;
    for (const model of models) {
      const signals = signalsOf(model, now);
      if (signals.drifts.length === 0 && signals.quality[0]?.windows.length === 0) continue;
      const { evidence, waitsForLabels } = rules.look(
        signals,
        circumstancesOf(model, models, openInWorkspace(), now),
        now,
      );
      if (waitsForLabels) model.notifiedAt = now;
      if (evidence.length === 0) continue;
      startCycle(model, rules, evidence, now, random);
      tally.cycles += 1;
      if (deficit(model.course, model.champion, now) < needed) tally.withoutNeed += 1;
      const week = model.starts.filter((at) => at > now - 7 * dayMs).length;
      tally.maxInAWeek = Math.max(tally.maxInAWeek, week);
    }
    tally.maxAtOnce = Math.max(tally.maxAtOnce, openInWorkspace());
    for (const model of models) countNeeds(model, now, tally);
  }
  return tally;
}

function newModel(course: Course): Model {
  let sum = 0;
  const labelSums = [0, ...course.labels.map((count) => (sum += count))];
  const champion = { base, dataEnd: windowMs - maturityMs, servesFrom: windowMs, learned: course.shifts.map(() => 0) };
  // What had happened before is in its data.
  course.shifts.forEach((shift, at) => {
    if (shift.from < champion.dataEnd) champion.learned[at] = 1;
  });
  return {
    course,
    labelSums,
    champion,
    cycles: [],
    open: null,
    driftSince: course.shifts.map(() => null),
    windows: [],
    starts: [],
    notifiedAt: 0,
    frozen: { dataEnd: champion.dataEnd, renewedAt: Number.POSITIVE_INFINITY },
  };
}

/** Accuracy that a version has lost by what it has not learned. */
function deficit({ shifts }: Course, { learned }: Version, at: number): number {
  let sum = 0;
  for (let index = 0; index < shifts.length; index += 1) {
    const shift = shifts[index] as Shift;
    if (at >= shift.from) sum += shareOf(shift, at) * shift.drop * (1 - (learned[index] as number));
  }
  return sum;
}

/** Accuracy of the requests of a time, with what happens beside the model. */
function accuracyAt({ course, champion }: Model, at: number): number {
  const broken = course.feedFailures.some((one) => isWithin(one, at)) ? 0.05 : 0;
  const worse = course.badDeployments.some((one) => isWithin(one, at)) ? 0.04 : 0;
  return champion.base - deficit(course, champion, at) - broken - worse;
}

function labelsBetween({ labelSums }: Model, from: number, to: number): number {
  const sumAt = (time: number) => {
    const day = Math.max(0, Math.min(labelSums.length - 1, time / dayMs));
    const [low, part] = [Math.floor(day), day % 1];
    const next = labelSums[low + 1] ?? (labelSums[low] as number);
    return (labelSums[low] as number) + part * (next - (labelSums[low] as number));
  };
  return Math.max(0, Math.floor(sumAt(to) - sumAt(from)));
}

/** Adds a window of realised quality when its labels are complete. */
function measureQuality(model: Model, now: number, random: Random): void {
  const span = qualityWindowDays * dayMs;
  const endsAt = Math.floor((now - maturityMs) / span) * span;
  const last = model.windows.at(-1)?.endsAt ?? 0;
  if (endsAt <= last || endsAt - span < model.champion.servesFrom) return;
  const count = labelsBetween(model, endsAt - span, endsAt);
  const right = binomialFrom(count, Math.max(0, accuracyAt(model, endsAt - span / 2)), random);
  const value = count === 0 ? null : right / count;
  // Windows before a good one say nothing.
  if (value !== null && value >= base - 0.02) model.windows = [];
  model.windows.push({ endsAt, value });
}

/** Drift is measured against the champion's data. */
function noteDrift({ course, champion, driftSince }: Model, now: number): void {
  course.shifts.forEach((shift, at) => {
    if (!shift.isVisible || now < shift.from) return;
    const isThere = shareOf(shift, now) - shareOf(shift, champion.dataEnd - 15 * dayMs) > 0.25;
    if (!isThere) driftSince[at] = null;
    else driftSince[at] ??= now;
  });
}

function signalsOf({ course, champion, driftSince, windows }: Model, now: number): Signals {
  const drifts: { id: string; feature: string; since: number }[] = [];
  driftSince.forEach((since, at) => {
    if (since !== null) drifts.push({ id: `shift ${at} ${champion.servesFrom}`, feature: `feature ${at}`, since });
  });
  for (const { from, to } of course.weather) {
    if (now >= from && now < to) drifts.push({ id: `weather ${from}`, feature: "weather", since: from });
  }
  for (const { from, to } of course.feedFailures) {
    if (now >= from && now < to) drifts.push({ id: `feed ${from}`, feature: "feed", since: from });
  }
  return {
    drifts,
    quality: [{ source: "realised", metric: "accuracy", windows }],
    slos: [],
    labels: { count: 0, dataEnd: champion.dataEnd },
    datasets: [],
    slots: new Map(),
  };
}

function circumstancesOf(model: Model, models: readonly Model[], openInWorkspace: number, now: number): Circumstances {
  const { course, cycles, open } = model;
  const failure = course.feedFailures.find((one) => isWithin(one, now));
  const shared = models.filter((one) =>
    one.course.feedFailures.some((each) => each.isOfAllModels && isWithin(each, now)),
  );
  const deployment = course.badDeployments.findLast(({ from }) => from <= now);
  return {
    isPaused: false,
    openCycle: open ? cycles.length + 1 : null,
    cycles,
    brokenFeatures: failure && failure.foundAt <= now ? [{ feature: "feed", words: "is broken" }] : [],
    deployment: deployment ? { version: 2, at: deployment.from } : null,
    commonCause: failure?.isOfAllModels ? { cause: "feed", models: shared.length } : null,
    labelsFrom: (time) => labelState(model, time, now),
    cost: { ofCycle: null, left: null, format: String },
    quietUntil: null,
    freeze: null,
    openInWorkspace,
  };
}

function labelState(model: Model, from: number, now: number): LabelState {
  const mature = labelsBetween(model, from, now - maturityMs);
  const ofOneSource = model.course.poisonings
    .filter(({ isOfOneSource }) => isOfOneSource)
    .map((one) => labelsBetween(model, Math.max(one.from, from), Math.min(one.to, now - maturityMs)));
  const most = Math.max(0, ...ofOneSource);
  return {
    mature,
    rarestClass: null,
    completeness: 0.9,
    largestSource: mature === 0 ? null : { name: "one source", share: Math.max(0.2, (0.9 * most) / mature) },
    perDay: 60,
  };
}

/** Trains a candidate on the window of mature labels, keeps the newest for the comparison, and compares it on both sets. */
function startCycle(model: Model, rules: Rules, evidence: string[], now: number, random: Random): void {
  const { course, champion } = model;
  const matureEnd = now - maturityMs;
  if (now >= model.frozen.renewedAt) model.frozen = { dataEnd: matureEnd, renewedAt: Number.POSITIVE_INFINITY };
  const rows = labelsBetween(model, matureEnd - windowMs, matureEnd);
  const freshRows = Math.min(maxFreshRows, Math.floor(freshShare * rows));
  let dataEnd = matureEnd;
  while (labelsBetween(model, dataEnd, matureEnd) < freshRows) dataEnd -= dayMs / 4;
  const learned = course.shifts.map((shift, at) => {
    if (now < shift.from) return 0;
    const own = labelsBetween(model, Math.max(dataEnd - windowMs, shift.from), Math.min(dataEnd, shift.to));
    const ofNewKind = own * Math.max(shareOf(shift, dataEnd), shareOf(shift, (shift.from + dataEnd) / 2));
    return Math.max(champion.learned[at] as number, ofNewKind / (ofNewKind + halfLearnedRows));
  });
  const poisoned = course.poisonings.reduce(
    (sum, one) => sum + labelsBetween(model, Math.max(one.from, dataEnd - windowMs), Math.min(one.to, matureEnd)),
    0,
  );
  const poison = Math.min(0.06, (0.3 * poisoned) / Math.max(1, rows));
  const candidate = { base: base + 0.003 * normalFrom(random) - poison, dataEnd, servesFrom: 0, learned };
  const middle = (dataEnd + matureEnd) / 2;
  // Poisoned labels reward the candidate that has learned them.
  const freshGain = gain(course, candidate, champion, middle) + 1.8 * poison;
  const lossOnFrozen = course.shifts.reduce(
    (sum, { from, isConceptual, drop }, at) =>
      sum +
      (isConceptual && from > model.frozen.dataEnd
        ? drop * ((learned[at] as number) - (champion.learned[at] as number))
        : 0),
    0,
  );
  const { isAccepted, isOutdated } = rules.accepts({
    frozen: drawCells(frozenRows, candidate.base - champion.base - lossOnFrozen, random),
    fresh: freshRows > 0 ? drawCells(freshRows, freshGain, random) : null,
    segments: [],
  });
  if (isOutdated) model.frozen.renewedAt = Math.min(model.frozen.renewedAt, now + renewalMs);
  const endsAt = now + trainingMs + (isAccepted ? rolloutMs : 0);
  model.open = { startedAt: now, endsAt, evidence, candidate, isAccepted };
  model.starts.push(now);
}

/** How much better a candidate is than the champion at a time. */
function gain(course: Course, candidate: Version, champion: Version, at: number): number {
  return candidate.base - champion.base + deficit(course, champion, at) - deficit(course, candidate, at);
}

/** Draws rows of two versions, the first better by `difference`. */
function drawCells(rows: number, difference: number, random: Random): PairedCells {
  const onlyFirst = binomialFrom(rows, Math.min(1, discordant / 2 + Math.max(0, difference)), random);
  const onlySecond = binomialFrom(rows - onlyFirst, Math.min(1, discordant / 2 + Math.max(0, -difference)), random);
  return { both: rows - onlyFirst - onlySecond, onlyFirst, onlySecond, neither: 0 };
}

function endCycle(model: Model, now: number, tally: Tally): void {
  const { open, champion, course } = model;
  if (!open || open.endsAt > now) return;
  model.open = null;
  const { startedAt, endsAt, evidence, candidate, isAccepted } = open;
  model.cycles.push({ startedAt, endedAt: endsAt, evidence, outcome: isAccepted ? "adopted" : "rejected" });
  if (!isAccepted) return;
  tally.adopted += 1;
  if (gain(course, candidate, champion, now) < -needed) tally.harmful += 1;
  model.champion = { ...candidate, servesFrom: now };
  model.windows = [];
}

/** Counts a lasting shift once, 60 days after all requests are of the new kind. */
function countNeeds({ course, champion, cycles, notifiedAt }: Model, now: number, tally: Tally): void {
  course.shifts.forEach(({ from, to, rampMs, drop }, at) => {
    const due = from + rampMs + 60 * dayMs;
    if (from < windowMs || to !== Number.POSITIVE_INFINITY || drop < 0.03 || now < due || now - stepMs >= due) return;
    tally.needs += 1;
    if ((champion.learned[at] as number) >= 0.5) return;
    tally.unmet += 1;
    const isNotified =
      notifiedAt > from || cycles.some(({ endedAt, outcome }) => endedAt > from && outcome === "rejected");
    if (!isNotified) tally.missed += 1;
  });
}
