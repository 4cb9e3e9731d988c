import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";
import { endedAnnotation, internalPrefix, type PostedAlert } from "../../alerting/alerts/contract.ts";
import { incidentTitle, shortTitle } from "../../alerting/alerts/incident-title.ts";
import { stepRule } from "../../alerting/alerts/rules/step-rule.ts";
import type { Observation } from "./observation.ts";
import type { RulePartState } from "./part-states.ts";
import type { RuleTrace } from "./rule-rows.ts";

/** Interval at which firing alerts are sent again, as in Prometheus. */
const resendMs = minuteMs;
/** A firing part without data ends after this time: nobody will measure its recovery any more. */
export const maxUnknownMs = dayMs;

/** Properties of a rule that its alerts contain. */
export interface RuleFacts {
  id: string;
  name: string;
  severity: "page" | "ticket";
  /** Team of the rule itself; null for that of the endpoint. */
  team: string | null;
  runbookId: string | null;
  /** The rule in a sentence, at an endpoint or at any. */
  wordsAt(endpoint: string | null): string;
}

interface Evaluation {
  rule: RuleFacts;
  observations: Observation[];
  before: ReadonlyMap<string, RulePartState>;
  forMs: number;
  now: number;
}

interface Stepped {
  partStates: Map<string, RulePartState>;
  /** Alerts to receive: new ones, firing ones not sent for a while, and resolved ones. */
  alerts: PostedAlert[];
  /** Whether a state changed. */
  isChanged: boolean;
}

/** Advances every part that a rule monitors by the findings of one evaluation. Parts that no longer exist have ended. */
export function stepParts({ rule, observations, before, forMs, now }: Evaluation): Stepped {
  const stepped: Stepped = { partStates: new Map(), alerts: [], isChanged: false };
  for (const observation of observations) {
    const old = before.get(observation.part);
    const unknownSince = observation.isTrue === null ? (old?.trace.unknownSince ?? now) : null;
    const isUnknownForLong = unknownSince !== null && now - unknownSince >= maxUnknownMs;
    const { change, ...partState } = stepRule(old, {
      isTrue: isUnknownForLong ? false : observation.isTrue,
      now,
      forMs: observation.forMs ?? forMs,
    });
    const next = { ...partState, trace: { ...traceOf(rule, observation), unknownSince } };
    if (old?.state !== next.state) stepped.isChanged = true;
    if (change === "fired") next.trace.startsAt = Math.min(observation.since ?? now, now);
    // A firing alert keeps its labels, because they are its identity.
    else if (old?.state === "firing") Object.assign(next.trace, kept(old, next));
    const isDue = change === "fired" || now - (next.trace.sentAt ?? 0) >= resendMs;
    if (change === "resolved" && old) {
      const end = ended(rule, old, now);
      stepped.alerts.push(isUnknownForLong ? withoutRecovery(end, observation) : end);
    }
    if (next.state === "firing" && isDue) {
      next.trace.sentAt = now;
      stepped.alerts.push(firing(rule, next, now));
    }
    if (next.state !== "firing") Object.assign(next.trace, { startsAt: null, sentAt: null });
    stepped.partStates.set(observation.part, next);
  }
  for (const [part, old] of before) {
    if (stepped.partStates.has(part)) continue;
    if (old.state === "firing") stepped.alerts.push(ended(rule, old, now));
    stepped.isChanged = true;
  }
  return stepped;
}

function traceOf(
  rule: RuleFacts,
  { title, value, limit, words, labels, endpointId, effect, href, subject = title }: Observation,
): RulePartState["trace"] {
  const { name, severity, team, runbookId } = rule;
  return {
    title,
    value,
    limit,
    words,
    startsAt: null,
    sentAt: null,
    unknownSince: null,
    labels: { ...labels, ...(team !== null && { team }), alertname: name, severity },
    annotations: {
      summary: effect === undefined ? shortTitle(words) : incidentTitle({ subject, effect }),
      description: `${words} ${href === undefined ? "" : `See ${href}. `}Rule: ${rule.wordsAt(labels.endpoint ?? null)}`,
      ...(runbookId !== null && { runbook_url: `/incidents/runbooks/${runbookId}` }),
      [`${internalPrefix}rule-id`]: rule.id,
      ...(endpointId !== null && { [`${internalPrefix}endpoint-id`]: endpointId }),
    },
  };
}

/** Keeps the texts of the moment when it fired: a changing number would be a new text each minute, and an entry in its history. */
function kept(
  { trace: { labels, startsAt, sentAt, annotations: old } }: RulePartState,
  { trace }: RulePartState,
): Partial<RuleTrace> {
  const { summary, description } = old;
  const annotations = {
    ...trace.annotations,
    ...(summary !== undefined && { summary }),
    ...(description !== undefined && { description }),
  };
  return { labels, startsAt, sentAt, annotations };
}

/** Returns the alert without an end: it fires until an evaluation ends it. */
function firing({ id }: RuleFacts, { trace, since }: RulePartState, now: number): PostedAlert {
  const { labels, annotations, startsAt } = trace;
  const generatorUrl = `/alerts/rules/${id}`;
  return { labels, annotations, startsAt: new Date(Math.min(startsAt ?? since, now)), generatorUrl };
}

/** Returns an end that says that no recovery was measured. */
function withoutRecovery(end: PostedAlert, { title }: Observation): PostedAlert {
  const effect = `no data for ${maxUnknownMs / hourMs}\u00a0h`;
  const description = `No data for ${maxUnknownMs / hourMs}\u00a0h. The alert ended without a measured recovery.`;
  const summary = incidentTitle({ subject: title, effect });
  return { ...end, annotations: { ...end.annotations, summary, description, [endedAnnotation]: "unknown" } };
}

function ended(rule: RuleFacts, old: RulePartState, now: number): PostedAlert {
  return { ...firing(rule, old, now), endsAt: new Date(now) };
}
