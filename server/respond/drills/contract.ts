import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
import { Fault, faultTimes } from "#server/serve/faults/contract.ts";

/** Bounds of a game day. An administrator may go up to `adminShare`. */
export const limits = {
  share: 0.1,
  adminShare: 0.5,
  minutes: 30,
  /** Of an error budget: what must be left before the start, and what the game day may use. */
  budgetLeft: 0.5,
  budgetUsed: 0.05,
  ownerAwaySeconds: 120,
  ...faultTimes,
  renewSeconds: 10,
  /** After the end: how long a report waits for acknowledgements and for steady state. */
  reportSeconds: 1_800,
  steadySeconds: 300,
} as const;

/** What people expect to see. `noHarm` has no time: no other endpoint leaves its steady state. */
export const Expectation = z.discriminatedUnion("what", [
  z.strictObject({ what: z.enum(["detected", "notified", "recovered"]), withinSeconds: z.int().min(1).max(7_200) }),
  z.strictObject({ what: z.literal("acknowledged"), withinSeconds: z.int().min(1).max(7_200) }),
  z.strictObject({ what: z.literal("noHarm") }),
]);
export type Expectation = z.infer<typeof Expectation>;

/** What a plan says; everything else is computed or chosen by Leeway. */
export const GameDayPlan = z.strictObject({
  endpoint: z.string().min(1).max(200),
  hypothesis: z.string().trim().min(20, "Enter the hypothesis as one falsifiable sentence.").max(500),
  fault: Fault,
  scope: z.enum(["requests", "header"]).default("header"),
  share: z.number().gt(0).max(limits.adminShare).default(limits.share),
  minutes: z.int().min(1).max(limits.minutes).default(10),
  isAnnounced: z.boolean().default(true),
  /** User id. Undefined: who plans it. */
  ownerId: z.uuid().optional(),
  expectations: z.array(Expectation).min(1, "Add an expectation.").max(10),
  startsAt: Instant.nullable().default(null),
  repeats: z.enum(["never", "monthly"]).default("never"),
});
export type GameDayPlan = z.infer<typeof GameDayPlan>;

export const GameDayState = z.enum(["planned", "running", "ended", "aborted", "skipped"]);
export type GameDayState = z.infer<typeof GameDayState>;

const number = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);

export const ListGameDays = z.object({ limit: z.int().min(1).max(500).default(200) });

/** Changes the plan of a game day that has not started. `revision` is the one that was edited. */
export const UpdateGameDay = z.object({ number, revision: z.int(), plan: GameDayPlan });

export const AbortGameDay = z.object({ number, reason: z.string().trim().max(500).default("") });

export const NoteGameDay = z.object({ number, words: z.string().trim().min(1, "Enter the note.").max(1000) });

/** A condition that has to hold before a game day starts. */
export const Precondition = z.object({
  key: z.enum([
    "endpoint",
    "rollout-or-freeze",
    "incident-or-page",
    "budget",
    "other-game-day",
    "owner",
    "on-call",
    "quiet-hours",
    "notification",
    "share",
    "fault",
  ]),
  /** "no open incident or page". */
  label: z.string(),
  /** What was found: "none", "93% left". */
  found: z.string(),
  isMet: z.boolean(),
  /** What to do, as a sentence: "Blocked: 36% of the card-fraud budget left, min 50%."; "" where it is met. */
  blocked: z.string(),
});
export type Precondition = z.infer<typeof Precondition>;

/** What was true when a game day started. */
export interface Baseline {
  onCall: { id: string; name: string } | null;
  /** Share of the period's error budget that was left, by SLO of the endpoint. */
  budgets: { sloId: string; name: string; remaining: number | null }[];
  /** Objectives of other endpoints that met their target when it started. */
  steady: { sloId: string; name: string; endpoint: string }[];
  /** Alerts that were firing already: they are no result. */
  firingAlerts: string[];
}

/** One moment of the timeline, in seconds after the fault began; null where it has not happened. */
export const Moment = z.object({
  what: z.enum([
    "injected",
    "detected",
    "rule-fired",
    "notified",
    "acknowledged",
    "first-action",
    "ended",
    "steady-again",
  ]),
  seconds: z.number().nullable(),
  /** "page by ALR-1263 to Tomasz Wilk". */
  words: z.string(),
  href: z.string().nullable(),
});
export type Moment = z.infer<typeof Moment>;

export const ExpectationResult = z.object({
  what: z.enum(["detected", "notified", "recovered", "acknowledged", "noHarm"]),
  /** Null for noHarm. */
  withinSeconds: z.number().nullable(),
  seconds: z.number().nullable(),
  result: z.enum(["met", "missed", "pending", "not-observed"]),
  evidence: z.string(),
});
export type ExpectationResult = z.infer<typeof ExpectationResult>;

/** A notification during a game day, or one that was not sent. */
export const GameDayNotification = z.object({
  receiver: z.string(),
  channel: z.string(),
  state: z.enum(["delivered", "failed", "pending", "not-sent"]),
  seconds: z.number().nullable(),
  reason: z.string(),
  href: z.string().nullable(),
});
export type GameDayNotification = z.infer<typeof GameDayNotification>;

export const BudgetUse = z.object({
  sloId: z.string(),
  name: z.string(),
  before: z.number().nullable(),
  after: z.number().nullable(),
});
export type BudgetUse = z.infer<typeof BudgetUse>;

/** What a game day showed. Computed while it runs and for half an hour after; then kept. */
export const GameDayReport = z.object({
  /** Null until every expectation is met, missed or not observed. */
  isConfirmed: z.boolean().nullable(),
  /** "On-call was notified after 10 min 9 s and acknowledged 3 min 52 s later." */
  sentence: z.string(),
  timeline: z.array(Moment),
  expectations: z.array(ExpectationResult),
  notifications: z.array(GameDayNotification),
  affected: z.number(),
  failed: z.number(),
  /** All requests of the endpoint meanwhile. */
  requests: z.number(),
  budgets: z.array(BudgetUse),
  /** For a job: steps that were lost and seconds until it ran again; null for other faults. */
  job: z.object({ lostSteps: z.number().nullable(), resumedSeconds: z.number().nullable() }).nullable(),
});
export type GameDayReport = z.infer<typeof GameDayReport>;

/** A condition that ends a game day at once, with how far it is. */
export const AbortCondition = z.object({
  key: z.enum(["budget", "other-endpoint", "other-page", "incident", "rollout-or-freeze", "owner-away", "lease"]),
  label: z.string(),
  found: z.string(),
  limit: z.string(),
  /** 0 to 1, how much of the limit is used; null where it is yes or no. */
  used: z.number().nullable(),
  isReached: z.boolean(),
});
export type AbortCondition = z.infer<typeof AbortCondition>;

/** How the fault's burn would look to the rules that exist, from the traffic of the same hour of the last week. */
export const Replay = z.object({
  expectedRequests: z.number(),
  expectedAffected: z.number(),
  /** By SLO of the endpoint that sees this fault. */
  objectives: z.array(
    z.object({
      sloId: z.string(),
      name: z.string(),
      /** Share of the period's budget that the game day would use. */
      budgetUse: z.number(),
      /** Seconds until a page; null: none within the game day and an hour after it. */
      pageAfterSeconds: z.number().nullable(),
      points: z.array(z.object({ seconds: z.number(), short: z.number(), long: z.number() })),
      pagesAbove: z.number(),
    }),
  ),
  /** Why nothing can be said; "" if something can. */
  problem: z.string(),
});
export type Replay = z.infer<typeof Replay>;

const Named = z.object({ id: z.string(), name: z.string() });

export const GameDay = z.object({
  id: z.string(),
  number: z.number(),
  endpoint: Named,
  hypothesis: z.string(),
  fault: Fault,
  /** "+120 ± 20 ms on 10% of requests for 15 min". */
  faultWords: z.string(),
  scope: z.enum(["requests", "header"]),
  share: z.number(),
  minutes: z.number(),
  isAnnounced: z.boolean(),
  owner: Named,
  expectations: z.array(Expectation),
  state: GameDayState,
  startsAt: z.date().nullable(),
  repeats: z.enum(["never", "monthly"]),
  previous: z.object({ number: z.number() }).nullable(),
  revision: z.number(),
  startedAt: z.date().nullable(),
  until: z.date().nullable(),
  endedAt: z.date().nullable(),
  endReason: z.string(),
  endedBy: z.string().nullable(),
  budgetDecision: z.enum(["counted", "excluded"]).nullable(),
  /** Of the complete report; null before there is one. */
  outcome: z.object({ isConfirmed: z.boolean().nullable(), notifiedSeconds: z.number().nullable() }).nullable(),
  createdBy: z.string(),
  createdAt: z.date(),
});
export type GameDay = z.infer<typeof GameDay>;

/** A game day of the same endpoint that has ended, for comparison. */
export const EarlierGameDay = z.object({
  number: z.number(),
  startedAt: z.date(),
  faultWords: z.string(),
  notifiedSeconds: z.number().nullable(),
  /** Of the expectation "notified"; null without one. */
  notifiedWithinSeconds: z.number().nullable(),
  acknowledgedSeconds: z.number().nullable(),
  /** Largest share of an error budget that it used; null where none was counted. */
  budgetUsed: z.number().nullable(),
});
export type EarlierGameDay = z.infer<typeof EarlierGameDay>;

export const GameDayEvent = z.object({
  at: z.date(),
  kind: z.enum([
    "started",
    "share-raised",
    "carried-out",
    "note",
    "aborted",
    "ended",
    "skipped",
    "alert",
    "notification",
  ]),
  words: z.string(),
  by: z.string().nullable(),
  href: z.string().nullable(),
});
export type GameDayEvent = z.infer<typeof GameDayEvent>;

export const FollowUp = z.object({
  id: z.string(),
  words: z.string(),
  owner: Named.nullable(),
  dueOn: z.string().nullable(),
  doneAt: z.date().nullable(),
});
export type FollowUp = z.infer<typeof FollowUp>;
