import { type Expectation, type GameDay, type GameDayPlan, limits } from "#server/respond/drills/contract.ts";
import { type Fault, type FaultKind, requestFaults } from "#server/serve/faults/contract.ts";

export type ExpectationKind = Expectation["what"];

/** Expectations in the order of the form. */
export const expectationKinds: readonly ExpectationKind[] = [
  "detected",
  "notified",
  "acknowledged",
  "recovered",
  "noHarm",
];

/** What the form of a plan holds: texts as they are typed. */
export interface PlanDraft {
  endpoint: string;
  hypothesis: string;
  kind: FaultKind;
  delayMs: string;
  jitterMs: string;
  status: "503" | "429";
  feature: string;
  droppedAs: "missing" | "null";
  change: "number" | "levels";
  scale: string;
  offset: string;
  levelOne: string;
  levelOther: string;
  view: string;
  ageMinutes: string;
  job: string;
  tearsCheckpoint: boolean;
  channelId: string;
  scope: GameDay["scope"];
  sharePercent: string;
  minutes: string;
  isAnnounced: boolean;
  ownerId: string;
  isExpected: Readonly<Record<ExpectationKind, boolean>>;
  /** Minutes within which each is expected. */
  withinMinutes: Readonly<Record<ExpectationKind, string>>;
  /** Moment as ISO text; "" if someone starts it. */
  startsAt: string;
  isMonthly: boolean;
}

/** The form of a new plan: the smallest fault, only for requests that ask for it. */
export const newPlanDraft: PlanDraft = {
  endpoint: "",
  hypothesis: "",
  kind: "latency",
  delayMs: "120",
  jitterMs: "20",
  status: "503",
  feature: "",
  droppedAs: "missing",
  change: "number",
  scale: "1",
  offset: "0",
  levelOne: "",
  levelOther: "",
  view: "",
  ageMinutes: "60",
  job: "",
  tearsCheckpoint: false,
  channelId: "",
  scope: "header",
  sharePercent: String(limits.share * 100),
  minutes: "10",
  isAnnounced: true,
  ownerId: "",
  isExpected: { detected: true, notified: true, acknowledged: false, recovered: false, noHarm: true },
  withinMinutes: { detected: "3", notified: "12", acknowledged: "5", recovered: "10", noHarm: "" },
  startsAt: "",
  isMonthly: false,
};

/** Returns whether a fault affects single requests, and so has a share or a header. */
export function isOfRequests(kind: FaultKind): boolean {
  return requestFaults.some((each) => each === kind);
}

type KnownPlan = Pick<
  GameDay,
  | "endpoint"
  | "hypothesis"
  | "fault"
  | "scope"
  | "share"
  | "minutes"
  | "isAnnounced"
  | "owner"
  | "expectations"
  | "startsAt"
  | "repeats"
>;

/** Fills the form from a plan. */
export function planDraftOf(day: KnownPlan): PlanDraft {
  const { fault, expectations, startsAt } = day;
  const isExpected = { ...newPlanDraft.isExpected };
  const withinMinutes = { ...newPlanDraft.withinMinutes };
  for (const what of expectationKinds) {
    const found = expectations.find((expectation) => expectation.what === what);
    isExpected[what] = found !== undefined;
    if (found && "withinSeconds" in found) withinMinutes[what] = String(found.withinSeconds / 60);
  }
  return {
    ...newPlanDraft,
    endpoint: day.endpoint.name,
    hypothesis: day.hypothesis,
    kind: fault.kind,
    ...draftOfFault(fault),
    scope: day.scope,
    // A fault without a share has all of it, which no other one may have.
    ...(isOfRequests(fault.kind) && { sharePercent: String(Math.round(day.share * 10_000) / 100) }),
    minutes: String(day.minutes),
    isAnnounced: day.isAnnounced,
    ownerId: day.owner.id,
    isExpected,
    withinMinutes,
    startsAt: startsAt === null ? "" : startsAt.toISOString(),
    isMonthly: day.repeats === "monthly",
  };
}

/** Fills the form from an earlier plan: everything but when it starts. */
export function nextPlanDraft(day: KnownPlan): PlanDraft {
  return { ...planDraftOf(day), startsAt: "", isMonthly: false };
}

function draftOfFault(fault: Fault): Partial<PlanDraft> {
  switch (fault.kind) {
    case "latency":
      return { delayMs: String(fault.delayMs), jitterMs: String(fault.jitterMs) };
    case "errors":
      return { status: fault.status === 429 ? "429" : "503" };
    case "dropped-feature":
      return { feature: fault.feature, droppedAs: fault.as };
    case "shifted-input": {
      const { feature, change } = fault;
      if ("swap" in change) {
        return { feature, change: "levels", levelOne: change.swap[0], levelOther: change.swap[1] };
      }
      return { feature, change: "number", scale: String(change.scale), offset: String(change.offset) };
    }
    case "stale-feature":
      return { view: fault.view, ageMinutes: String(fault.ageSeconds / 60) };
    case "job-preempted":
      return { job: fault.job, tearsCheckpoint: fault.tearsCheckpoint };
    case "channel-dead":
      return { channelId: fault.channelId };
    default:
      return {};
  }
}

/** Reads the form; the server checks it. An empty number becomes NaN, which is refused at its field. */
export function readPlanDraft(draft: PlanDraft): GameDayPlan {
  const expectations = expectationKinds.flatMap((what): Expectation[] => {
    if (!draft.isExpected[what]) return [];
    return [what === "noHarm" ? { what } : { what, withinSeconds: secondsOf(draft.withinMinutes[what]) }];
  });
  return {
    endpoint: draft.endpoint,
    hypothesis: draft.hypothesis.trim(),
    fault: faultOf(draft),
    scope: isOfRequests(draft.kind) ? draft.scope : "requests",
    share: isOfRequests(draft.kind) ? Math.round(numberOf(draft.sharePercent) * 100) / 10_000 : limits.share,
    minutes: numberOf(draft.minutes),
    isAnnounced: draft.isAnnounced,
    ...(draft.ownerId !== "" && { ownerId: draft.ownerId }),
    expectations,
    startsAt: draft.startsAt === "" ? null : new Date(draft.startsAt),
    repeats: draft.isMonthly && draft.startsAt !== "" ? "monthly" : "never",
  };
}

function faultOf(draft: PlanDraft): Fault {
  const { kind } = draft;
  switch (kind) {
    case "latency": {
      const jitterMs = draft.jitterMs.trim() === "" ? 0 : numberOf(draft.jitterMs);
      return { kind, delayMs: numberOf(draft.delayMs), jitterMs };
    }
    case "errors":
      return { kind, status: draft.status === "429" ? 429 : 503 };
    case "dropped-feature":
      return { kind, feature: draft.feature.trim(), as: draft.droppedAs };
    case "shifted-input": {
      const feature = draft.feature.trim();
      if (draft.change === "levels") return { kind, feature, change: { swap: [draft.levelOne, draft.levelOther] } };
      return { kind, feature, change: { scale: numberOf(draft.scale), offset: numberOf(draft.offset) } };
    }
    case "stale-feature":
      return { kind, view: draft.view.trim(), ageSeconds: secondsOf(draft.ageMinutes) };
    case "job-preempted":
      return { kind, job: draft.job.trim(), tearsCheckpoint: draft.tearsCheckpoint };
    case "channel-dead":
      return { kind, channelId: draft.channelId };
    default:
      return { kind };
  }
}

const numberOf = (text: string) => (text.trim() === "" ? Number.NaN : Number(text));
const secondsOf = (minutes: string) => Math.round(numberOf(minutes) * 60);
