import { dayMs, hourMs, minuteMs, weekMs } from "#server/base/durations.ts";
import { windowSeconds } from "#server/serve/windows/contract.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { binomialFrom, poissonFrom } from "#server/stats/random-counts.ts";
import {
  type Past,
  type PastEndpoint,
  type PastHour,
  type PastIncident,
  type PastLabels,
  type PastRelease,
  type PastWindow,
  pastEndpoints,
  source,
} from "./contract.ts";
import { pastSpan } from "./past-span.ts";
import { type Moment, type OutageStory, outageStories, type ReleaseStory, releaseStories } from "./story.ts";

const seed = 12;
const windowMs = windowSeconds * 1000;
const windowsPerHour = hourMs / windowMs;
/** Callers omit an input as often as those of the demo do. */
const callerErrorShare = 0.004;
/** Failures without an incident, as a share of requests: a tenth of what the SLO of each endpoint allows. */
const failureShares: Record<PastEndpoint, number> = { digits: 5e-4, "digits-forms": 1e-4, "flight-delay": 1e-3 };
/**
 * Recounts reach eight days back, and find no logged predictions there: labelled predictions end before. The maturity of labels comes on top.
 */
const unlabelledMs = 9 * dayMs;
/** Labelled predictions an hour, and the accuracy of each version as the demo's models have it on rows that they have not seen. */
const labelled = {
  digits: { perHour: 18, accuracy: new Map([[1, 0.955]]), usual: 0.985 },
  "flight-delay": { perHour: 30, accuracy: new Map([[1, 0.925]]), usual: 0.937 },
};

/**
 * Plans the past of a demo that began at `startedAt`: traffic with days and weekends, releases, incidents, and labelled predictions. The same
 * for the same arguments. @param requestsPerSecond about what the demo sends to each endpoint: a past with other traffic would make it unusual
 */
export function planPast(startedAt: number, requestsPerSecond: number): Past {
  const span = pastSpan(startedAt);
  const { releases, caused } = releasesOf(span.monday);
  const outages = outageStories.map((story) => outageOf(story, span.monday));
  const planned = [...caused, ...outages].toSorted((one, other) => one.startedAt - other.startedAt);
  const random = seededRandom(seed);
  const hours: PastHour[] = [];
  for (const endpoint of pastEndpoints) {
    const own = { releases: releases.filter(isAt(endpoint)), incidents: planned.filter(isAt(endpoint)) };
    for (let at = span.from; at < span.to; at += hourMs) {
      const requests = Math.round(requestsPerSecond * 3600 * dailyShare(at) * (0.97 + 0.06 * random()));
      hours.push({ endpoint, at, windows: windowsOf({ endpoint, at, requests }, own, random) });
    }
  }
  const incidents = planned.map(({ failingShare, ...incident }) => ({
    ...incident,
    impact: impactOf(incident, hours),
  }));
  return { ...span, hours, labels: labelsOf(span, releases, random), releases, incidents };
}

/** What an incident will be once its failures are counted. */
type PlannedIncident = Omit<PastIncident, "impact"> & { failingShare: number };

/** Returns the releases of the past, rollbacks included, and the incidents that they caused. */
function releasesOf(monday: number): { releases: PastRelease[]; caused: PlannedIncident[] } {
  const releases: PastRelease[] = [];
  const caused: PlannedIncident[] = [];
  const serving = new Map<PastEndpoint, number>();
  for (const story of releaseStories) {
    const { endpoint, version, by, reason } = story;
    const release = { endpoint, version, at: momentOf(story.at, monday), by, reason: `${reason}. ${source}.` };
    releases.push(release);
    const before = serving.get(endpoint);
    if (story.incident && before !== undefined) {
      const incident = causedBy(release, story.incident, before);
      caused.push(incident);
      if (incident.rollback) releases.push(incident.rollback);
    } else serving.set(endpoint, version);
  }
  return { releases: releases.toSorted((one, other) => one.at - other.at), caused };
}

function causedBy(release: PastRelease, story: NonNullable<ReleaseStory["incident"]>, before: number): PlannedIncident {
  const incident = { ...timesOf(story, release.at), ...story, endpoint: release.endpoint };
  const rollback = {
    endpoint: release.endpoint,
    version: before,
    at: incident.mitigatedAt,
    by: story.by,
    reason: `${story.title}. ${source}.`,
  };
  return { ...incident, cause: "deploy", isFoundByMachine: true, release, rollback };
}

function outageOf(story: OutageStory, monday: number): PlannedIncident {
  const { at, isDeclared = false, ...rest } = story;
  return {
    ...rest,
    ...timesOf(story, momentOf(at, monday)),
    isFoundByMachine: !isDeclared,
    release: null,
    rollback: null,
  };
}

function timesOf({ minutes }: Pick<OutageStory, "minutes">, startedAt: number) {
  const after = (count: number) => startedAt + count * minuteMs;
  return {
    startedAt,
    detectedAt: after(minutes.detect),
    acknowledgedAt: after(minutes.acknowledge),
    mitigatedAt: after(minutes.mitigate),
    resolvedAt: after(minutes.resolve),
    closedAt: after(minutes.resolve) + dayMs,
  };
}

function momentOf([weeksAgo, weekday, time]: Moment, monday: number): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return monday - weeksAgo * weekMs + weekday * dayMs + hours * hourMs + minutes * minuteMs;
}

/** Share of the mean traffic at an hour: more by day than at night, less on weekends. Never half or double of what the demo sends. */
function dailyShare(at: number): number {
  const hour = (at % dayMs) / hourMs;
  const weekday = Math.floor(at / dayMs + 3) % 7;
  const byDay = 1 - 0.25 * Math.cos(((hour - 2) / 24) * 2 * Math.PI);
  return byDay * (weekday >= 5 ? 0.85 : 1);
}

interface HourOfTraffic {
  endpoint: PastEndpoint;
  at: number;
  requests: number;
}

/** Returns one row of counters where nothing happened in the hour, and else all of them, with the version and the failures of each. */
function windowsOf(
  { endpoint, at, requests }: HourOfTraffic,
  { releases, incidents }: { releases: readonly PastRelease[]; incidents: readonly PlannedIncident[] },
  random: Random,
): PastWindow[] {
  const end = at + hourMs;
  const versionAt = (moment: number) => releases.findLast((release) => release.at <= moment)?.version ?? 1;
  const isCalm =
    !releases.some((release) => release.at > at && release.at < end) &&
    !incidents.some(({ startedAt, mitigatedAt }) => startedAt < end && mitigatedAt > at);
  if (isCalm) {
    const callerErrors = binomialFrom(requests, callerErrorShare, random);
    const failures = binomialFrom(requests - callerErrors, failureShares[endpoint], random);
    return [{ endpoint, version: versionAt(at), at, requests, callerErrors, failures }];
  }
  const failingAt = (moment: number) =>
    incidents.find(({ startedAt, mitigatedAt }) => startedAt <= moment && moment < mitigatedAt)?.failingShare ?? 0;
  const [callers, failed] = [carried(), carried()];
  return Array.from({ length: windowsPerHour }, (_, index) => {
    const start = at + index * windowMs;
    const own = Math.floor((requests * (index + 1)) / windowsPerHour) - Math.floor((requests * index) / windowsPerHour);
    const callerErrors = callers(own * callerErrorShare);
    const failures = failed((own - callerErrors) * failingAt(start));
    return { endpoint, version: versionAt(start), at: start, requests: own, callerErrors, failures };
  });
}

/** Rounds shares of counts down, and carries the rest over to the next count. */
function carried(): (amount: number) => number {
  let rest = 0;
  return (amount) => {
    const whole = Math.floor(rest + amount + 1e-9);
    rest += amount - whole;
    return whole;
  };
}

/** Counts the failures of an incident, as docs/spec/alerting.md section 20 does: client errors are in no count. */
function impactOf(
  { endpoint, startedAt, mitigatedAt }: Pick<PastIncident, "endpoint" | "startedAt" | "mitigatedAt">,
  hours: readonly PastHour[],
): PastIncident["impact"] {
  const minutes = new Map<number, { bad: number; total: number }>();
  for (const hour of hours.filter((each) => each.endpoint === endpoint)) {
    if (hour.at + hourMs <= startedAt || hour.at >= mitigatedAt) continue;
    for (const { at, requests, callerErrors, failures } of hour.windows) {
      if (at < startedAt || at >= mitigatedAt) continue;
      const minute = Math.floor(at / minuteMs);
      const { bad, total } = minutes.get(minute) ?? { bad: 0, total: 0 };
      minutes.set(minute, { bad: bad + failures, total: total + requests - callerErrors });
    }
  }
  const impact = { badEvents: 0, events: 0, impactMinutes: 0 };
  for (const { bad, total } of minutes.values()) {
    impact.badEvents += bad;
    impact.events += total;
    impact.impactMinutes += total > 0 ? bad / total : 0;
  }
  return impact;
}

function labelsOf(
  { from, to }: { from: number; to: number },
  releases: readonly PastRelease[],
  random: Random,
): PastLabels[] {
  const labels: PastLabels[] = [];
  for (const endpoint of ["digits", "flight-delay"] as const) {
    const { perHour, accuracy, usual } = labelled[endpoint];
    const own = releases.filter(isAt(endpoint));
    for (let at = from; at < to - unlabelledMs; at += hourMs) {
      const version = own.findLast((release) => release.at <= at)?.version ?? 1;
      const total = poissonFrom(perHour * dailyShare(at), random);
      const good = binomialFrom(total, accuracy.get(version) ?? usual, random);
      labels.push({ endpoint, version, at, good, total });
    }
  }
  return labels;
}

const isAt = (endpoint: PastEndpoint) => (one: { endpoint: PastEndpoint }) => one.endpoint === endpoint;
