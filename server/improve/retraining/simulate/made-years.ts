import { dayMs, hourMs } from "#server/base/durations.ts";
import type { Random } from "#server/stats/random.ts";
import { poissonFrom } from "#server/stats/random-counts.ts";
import { gammaFrom } from "#server/stats/random-gamma.ts";

const yearMs = 365 * dayMs;

export interface Stretch {
  from: number;
  to: number;
}

/** A real change of the world. What a model has not learned of it costs accuracy. */
export interface Shift extends Stretch {
  /** Accuracy that a model loses which has learned nothing of it. */
  drop: number;
  /** Time until all requests are of the new kind. */
  rampMs: number;
  /** Whether drift of the inputs shows it. Otherwise only labels do. */
  isVisible: boolean;
  /** Whether old rows have other labels now, so that what learns it gets worse on a frozen set. */
  isConceptual: boolean;
}

/** Inputs that arrive broken: the model is worse meanwhile, and nothing is to be learned. */
interface FeedFailure extends Stretch {
  /** When a finding says so; never before it began. */
  foundAt: number;
  isOfAllModels: boolean;
}

/** What happens to one model in some years. Times are milliseconds. */
export interface Course {
  shifts: Shift[];
  /** Drift of the inputs that costs nothing: weekends, holidays, campaigns, and false alarms. */
  weather: Stretch[];
  feedFailures: FeedFailure[];
  /** A person deploys a worse version, and rolls it back. */
  badDeployments: Stretch[];
  /** Wrong labels: of one source, which its share shows, or of many. */
  poisonings: (Stretch & { isOfOneSource: boolean })[];
  /** Labels of each day. */
  labels: number[];
}

/** How often what happens, per model and year. */
export interface Climate {
  shifts: number;
  /** Share of the shifts after which old rows have other labels. */
  conceptual: number;
  weather: number;
  /** Additional weather in one month of the year. */
  holidays: number;
  feedFailures: number;
  badDeployments: number;
  poisonings: number;
  labelsPerDay: number;
}

/** Draws the years of some models. A feed failure of all models happens to each of them at the same time. */
export function drawCourses(models: number, years: number, climate: Climate, random: Random): Course[] {
  const end = years * yearMs;
  const shared = drawFeedFailures(climate.feedFailures / 2, end, true, random);
  return Array.from({ length: models }, () => ({
    shifts: drawShifts(climate, end, random),
    weather: [
      ...drawStretches(climate.weather, end, () => gammaFrom(1, random) * 10 * hourMs, random),
      ...drawHolidays(climate.holidays, years, random),
    ],
    feedFailures: [...drawFeedFailures(climate.feedFailures / 2, end, false, random), ...shared],
    badDeployments: drawStretches(climate.badDeployments, end, () => (3 + 7 * random()) * dayMs, random),
    poisonings: drawStretches(climate.poisonings, end, () => (3 + 9 * random()) * dayMs, random).map((stretch) => ({
      ...stretch,
      isOfOneSource: random() < 0.5,
    })),
    labels: drawLabels(climate.labelsPerDay, years, random),
  }));
}

function drawStretches(perYear: number, end: number, length: () => number, random: Random): Stretch[] {
  const count = poissonFrom((perYear * end) / yearMs, random);
  return Array.from({ length: count }, () => {
    const from = random() * end;
    return { from, to: from + length() };
  });
}

/** Most last; some go as they came, within weeks. */
function drawShifts({ shifts, conceptual }: Climate, end: number, random: Random): Shift[] {
  const length = () => (random() < 0.2 ? (10 + 20 * random()) * dayMs : Number.POSITIVE_INFINITY);
  return drawStretches(shifts, end, length, random).map((stretch) => ({
    ...stretch,
    drop: 0.02 + 0.08 * random(),
    rampMs: random() < 0.5 ? 0 : 30 * dayMs,
    isVisible: random() < 0.7,
    isConceptual: random() < conceptual,
  }));
}

/** Days of drift that come in a bunch, at the end of each year. */
function drawHolidays(perYear: number, years: number, random: Random): Stretch[] {
  return Array.from({ length: years }, (_, year) =>
    Array.from({ length: poissonFrom(perYear, random) }, () => {
      const from = year * yearMs + (335 + 30 * random()) * dayMs;
      return { from, to: from + random() * 20 * hourMs };
    }),
  ).flat();
}

/** Four of five are found within hours. */
function drawFeedFailures(perYear: number, end: number, isOfAllModels: boolean, random: Random): FeedFailure[] {
  return drawStretches(perYear, end, () => (1 + 6 * random()) * dayMs, random).map((stretch) => ({
    ...stretch,
    foundAt: random() < 0.8 ? stretch.from + 6 * hourMs * random() : Number.POSITIVE_INFINITY,
    isOfAllModels,
  }));
}

/** Fewer on weekends, and some days with many. */
function drawLabels(perDay: number, years: number, random: Random): number[] {
  return Array.from({ length: years * 365 }, (_, day) => {
    const season = day % 7 < 5 ? 1.2 : 0.5;
    const burst = random() < 0.03 ? 3 : 1;
    return poissonFrom(perDay * season * burst * gammaFrom(4, random) * 0.25, random);
  });
}

/** Share of the requests that are of the new kind at a time. */
export function shareOf({ from, to, rampMs }: Shift, at: number): number {
  if (at < from || at >= to) return 0;
  return rampMs === 0 ? 1 : Math.min(1, (at - from) / rampMs);
}

export const isWithin = ({ from, to }: Stretch, at: number): boolean => at >= from && at < to;
