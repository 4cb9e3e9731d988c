/**
 * Queues with several servers (M/M/c): arrivals that know nothing of each other, exponential service times, one line. Formulas:
 * A. K. Erlang 1917; in Kleinrock, Queueing Systems I (1975), section 3.5; the tail of the wait in Gross & Harris, section 2.3.
 */

/**
 * Computes the share of arrivals that must wait.
 * @param servers at least 1. @param erlangs offered load: arrivals per second times seconds of service; 1 is returned at or above
 * `servers`
 */
export function erlangC(servers: number, erlangs: number): number {
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
  const erlangs = arrivalsPerSecond * serviceSeconds;
  if (erlangs >= servers) return Number.POSITIVE_INFINITY;
  const waiting = erlangC(servers, erlangs);
  if (waiting <= 1 - quantile) return 0;
  return Math.log(waiting / (1 - quantile)) / (servers / serviceSeconds - arrivalsPerSecond);
}

/** Returns the minimum number of servers with which that wait is no longer than `waitSeconds`. */
export function serversFor(
  { arrivalsPerSecond, serviceSeconds }: Omit<Queue, "servers">,
  quantile: number,
  waitSeconds: number,
): number {
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
