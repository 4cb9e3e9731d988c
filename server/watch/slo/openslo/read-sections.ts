import { DomainError } from "#server/base/errors.ts";
import { type Budgeting, Period } from "../../objectives/contract.ts";
import { periodAt } from "../engine/periods.ts";
import { methodNames, type Section } from "./document.ts";
import { asSection, isSection, sectionOf } from "./documents.ts";
import { durationMinutes, requiredMinutes } from "./durations.ts";

type Warn = (warning: string) => void;

const calendarUnits: Record<string, "week" | "month" | "quarter"> = {
  "1w": "week",
  "7d": "week",
  "1M": "month",
  "1Q": "quarter",
  "3M": "quarter",
};

/** Reads the time window; exactly one is allowed. */
export function readPeriod(timeWindow: unknown, where: string, warn: Warn): Period {
  if (!Array.isArray(timeWindow) || timeWindow.length !== 1)
    throw new DomainError("invalid", `${where}.timeWindow must be a list of exactly one window.`);
  const window = sectionOf(timeWindow[0], `${where}.timeWindow[0]`);
  const duration = String(window.duration);
  if (window.isRolling === true) return { kind: "rolling", days: rollingDays(duration, where, warn) };
  const calendar = sectionOf(window.calendar, `${where}.timeWindow[0].calendar (of a window that is not rolling)`);
  const unit = calendarUnits[duration];
  if (!unit)
    throw new DomainError(
      "invalid",
      `${where}.timeWindow[0].duration is ${duration}. Calendar-aligned windows must be 1w, 1M or 1Q.`,
    );
  const timeZone = String(calendar.timeZone ?? "UTC");
  const period: Period = { kind: "calendar", unit, timeZone };
  periodAt(period, 0);
  const start = /^(\d{4}-\d\d-\d\d)(?:[ T]00:00(?::00)?)?$/.exec(String(calendar.startTime ?? "2024-01-01"));
  const midnight = start ? Date.parse(`${start[1]}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(midnight) || periodAt({ ...period, timeZone: "UTC" }, midnight).start !== midnight)
    warn(`${where}: windows start at midnight of each ${unit}, not at ${calendar.startTime}.`);
  return period;
}

function rollingDays(duration: string, where: string, warn: Warn): number {
  const [, count, unit] = /^([1-9]\d{0,3})([MQ])$/.exec(duration) ?? [];
  const days = unit ? Number(count) * (unit === "M" ? 30 : 90) : (durationMinutes(duration) ?? 0) / 1440;
  const parsed = Period.safeParse({ kind: "rolling", days });
  if (!parsed.success)
    throw new DomainError(
      "invalid",
      `${where}.timeWindow[0].duration is ${duration}. Rolling windows must be 1 to 90 full days, such as 7d, 4w or 30d.`,
    );
  if (unit) warn(`${where}: a rolling window of ${duration} was imported as ${days} days.`);
  return days;
}

/** Reads method and slices. Only the slices of an objective are used. */
export function readBudgeting(method: unknown, objective: Section, where: string): Budgeting {
  if (!Object.values(methodNames).includes(method as "Occurrences"))
    throw new DomainError("invalid", `${where}.budgetingMethod must be Occurrences, Timeslices or RatioTimeslices.`);
  if (method === "Occurrences") return { method: "occurrences" };
  const window = objective.timeSliceWindow;
  if (window === undefined)
    throw new DomainError("invalid", `${where}: ${method} needs timeSliceWindow in its objective, such as 1m.`);
  const sliceMinutes = requiredMinutes(window, `${where}.timeSliceWindow`);
  if (sliceMinutes < 1 || sliceMinutes > 1440)
    throw new DomainError("invalid", `${where}.timeSliceWindow must be 1 minute to 1 day.`);
  if (method === "RatioTimeslices") return { method: "ratio-timeslices", sliceMinutes };
  const sliceTarget = objective.timeSliceTarget;
  if (typeof sliceTarget !== "number" || sliceTarget < 0 || sliceTarget > 1)
    throw new DomainError("invalid", `${where}: Timeslices needs timeSliceTarget from 0 to 1 in its objective.`);
  return { method: "timeslices", sliceMinutes, sliceTarget };
}

/** Reads exactly one of target and targetPercent; 0.9995 equals 99.95. */
export function readTarget(objective: Section, where: string): number {
  const { target, targetPercent } = objective;
  if ((target === undefined) === (targetPercent === undefined))
    throw new DomainError("invalid", `${where} must have exactly one of target (0 to 1) and targetPercent (0 to 100).`);
  const given = target ?? targetPercent;
  const value = target === undefined && typeof given === "number" ? Number((given / 100).toPrecision(15)) : given;
  if (typeof value === "number" && value >= 0 && value < 1) return value;
  throw new DomainError(
    "invalid",
    `${where}: ${target === undefined ? "targetPercent must be from 0 up to, but not, 100" : "target must be from 0 up to, but not, 1"}.`,
  );
}

/** Reads labels, with lists joined. */
export function readLabels(labels: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(asSection(labels)).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : isSection(value) ? JSON.stringify(value) : String(value),
    ]),
  );
}
