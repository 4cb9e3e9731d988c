import { formatDuration, percent } from "#server/base/format-number.ts";
import { type AbortCondition, limits } from "../contract.ts";

/** What decides whether a running game day is aborted. Times in milliseconds since 1970. */
export interface AbortFacts {
  now: number;
  /** What is left of the error budgets of the endpoint, and was at the start; null without data. */
  budgets: readonly { name: string; before: number | null; now: number | null }[];
  /** Objectives of other endpoints that were steady at the start, and those of them that burn now. */
  steady: number;
  lost: readonly { name: string; endpoint: string }[];
  /** Titles of pages of anything else that fire since the start. */
  otherPages: readonly string[];
  /** Numbers of incidents since the start that the game day did not open. */
  incidents: readonly number[];
  isFrozen: boolean;
  isRollingOut: boolean;
  ownerSeenAt: number;
  leasedUntil: number;
}

/** A condition with the sentence that says why it ended the game day. */
interface Evaluated extends AbortCondition {
  reason: string;
}

/** Returns what ends a game day at once, with how far each is. @param facts null for one that is not running */
export function abortConditions(facts: AbortFacts | null): AbortCondition[] {
  if (!facts) return planned;
  return evaluate(facts).map(({ reason, ...condition }) => condition);
}

/** Returns why a running game day has to be aborted now, as a sentence; null while nothing is reached. */
export function findAbortReason(facts: AbortFacts): string | null {
  return evaluate(facts).find(({ isReached }) => isReached)?.reason ?? null;
}

const { ownerAwaySeconds, leaseSeconds, budgetUsed } = limits;

function evaluate(facts: AbortFacts): Evaluated[] {
  return [
    ofBudget(facts),
    ofOthers(facts),
    ofPages(facts),
    ofIncidents(facts),
    ofChanges(facts),
    ofOwner(facts),
    ofLease(facts),
  ];
}

function ofBudget({ budgets }: AbortFacts): Evaluated {
  const used = budgets.map(({ name, before, now }) => {
    return { name, used: before === null || now === null ? 0 : Math.max(0, before - now) };
  });
  const [worst] = used.toSorted((one, other) => other.used - one.used);
  const share = worst?.used ?? 0;
  return {
    key: "budget",
    label: "error budget used",
    found: percent(share),
    limit: percent(budgetUsed),
    used: share / budgetUsed,
    isReached: share > budgetUsed,
    reason: `It used ${percent(share)} of the ${worst?.name ?? ""} budget, max ${percent(budgetUsed)}.`,
  };
}

function ofOthers({ steady, lost }: AbortFacts): Evaluated {
  const [first] = lost;
  return {
    key: "other-endpoint",
    label: "other endpoints affected",
    found: String(new Set(lost.map(({ endpoint }) => endpoint)).size),
    limit: steady === 0 ? "" : `of ${steady} SLOs`,
    used: null,
    isReached: lost.length > 0,
    reason: `Another endpoint was affected: ${first?.name ?? ""} of ${first?.endpoint ?? ""} burns.`,
  };
}

function ofPages({ otherPages }: AbortFacts): Evaluated {
  return {
    key: "other-page",
    label: "unrelated pages",
    found: String(otherPages.length),
    limit: "",
    used: null,
    isReached: otherPages.length > 0,
    reason: `An unrelated page fired: ${otherPages[0] ?? ""}.`,
  };
}

function ofIncidents({ incidents }: AbortFacts): Evaluated {
  const [number] = incidents;
  return {
    key: "incident",
    label: "incident declared",
    found: number === undefined ? "none" : `INC-${number}`,
    limit: "",
    used: null,
    isReached: number !== undefined,
    reason: `INC-${number} was declared.`,
  };
}

function ofChanges({ isFrozen, isRollingOut }: AbortFacts): Evaluated {
  return {
    key: "rollout-or-freeze",
    label: "rollout or freeze",
    found: isFrozen ? "freeze" : isRollingOut ? "rollout" : "none",
    limit: "",
    used: null,
    isReached: isFrozen || isRollingOut,
    reason: isFrozen ? "The endpoint was frozen." : "A rollout started on the endpoint.",
  };
}

function ofOwner({ now, ownerSeenAt }: AbortFacts): Evaluated {
  const seconds = Math.max(0, Math.floor((now - ownerSeenAt) / 1000));
  return {
    key: "owner-away",
    label: "owner’s page closed",
    found: formatDuration(seconds * 1000),
    limit: formatDuration(ownerAwaySeconds * 1000),
    used: seconds / ownerAwaySeconds,
    isReached: seconds > ownerAwaySeconds,
    reason: `The owner’s page was closed for ${formatDuration(ownerAwaySeconds * 1000)}.`,
  };
}

function ofLease({ now, leasedUntil }: AbortFacts): Evaluated {
  const seconds = Math.max(0, Math.floor(leaseSeconds - (leasedUntil - now) / 1000));
  return {
    key: "lease",
    label: "lease age",
    found: formatDuration(seconds * 1000),
    limit: formatDuration(leaseSeconds * 1000),
    used: seconds / leaseSeconds,
    isReached: leasedUntil <= now,
    reason: `The worker did not renew the lease for ${formatDuration(leaseSeconds * 1000)}, so the gateways ended the fault.`,
  };
}

/** Without anything found, for a game day that is not running. */
const planned: AbortCondition[] = abortConditions({
  now: 0,
  budgets: [],
  steady: 0,
  lost: [],
  otherPages: [],
  incidents: [],
  isFrozen: false,
  isRollingOut: false,
  ownerSeenAt: 0,
  leasedUntil: leaseSeconds * 1000,
}).map((condition) => ({ ...condition, found: "", used: null }));
