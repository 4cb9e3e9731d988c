import { ArgumentError } from "./argument-error.ts";

/**
 * Queues with several servers (M/M/c): arrivals that know nothing of each other, exponential service times, one line. Formulas:
 * A. K. Erlang 1917; in Kleinrock, Queueing Systems I (1975), section 3.5; the tail of the wait in Gross & Harris, section 2.3.
 */

/** Recursions over servers end here: no pool is larger, and a larger one hardly queues. */
const maxServers = 1e6;

/**
 * Computes the share of arrivals that must wait.
 * @param servers from 1 to a million. @param erlangs offered load: arrivals per second times seconds of service; 1 is returned at or above
 * `servers`
 */
export function erlangC(servers: number, erlangs: number): number {
  if (!(servers >= 1 && servers <= maxServers))
    throw new ArgumentError("The number of servers must be from 1 to 1,000,000.");
  if (!(erlangs >= 0)) throw new ArgumentError("The offered load must be at least 0.");
  if (erlangs >= servers) return 1;
  // Erlang B by recursion, which does not overflow as factorials do.
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) blocked = (erlangs * blocked) / (count + erlangs * blocked);
  return blocked / (1 - (erlangs / servers) * (1 - blocked));
}

interface Queue {
  servers: number;
  arrivalsPerSecond: number;
  serviceSeconds: number;
}

/**
 * Computes the maximum wait in seconds of a share of arrivals: t with P(W > t) = C · exp(-(c/s - λ) · t). Infinity when the servers
 * cannot keep up.
 * @param quantile such as 0.99
 */
export function waitQuantile({ servers, arrivalsPerSecond, serviceSeconds }: Queue, quantile: number): number {
  if (!(serviceSeconds > 0 && serviceSeconds < Number.POSITIVE_INFINITY)) {
    throw new ArgumentError("The service time must be above 0.");
  }
  if (!(quantile >= 0 && quantile <= 1)) throw new ArgumentError("A quantile must be from 0 to 1.");
  const erlangs = arrivalsPerSecond * serviceSeconds;
  if (erlangs >= servers) return Number.POSITIVE_INFINITY;
  const waiting = erlangC(servers, erlangs);
  if (waiting <= 1 - quantile) return 0;
  return Math.log(waiting / (1 - quantile)) / (servers / serviceSeconds - arrivalsPerSecond);
}

/**
 * Returns the minimum number of servers with which that wait is no longer than `waitSeconds`.
 * @throws ArgumentError for a quantile of 1, which every number of servers exceeds at times, and beyond a million servers
 */
export function serversFor(
  { arrivalsPerSecond, serviceSeconds }: Omit<Queue, "servers">,
  quantile: number,
  waitSeconds: number,
): number {
  if (!(waitSeconds >= 0) || quantile >= 1) {
    throw new ArgumentError("The wait must be at least 0, and its quantile below 1.");
  }
  if (!(arrivalsPerSecond * serviceSeconds < maxServers))
    throw new ArgumentError("The load must be below a million servers.");
  let servers = Math.floor(arrivalsPerSecond * serviceSeconds) + 1;
  while (waitQuantile({ servers, arrivalsPerSecond, serviceSeconds }, quantile) > waitSeconds) servers += 1;
  return servers;
}

/** Returns the maximum arrivals per second with which that wait is at most `waitSeconds`, to a thousandth of the servers' capacity. */
export function arrivalsFor(
  { servers, serviceSeconds }: Omit<Queue, "arrivalsPerSecond">,
  quantile: number,
  waitSeconds: number,
): number {
  let [low, high] = [0, servers / serviceSeconds];
  for (const precision = high / 1000; high - low > precision; ) {
    const arrivalsPerSecond = (low + high) / 2;
    const isQuick = waitQuantile({ servers, arrivalsPerSecond, serviceSeconds }, quantile) <= waitSeconds;
    if (isQuick) low = arrivalsPerSecond;
    else high = arrivalsPerSecond;
  }
  return low;
}
