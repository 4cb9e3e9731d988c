import type { Acknowledgement } from "../contract.ts";
import { severityOf } from "../routing/default-routing.ts";

const minute = 60_000;

/** How long an acknowledgement holds where nobody says (alerting.md section 12). */
export const acknowledgedForMs = { page: 2 * 60 * minute, ticket: 3 * 24 * 60 * minute };

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

/** Somebody takes a group. The first who does has it; who comes later is noted as also looking, once. */
export function acknowledge(
  present: Acknowledgement | null,
  { by, userId, note, until, firing, severity, now }: Acknowledging,
): { acknowledgement: Acknowledgement; isFirst: boolean } {
  if (present && present.by !== by) {
    const others = present.alsoLooking.filter((one) => one.by !== by);
    return { acknowledgement: { ...present, alsoLooking: [...others, { by, at: now }] }, isFirst: false };
  }
  const acknowledgement = {
    ...{ by, userId, note: note || (present?.note ?? ""), at: present?.at ?? now, severity },
    until: until ?? now + acknowledgedForMs[severityOf(severity)],
    fingerprints: [...firing],
    alsoLooking: present?.alsoLooking ?? [],
  };
  return { acknowledgement, isFirst: present === null };
}

/** Why an acknowledgement no longer holds; undefined while it does. */
export function acknowledgementEnd(
  { until, severity }: Pick<Acknowledgement, "until" | "severity">,
  group: { firing: number; severity: string; now: number },
): "resolved" | "severity rose" | "time is over" | undefined {
  if (group.firing === 0) return "resolved";
  if (severityOf(group.severity) === "page" && severityOf(severity) === "ticket") return "severity rose";
  return group.now >= until ? "time is over" : undefined;
}
