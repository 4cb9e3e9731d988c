import { minuteMs } from "#server/base/durations.ts";
import type { Acknowledgement } from "../contract.ts";
import { severityOf } from "../routing/default-routing.ts";

/** Default duration of an acknowledgement (docs/spec/alerting.md section 12). */
const acknowledgedForMs = { page: 2 * 60 * minuteMs, ticket: 3 * 24 * 60 * minuteMs };

export interface Acknowledging {
  by: string;
  userId: string | null;
  note: string;
  /** Undefined: two hours for a page, three days for a ticket. */
  until: number | undefined;
  firing: readonly string[];
  severity: string;
  now: number;
}

/** Acknowledges a group. The first user holds the acknowledgement; later ones are recorded once as also looking. */
export function acknowledge(
  present: Acknowledgement | null,
  { by, userId, note, until, firing, severity, now }: Acknowledging,
): { acknowledgement: Acknowledgement; isFirst: boolean } {
  if (present && present.by !== by) {
    const others = present.alsoInvestigating.filter((one) => one.by !== by);
    return { acknowledgement: { ...present, alsoInvestigating: [...others, { by, at: now }] }, isFirst: false };
  }
  const acknowledgement = {
    by,
    userId,
    note: note || (present?.note ?? ""),
    at: present?.at ?? now,
    severity,
    until: until ?? now + acknowledgedForMs[severityOf(severity)],
    fingerprints: [...firing],
    alsoInvestigating: present?.alsoInvestigating ?? [],
    remindedAt: null,
  };
  return { acknowledgement, isFirst: present === null };
}

/** Time after the reminder to extend an acknowledgement; afterwards notifications resume. */
const graceMs = 10 * minuteMs;

export type AcknowledgementStep =
  | "holds"
  | "remind"
  | "all alerts resolved"
  | "severity increased"
  | "acknowledgement expired";

/** Evaluates an acknowledgement: it ends with the alerts, with an increase to a page, and some minutes after its time. */
export function acknowledgementStep(
  { until, severity, remindedAt }: Pick<Acknowledgement, "until" | "severity" | "remindedAt">,
  group: { firing: number; severity: string; now: number },
): AcknowledgementStep {
  if (group.firing === 0) return "all alerts resolved";
  if (severityOf(group.severity) === "page" && severityOf(severity) === "ticket") return "severity increased";
  if (group.now < until) return "holds";
  if (remindedAt === null) return "remind";
  return group.now >= remindedAt + graceMs ? "acknowledgement expired" : "holds";
}

/**
 * Whether an acknowledgement still stands for the pages of a group: to the end of its grace. One whose end nobody processes ends too, so
 * that a reminder that fails never keeps a page quiet. That of a ticket stands for no page.
 */
export function isPageAcknowledged(
  acknowledgement: Pick<Acknowledgement, "until" | "severity" | "remindedAt"> | null,
  now: number,
): boolean {
  if (!acknowledgement || severityOf(acknowledgement.severity) !== "page") return false;
  const { until, remindedAt } = acknowledgement;
  return now < (remindedAt ?? until + graceMs) + graceMs;
}
