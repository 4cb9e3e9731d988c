import { backOff } from "#server/base/back-off.ts";

/** Failed attempts. */
export interface Failures {
  count: number;
  lastAt: Date | undefined;
}

/** What is known about an attempt before its password is verified. A network is an IPv4 address, or 64 bits of an IPv6 address. */
export interface AttemptHistory {
  /** Failures of this email from this network, since the last success there. */
  pair: Failures;
  /** Failures from this network in the window, of all emails. */
  network: Failures;
  /** Failures of this email in 24 hours, from all networks. */
  email: Failures;
  /** Whether this email has signed in from this network lately. */
  isKnownNetwork: boolean;
  /** Failures of this email in a browser that it has signed in with before, since the last success there; undefined for any other. */
  browser: Failures | undefined;
}

export const limits = {
  /** Failures in a row that cost nothing, of an email from one network or in one known browser. */
  freeFailures: 5,
  firstWaitSeconds: 30,
  maxWaitSeconds: 15 * 60,
  /** Time after which failures of an email no longer count. */
  memorySeconds: 24 * 3600,
  /** A network may fail this often in each window, whatever the emails. */
  networkFailures: 50,
  networkWindowSeconds: 15 * 60,
  /** Failures of one email from all networks, in 24 hours, after which further attempts are spaced out. */
  emailFailures: 100,
  emailSpacingSeconds: 60,
  /** Time for which a network from which an email has signed in is known. */
  knownNetworkSeconds: 30 * 24 * 3600,
};

/**
 * Returns the seconds until the next attempt is allowed; 0 means now.
 *
 * Failures count per email and network, so that an attacker elsewhere does not lock a person out: from the fifth on, the wait doubles (30 s,
 * 1 min, 2 min … 15 min). A network with many failures waits for all emails. Attempts from many networks are spaced out, one a minute per
 * email; a network from which this email has signed in is exempt. A browser that has signed in before has its own count, and waits for
 * nothing else.
 *
 * Passwords that can be tried for one email: 105 on the first day and 96 on later days from one network; 1,540 on the first day and 1,440
 * on later days from any number of networks; in 15 minutes, 50 for all emails together from one network.
 */
export function waitSeconds(history: AttemptHistory, now: Date): number {
  const { pair, network, email, isKnownNetwork, browser } = history;
  if (browser) return doublingWait(browser, now);
  return Math.max(doublingWait(pair, now), networkWait(network, now), isKnownNetwork ? 0 : emailWait(email, now));
}

function doublingWait({ count, lastAt }: Failures, now: Date): number {
  if (count < limits.freeFailures || !lastAt) return 0;
  const { firstWaitSeconds: first, maxWaitSeconds: longest, freeFailures } = limits;
  return remaining(lastAt, backOff(count - freeFailures + 1, { first, longest }), now);
}

function networkWait({ count, lastAt }: Failures, now: Date): number {
  if (count < limits.networkFailures || !lastAt) return 0;
  return remaining(lastAt, limits.networkWindowSeconds, now);
}

function emailWait({ count, lastAt }: Failures, now: Date): number {
  if (count < limits.emailFailures || !lastAt) return 0;
  return remaining(lastAt, limits.emailSpacingSeconds, now);
}

function remaining(since: Date, seconds: number, now: Date): number {
  return Math.max(0, Math.ceil(seconds - (now.getTime() - since.getTime()) / 1000));
}
