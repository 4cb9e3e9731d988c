import type { Sample } from "../recording.ts";

/** A stretch of the year as traffic: real flights of it, for so long. */
interface Season {
  name: string;
  samples: readonly Sample[];
  seconds: number;
}

export interface Flights {
  /** Flights of the training period. */
  winter: readonly Sample[];
  /** Flights by month, 4 to 12. */
  later: ReadonlyMap<number, readonly Sample[]>;
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

interface Lengths {
  winterSeconds: number;
  /** Length of April and of May. */
  springSeconds: number;
  /** Length of each month from June on. */
  monthSeconds: number;
}

/**
 * Returns the seasons of the year, replayed fast: the winter that the models know, long enough for one or two evaluations, then month
 * after month of unseen data.
 */
export function seasonsOf(
  { winter, later }: Flights,
  { winterSeconds, springSeconds, monthSeconds }: Lengths,
): Season[] {
  const months = [...later].toSorted(([one], [other]) => one - other);
  return [
    { name: "winter", samples: winter, seconds: winterSeconds },
    ...months.map(([month, samples]) => {
      return { name: monthNames[month - 1] ?? "", samples, seconds: month < 6 ? springSeconds : monthSeconds };
    }),
  ];
}

/** Returns the season at a number of seconds after the start of the year; winter follows December again. */
export function seasonAt(seasons: readonly Season[], seconds: number): Season | undefined {
  const year = seasons.reduce((sum, season) => sum + season.seconds, 0);
  let left = year > 0 ? seconds % year : 0;
  for (const season of seasons) {
    if (left < season.seconds) return season;
    left -= season.seconds;
  }
  return seasons.at(-1);
}
