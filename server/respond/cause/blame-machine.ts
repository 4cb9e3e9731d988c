import { wilsonInterval } from "#server/stats/proportion.ts";

/** Requests that a machine served, and how many of them failed. */
export interface MachineCount {
  machine: string;
  requests: number;
  failures: number;
}

/** Minimum numbers for a conclusion, as for segments. */
const minFailures = 5;
const minRequests = 20;
/** Share of the failures that one machine must have: with less, others fail too. */
const dominantShare = 0.8;

/**
 * Returns the machine from which the failures of an endpoint come: at least 80% of them, and significantly more than its share of the
 * traffic. Null if no machine stands out, and if only one serves: nothing tells a failing machine from a failing version there.
 */
export function blameMachine(counts: readonly MachineCount[]): string | null {
  const known = counts.filter(({ machine, requests }) => machine !== "" && requests >= minRequests);
  const failures = sum(known, (each) => each.failures);
  const requests = sum(known, (each) => each.requests);
  if (known.length < 2 || failures < minFailures) return null;
  const blamed = known.find((each) => {
    const share = Math.min(1, each.failures / failures);
    return share >= dominantShare && wilsonInterval({ share, count: failures }).low > each.requests / requests;
  });
  return blamed?.machine ?? null;
}

function sum(counts: readonly MachineCount[], of: (count: MachineCount) => number): number {
  return counts.reduce((total, count) => total + of(count), 0);
}
