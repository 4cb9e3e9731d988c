/** State of the form for a recurring silence. */
export interface Recurrence {
  frequency: "DAILY" | "WEEKLY" | "MONTHLY";
  /** Two letters each, as RFC 5545 has them. */
  days: string[];
  dayOfMonth: number;
  /** "02:00", by the clock of the time zone; an end that is not later is one of the next day. */
  from: string;
  until: string;
  timeZone: string;
}

export const weekdays = [
  { key: "MO", label: "Monday" },
  { key: "TU", label: "Tuesday" },
  { key: "WE", label: "Wednesday" },
  { key: "TH", label: "Thursday" },
  { key: "FR", label: "Friday" },
  { key: "SA", label: "Saturday" },
  { key: "SU", label: "Sunday" },
] as const;

const minuteMs = 60_000;
const minutesOf = (clock: string) => {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 60 + minutes;
};

function spanMinutes({ from, until }: Recurrence): number {
  const minutes = minutesOf(until) - minutesOf(from);
  return minutes > 0 ? minutes : minutes + 1440;
}

/** Returns the RFC 5545 rule, its first start in its local time, and the duration of each occurrence. */
export function ruleOf(recurrence: Recurrence, now: Date): { rule: string; localStart: string; durationMs: number } {
  const { frequency, days, dayOfMonth, from } = recurrence;
  const by = frequency === "WEEKLY" && days.length > 0 ? `;BYDAY=${days.join(",")}` : "";
  const on = frequency === "MONTHLY" ? `;BYMONTHDAY=${dayOfMonth}` : "";
  return {
    rule: `FREQ=${frequency}${by}${on}`,
    localStart: `${now.toISOString().slice(0, 10)}T${from}`,
    durationMs: spanMinutes(recurrence) * minuteMs,
  };
}

/** Describes the recurrence in a sentence: "Every Sunday from 02:00 to 04:00, Europe/Berlin time." */
export function recurrenceSentence(recurrence: Recurrence): string {
  const { from, until, timeZone } = recurrence;
  const next = minutesOf(until) <= minutesOf(from) ? " the next day" : "";
  return `${formatWhen(recurrence)} from ${from} to ${until}${next}, ${timeZone} time.`;
}

/** Describes an RFC 5545 rule of a form like this one: "Every Sunday"; returns other rules unchanged. */
export function describeRule(rule: string): string {
  const parts = new Map(rule.split(";").map((part) => part.split("=", 2) as [string, string]));
  const frequency = parts.get("FREQ");
  if (frequency !== "DAILY" && frequency !== "WEEKLY" && frequency !== "MONTHLY") return rule;
  const known = ["FREQ", ...(frequency === "WEEKLY" ? ["BYDAY"] : frequency === "MONTHLY" ? ["BYMONTHDAY"] : [])];
  const days = parts.get("BYDAY")?.split(",") ?? [];
  const dayOfMonth = Number(parts.get("BYMONTHDAY"));
  const isOfForm =
    [...parts.keys()].every((key) => known.includes(key)) &&
    days.every((day) => weekdays.some(({ key }) => key === day)) &&
    (frequency !== "MONTHLY" || dayOfMonth > 0);
  return isOfForm ? formatWhen({ frequency, days, dayOfMonth }) : rule;
}

type When = Pick<Recurrence, "frequency" | "days" | "dayOfMonth">;

function formatWhen({ frequency, days, dayOfMonth }: When): string {
  if (frequency === "DAILY") return "Every day";
  if (frequency === "MONTHLY") return `On day ${dayOfMonth} of every month`;
  const named = weekdays.filter(({ key }) => days.includes(key)).map(({ label }) => label);
  return named.length > 0 ? `Every ${named.join(" and ")}` : "Every week";
}
