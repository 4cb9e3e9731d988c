import { minuteMs } from "#server/base/durations.ts";
import { formatDuration, percent } from "#server/base/format-number.ts";
import { formatBudget } from "#server/watch/slo/engine/contract.ts";
import { limits, type Precondition } from "../contract.ts";

/** A person whose browser was quiet for longer is not counted as signed in. */
const signedInMs = 10 * minuteMs;

/** What decides whether a game day may start. Times in milliseconds since 1970. */
export interface PreconditionFacts {
  now: number;
  endpoint: { name: string; isArchived: boolean; isServing: boolean };
  isFrozen: boolean;
  isRollingOut: boolean;
  /** Numbers of the open incidents of the endpoint. */
  incidents: readonly number[];
  /** Pages of the endpoint that fire. */
  pages: number;
  /** Share of the error budgets of the endpoint that is left; null without data. */
  budgets: readonly { sloId: string; name: string; remaining: number | null }[];
  /** Number of the game day that runs in the workspace. */
  otherGameDay: number | null;
  /** `seenAt` is of the owner's last request in a signed-in browser. */
  owner: { name: string; isMember: boolean; seenAt: number | null };
  onCall: { id: string; name: string } | null;
  /** Routes that pages of the endpoint take. */
  routes: readonly { receiver: string; isReachable: boolean; isMuted: boolean }[];
  /** Null for a fault without a share. */
  share: { share: number; max: number } | null;
  /** Why the fault cannot be made now, as a sentence; "" where it can. */
  faultProblem: string;
}

type Found = Omit<Precondition, "isMet">;

/** Returns all that has to hold before a game day starts, with what was found and what to do. */
export function preconditions(facts: PreconditionFacts): Precondition[] {
  return [
    ofEndpoint(facts),
    ofChanges(facts),
    ofIncidents(facts),
    ofBudgets(facts),
    ofOthers(facts),
    ofOwner(facts),
    ofOnCall(facts),
    ofQuietHours(facts),
    ofRoutes(facts),
    ...ofShare(facts),
    ofFault(facts),
  ].map((found) => ({ ...found, isMet: found.blocked === "" }));
}

/** Says that another game day runs. */
export function describeOther(number: number): string {
  return `Blocked: GD-${number} is running, and the effects of two faults could not be separated. Start this one after its end.`;
}

function ofEndpoint({ endpoint: { name, isArchived, isServing } }: PreconditionFacts): Found {
  const found = isArchived ? "archived" : isServing ? "deployed" : "nothing deployed";
  const blocked = isArchived
    ? `Blocked: ${name} is archived. Choose another endpoint.`
    : isServing
      ? ""
      : `Blocked: ${name} serves no version. Deploy or load one first.`;
  return { key: "endpoint", label: "endpoint serves a version", found, blocked };
}

function ofChanges({ endpoint: { name }, isFrozen, isRollingOut }: PreconditionFacts): Found {
  const found = isFrozen ? "frozen" : isRollingOut ? "rollout" : "none";
  const blocked = isFrozen
    ? `Blocked: ${name} is frozen. Wait for the end of the freeze, or lift it.`
    : isRollingOut
      ? `Blocked: a rollout runs on ${name}. Wait until it has ended.`
      : "";
  return { key: "rollout-or-freeze", label: "no freeze, no rollout", found, blocked };
}

function ofIncidents({ endpoint: { name }, incidents, pages }: PreconditionFacts): Found {
  const label = "no open incident or page";
  const [incident] = incidents;
  if (incident !== undefined) {
    const blocked = `Blocked: INC-${incident} is open on ${name}. Resolve it first.`;
    return { key: "incident-or-page", label, found: `INC-${incident}`, blocked };
  }
  const found = pages === 0 ? "none" : pages === 1 ? "1 page" : `${pages} pages`;
  const blocked = pages === 0 ? "" : `Blocked: ${found} of ${name} ${pages === 1 ? "fires" : "fire"}.`;
  return { key: "incident-or-page", label, found, blocked };
}

function ofBudgets({ budgets }: PreconditionFacts): Found {
  const label = `error budget, min ${percent(limits.budgetLeft)}`;
  const known = budgets.flatMap(({ name, remaining }) => (remaining === null ? [] : [{ name, remaining }]));
  const [worst] = known.toSorted((one, other) => one.remaining - other.remaining);
  if (!worst) return { key: "budget", label, found: budgets.length === 0 ? "no SLO" : "no data", blocked: "" };
  const found = formatBudget(worst);
  const isEnough = worst.remaining >= limits.budgetLeft;
  const min = percent(limits.budgetLeft);
  const blocked =
    worst.remaining < 0
      ? `Blocked: the ${worst.name} budget is exhausted, min ${min} left.`
      : `Blocked: ${percent(worst.remaining)} of the ${worst.name} budget left, min ${min}.`;
  return { key: "budget", label, found, blocked: isEnough ? "" : blocked };
}

function ofOthers({ otherGameDay }: PreconditionFacts): Found {
  const found = otherGameDay === null ? "none" : `GD-${otherGameDay}`;
  const blocked = otherGameDay === null ? "" : describeOther(otherGameDay);
  return { key: "other-game-day", label: "no other game day", found, blocked };
}

function ofOwner({ owner: { name, isMember, seenAt }, now }: PreconditionFacts): Found {
  const label = "owner signed in";
  if (!isMember) {
    const blocked = `Blocked: ${name} is not a member of the workspace. Choose another owner.`;
    return { key: "owner", label, found: "no member", blocked };
  }
  const since = seenAt === null ? null : Math.max(0, now - seenAt);
  const found = since === null ? "signed out" : since < minuteMs ? "now" : `${formatDuration(floorMinutes(since))} ago`;
  const isSignedIn = since !== null && since <= signedInMs;
  const blocked = `Blocked: ${name} owns it and is not signed in. The owner must monitor the game day.`;
  return { key: "owner", label, found, blocked: isSignedIn ? "" : blocked };
}

function floorMinutes(span: number): number {
  return Math.floor(span / minuteMs) * minuteMs;
}

function ofOnCall({ onCall, endpoint: { name } }: PreconditionFacts): Found {
  const blocked = onCall ? "" : `Blocked: no one is on call for ${name}. Add a schedule for its team.`;
  return { key: "on-call", label: "someone on call", found: onCall?.name ?? "no one", blocked };
}

function ofQuietHours({ routes, endpoint: { name } }: PreconditionFacts): Found {
  const label = "outside quiet hours";
  const reachable = routes.filter(({ isReachable }) => isReachable);
  const isQuiet = reachable.length > 0 && reachable.every(({ isMuted }) => isMuted);
  const blocked = isQuiet ? `Blocked: the routes of ${name} are muted at this time. Start it at another time.` : "";
  return { key: "quiet-hours", label, found: isQuiet ? "muted" : "yes", blocked };
}

function ofRoutes({ routes, endpoint: { name } }: PreconditionFacts): Found {
  const count = new Set(routes.flatMap(({ receiver, isReachable }) => (isReachable ? [receiver] : []))).size;
  const blocked = count > 0 ? "" : `Blocked: pages of ${name} reach no receiver. Add a channel to its route.`;
  return { key: "notification", label: "notification routes", found: String(count), blocked };
}

function ofShare({ share }: PreconditionFacts): Found[] {
  if (!share) return [];
  const max = percent(share.max);
  const found = percent(share.share);
  const blocked = `Blocked: ${found} of requests, max ${max}${share.max < limits.adminShare ? " unless an admin owns it" : ""}.`;
  return [{ key: "share", label: `share, max ${max}`, found, blocked: share.share <= share.max ? "" : blocked }];
}

function ofFault({ faultProblem }: PreconditionFacts): Found {
  const isPossible = faultProblem === "";
  const blocked = isPossible ? "" : `Blocked: ${faultProblem}`;
  return { key: "fault", label: "fault possible", found: isPossible ? "yes" : "no", blocked };
}
