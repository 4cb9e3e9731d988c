import { ArgumentError } from "../argument-error.ts";

/**
 * Returns the seconds between two checkpoints with which a job loses least, to saving and to work that is done again: τ = √(2 · δ · M).
 * Young, A first order approximation to the optimum checkpoint interval, Communications of the ACM 17 (1974), which holds while δ is small
 * beside M.
 * @param saveSeconds δ, how long saving takes @param betweenSeconds M, mean time that an attempt runs until it is interrupted
 */
export function youngInterval(saveSeconds: number, betweenSeconds: number): number {
  if (!(saveSeconds > 0 && betweenSeconds > 0)) throw new ArgumentError("Young's interval needs times above 0.");
  return Math.sqrt(2 * saveSeconds * betweenSeconds);
}
