import type { ExpectationResult, GameDayNotification, GameDayReport, Moment } from "../contract.ts";
import { evaluateExpectation, secondsOf } from "./evaluate-expectation.ts";
import type { GameDayFacts, SentNotification } from "./facts.ts";
import { type GameDayMoments, isOver, momentsOf } from "./moments.ts";
import { summariseReport } from "./summarise-report.ts";

/** Builds the report of a game day, which may still be running, from its facts. */
export function buildReport(facts: GameDayFacts): GameDayReport {
  const moments = momentsOf(facts);
  const expectations = facts.expectations.map((each) => evaluateExpectation(each, facts, moments));
  return {
    isConfirmed: isConfirmed(expectations),
    sentence: summariseReport(facts, moments, expectations),
    timeline: timelineOf(facts, moments),
    expectations,
    notifications: [...sentOf(facts), ...facts.notSent],
    affected: facts.affected,
    failed: facts.failed,
    requests: facts.requests,
    budgets: facts.budgets,
    job: facts.job,
  };
}

/** What was not observed neither confirms nor refutes, unless nothing else was. */
function isConfirmed(expectations: readonly ExpectationResult[]): boolean | null {
  if (expectations.some(({ result }) => result === "missed")) return false;
  const observed = expectations.filter(({ result }) => result !== "not-observed");
  return observed.length > 0 && observed.every(({ result }) => result === "met") ? true : null;
}

/** Whether nothing of a report changes any more: everything is decided and steady again, or half an hour has passed since the end. */
export function isComplete({ timeline, expectations }: GameDayReport, facts: GameDayFacts): boolean {
  if (facts.endedAt === null) return false;
  if (isOver(facts)) return true;
  const isDecided = expectations.every(({ result }) => result !== "pending");
  const isSteady = timeline.some(({ what, seconds }) => what === "steady-again" && seconds !== null);
  return isDecided && (isSteady || facts.objectives.length === 0);
}

function timelineOf(facts: GameDayFacts, moments: GameDayMoments): Moment[] {
  const { detection, detectedAt, fired, notification, acknowledgement, action, steadyAgainAt } = moments;
  const at = (moment: number | undefined | null) => secondsOf(facts, moment ?? null);
  return [
    { what: "injected", seconds: 0, words: facts.start, href: null },
    {
      what: "detected",
      seconds: at(detectedAt),
      words: detection ? `${detection.objective.name} worse than its target` : (fired?.title ?? ""),
      href: detection?.objective.href ?? fired?.href ?? null,
    },
    { what: "rule-fired", seconds: at(fired?.at), words: fired?.title ?? "", href: fired?.href ?? null },
    {
      what: "notified",
      seconds: at(notification?.at),
      words: notification ? `page to ${notification.receiver}, ${notification.channel}` : "",
      href: notification?.href ?? null,
    },
    {
      what: "acknowledged",
      seconds: at(acknowledgement?.at),
      words: acknowledgement?.by ?? "",
      href: acknowledgement?.href ?? null,
    },
    {
      what: "first-action",
      seconds: at(action?.at),
      words: action ? [action.title, action.by].filter(Boolean).join(", ") : "",
      href: action?.href ?? null,
    },
    { what: "ended", seconds: at(facts.endedAt), words: facts.endReason, href: null },
    { what: "steady-again", seconds: at(steadyAgainAt), words: "", href: null },
  ];
}

const order = { delivered: 0, failed: 1, pending: 2, "not-sent": 3 };

/** Returns one notification by receiver and channel: the first that was delivered, or else the first. */
function sentOf(facts: GameDayFacts): GameDayNotification[] {
  const first = ({ state, at }: SentNotification, other: SentNotification) =>
    order[state] - order[other.state] || (at ?? 0) - (other.at ?? 0);
  const byTurn = Map.groupBy(facts.sent, ({ turn }) => turn);
  return [...byTurn.values()].flatMap((all) => {
    const [shown] = all.toSorted(first);
    if (!shown) return [];
    const { receiver, channel, state, at, reason, title, href } = shown;
    const seconds = state === "not-sent" ? null : secondsOf(facts, at);
    return [{ receiver, channel, state, seconds, reason: reason || title, href }];
  });
}
