import { randomBytes } from "node:crypto";

/** Crockford's alphabet without letters that look like digits, in lower case: engines take no other names. */
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** Makes the id of a job: "tj-" and a ULID, so that ids sort by their time. @param now milliseconds since 1970 */
export function newJobId(now = Date.now()): string {
  const random = randomBytes(16);
  let time = "";
  for (let rest = now, at = 0; at < 10; at += 1, rest = Math.floor(rest / 32)) time = alphabet[rest % 32] + time;
  return `tj-${time}${Array.from(random, (byte) => alphabet[byte % 32]).join("")}`;
}

/** Name of a launch at the engine: at most 33 characters. */
export const launchIdOf = (jobId: string, launch: number) => `${jobId}-${launch}`;

/** Reads the name of a launch; undefined for any other text. */
export function readLaunchId(text: string): { jobId: string; launch: number } | undefined {
  const found = /^(tj-[0-9a-hjkmnp-tv-z]{26})-([1-9][0-9]{0,5})$/.exec(text);
  return found ? { jobId: found[1] ?? "", launch: Number(found[2]) } : undefined;
}
