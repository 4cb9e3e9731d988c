import { formatPercent } from "./format.ts";
import type { State } from "./status-shape.tsx";

export interface LeewayInput {
  /** Part of the budget left as a ratio; below zero when overspent, null without data. */
  left: number | null;
  /** Where the budget would be if it were spent evenly; null for a rolling window. */
  pace: number | null;
  /** Burn rate: 1 spends exactly the budget over the period. */
  burn: number | null;
  /** How long it lasts at this rate, in words: "2 d 2 h". */
  lasts?: string | undefined;
}

export interface LeewayVerdict {
  state: Extract<State, "on-target" | "watch" | "missed" | "no-data">;
  /** On pace, Behind pace, Gone in …, Overspent, No data. */
  word: string;
  /** "32.4 % left", "18 % over", "no value". */
  figure: string;
}

/** The word, state and figure of an error budget: the table of the leeway scale (design language 4.2). */
export function judgeLeeway({ left, pace, burn, lasts }: LeewayInput): LeewayVerdict {
  if (left === null) return { state: "no-data", word: "No data", figure: "no value" };
  if (left <= 0) return { state: "missed", word: "Overspent", figure: `${formatPercent(-left)} over` };
  const figure = `${formatPercent(left)} left`;
  const calm = burn !== null && burn < 1;
  if (!calm && left < 0.25) return { state: "watch", word: lasts ? `Gone in ${lasts}` : "Almost gone", figure };
  if (calm || pace === null || left >= pace) return { state: "on-target", word: "On pace", figure };
  return { state: "watch", word: "Behind pace", figure };
}
