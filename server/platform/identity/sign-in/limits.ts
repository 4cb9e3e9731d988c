import { backOff } from "#server/base/back-off.ts";

/** Failed attempts for one email or one address. */
export interface Failures {
  /** Failed attempts in a row, for an email; failed attempts in the window, for an address. */
  count: number;
  lastAt: Date | undefined;
}

export const limits = {
  /** Failures of one email that cost nothing. */
  freeFailures: 5,
  firstWaitSeconds: 30,
  maxWaitSeconds: 15 * 60,
  /** Time after which failures of an email no longer count. */
  memorySeconds: 24 * 3600,
  /** An address may fail this often in each window, whatever the emails. */
  addressFailures: 50,
  addressWindowSeconds: 15 * 60,
};

/**
 * Returns the seconds until the next attempt is allowed; 0 means now. From the fifth failure of an email on, the wait doubles with each (30
 * s, 1 min, 2 min … 15 min), which makes guessing infeasible without locking out a forgetful user for long.
 */
export function waitSeconds(email: Failures, address: Failures, now: Date): number {
  return Math.max(emailWait(email, now), addressWait(address, now));
}

function emailWait({ count, lastAt }: Failures, now: Date): number {
  if (count < limits.freeFailures || !lastAt) return 0;
  const { firstWaitSeconds: first, maxWaitSeconds: longest, freeFailures } = limits;
  return remaining(lastAt, backOff(count - freeFailures + 1, { first, longest }), now);
}

function addressWait({ count, lastAt }: Failures, now: Date): number {
  if (count < limits.addressFailures || !lastAt) return 0;
  return remaining(lastAt, limits.addressWindowSeconds, now);
}

function remaining(since: Date, seconds: number, now: Date): number {
  return Math.max(0, Math.ceil(seconds - (now.getTime() - since.getTime()) / 1000));
}
