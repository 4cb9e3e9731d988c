import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import type { Override, ScheduleLayer, Timeline } from "./contract.ts";
import { layerShifts } from "./layer-shifts.ts";
import { localDays } from "./local-time.ts";
import { scheduleWarnings } from "./schedule-warnings.ts";
import { shiftsOf } from "./shifts-of.ts";
import { gapsOf } from "./spans.ts";

const shownDays = 14;
const maxDays = 120;
/** Number of days ahead for which gaps are reported. */
const warnedDays = 28;

/** Returns the requested time range, or two weeks from now. @throws DomainError "invalid" */
export function spanOf({ from, to }: { from?: Date | undefined; to?: Date | undefined }, now: Date) {
  const start = from ?? now;
  const end = to ?? new Date(start.getTime() + shownDays * dayMs);
  if (end <= start) throw new DomainError("invalid", "The end must be after the start.", { field: "to" });
  if (end.getTime() - start.getTime() > maxDays * dayMs) {
    throw new DomainError("invalid", `At most ${maxDays} days per request.`, { field: "to" });
  }
  return { from: start, to: end };
}

interface Rota {
  timeZone: string;
  layers: readonly ScheduleLayer[];
  overrides: readonly Override[];
}

/** Reads a time range of a schedule by layer and in its final form, with warnings for the next four weeks. */
export async function readTimeline(
  ctx: Context,
  rota: Rota,
  span: { from: Date; to: Date },
  now: Date,
): Promise<Timeline> {
  const final = shiftsOf(rota, rota.overrides, span);
  const ahead = { from: now, to: new Date(now.getTime() + warnedDays * dayMs) };
  const coming = shiftsOf(rota, rota.overrides, ahead);
  const ids = [...rota.layers.flatMap(({ userIds }) => userIds), ...rota.overrides.map(({ userId }) => userId)];
  const people = await findPeople(ctx, ids);
  const disabled = [...people.values()].filter(
    (person) => person.isDisabled && coming.some(({ userId }) => userId === person.userId),
  );
  return {
    ...span,
    days: localDays(span, rota.timeZone),
    layers: rota.layers.map((layer) => ({ name: layer.name, shifts: layerShifts(layer, rota.timeZone, span) })),
    final,
    gaps: gapsOf(final, span),
    warnings: scheduleWarnings({
      timeZone: rota.timeZone,
      gaps: gapsOf(coming, ahead),
      disabled: disabled.map(({ name }) => name),
    }),
    people: [...people.values()].map(({ userId, name, email, isDisabled }) => ({ userId, name, email, isDisabled })),
  };
}
