import { RecentSet } from "../rollout/recent-set.ts";

/** Ids that are remembered. At a thousand requests per second, this is the last minute; an id that is sent all the time stays. */
const maxLabels = 50_000;

/**
 * Client ids of recent requests, by endpoint. Only the first request with an id is logged under it, since a label reported later under that
 * id says what one request should have returned, and not what all of them should.
 */
export class RecentLabels {
  private readonly known = new RecentSet(maxLabels);

  /** Whether no recent request to the endpoint has this id. From now on one has it. */
  claim(endpointId: string, label: string): boolean {
    const key = `${endpointId} ${label}`;
    const isKnown = this.known.has(key);
    // Also a known one, which is thereby remembered longer.
    this.known.add(key);
    return !isKnown;
  }
}
