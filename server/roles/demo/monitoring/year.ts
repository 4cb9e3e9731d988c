import type { Sample } from "../recording.ts";

/** A stretch of the year as traffic: real flights of it, for so long. */
interface Season {
  name: string;
  samples: readonly Sample[];
  seconds: number;
}

export interface Flights {
  /** Of the time that the models learned from. */
  winter: readonly Sample[];
  /** By month, 4 to 12. */
  later: ReadonlyMap<number, readonly Sample[]>;
}

const monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

interface Lengths {
  winterSeconds: number;
  /** Of April and of May. */
  springSeconds: number;
  /** Of each month from June on. */
  monthSeconds: number;
}

/** The year, fast: the winter that the models know, long enough for a look or two at it, then month after month of what they do not know. */
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

/** Which stretch of the year it is, so many seconds after it began; after December comes winter again. */
export function seasonAt(seasons: readonly Season[], seconds: number): Season | undefined {
  const year = seasons.reduce((sum, season) => sum + season.seconds, 0);
  let left = year > 0 ? seconds % year : 0;
  for (const season of seasons) {
    if (left < season.seconds) return season;
    left -= season.seconds;
  }
  return seasons.at(-1);
}
