"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import type { OverrideInput } from "#components/respond/oncall/schedules/override-form.tsx";
import { DomainError } from "#server/base/errors.ts";
import { addOverride } from "#server/respond/oncall/schedules/add-override.ts";
import { archiveSchedule } from "#server/respond/oncall/schedules/archive-schedule.ts";
import { cancelOverride } from "#server/respond/oncall/schedules/cancel-override.ts";
import type { ArchiveSchedule, CreateSchedule, PreviewSchedule } from "#server/respond/oncall/schedules/contract.ts";
import { createSchedule } from "#server/respond/oncall/schedules/create-schedule.ts";
import { momentOf } from "#server/respond/oncall/schedules/local-time.ts";
import { previewSchedule } from "#server/respond/oncall/schedules/queries.ts";
import { removeCalendarAddress } from "#server/respond/oncall/schedules/remove-calendar-address.ts";
import { renewCalendarAddress } from "#server/respond/oncall/schedules/renew-calendar-address.ts";
import { updateSchedule } from "#server/respond/oncall/schedules/update-schedule.ts";

const refresh = () => revalidatePath("/on-call/schedules", "layout");

export async function saveScheduleAction(sent: CreateSchedule & { scheduleId?: string }) {
  const state = await act(async (ctx) => {
    const { scheduleId, ...input } = sent;
    const { id } = await (scheduleId ? updateSchedule(ctx, { scheduleId, ...input }) : createSchedule(ctx, input));
    return { id };
  });
  refresh();
  return state;
}

export async function previewScheduleAction(input: PreviewSchedule) {
  return act((ctx) => previewSchedule(ctx, input));
}

export async function archiveScheduleAction(input: ArchiveSchedule) {
  const state = await act((ctx) => archiveSchedule(ctx, input));
  refresh();
  return state;
}

export async function addOverrideAction(sent: OverrideInput) {
  const state = await act((ctx) => {
    const { from, to, timeZone, ...input } = sent;
    return addOverride(ctx, { ...input, from: moment(from, timeZone, "from"), to: moment(to, timeZone, "to") });
  });
  refresh();
  return state;
}

export async function cancelOverrideAction(overrideId: string) {
  const state = await act((ctx) => cancelOverride(ctx, { overrideId }));
  refresh();
  return state;
}

export async function renewAddressAction(scheduleId: string) {
  return act(async (ctx) => {
    const { path } = await renewCalendarAddress(ctx, scheduleId);
    return { url: `${runtime().config.publicUrl}${path}` };
  });
}

export async function removeAddressAction(scheduleId: string) {
  return act((ctx) => removeCalendarAddress(ctx, scheduleId));
}

function moment(local: string, timeZone: string, field: string): Date {
  const at = momentOf(local, timeZone);
  if (!at) throw new DomainError("invalid", "Choose a date and time.", { field });
  return at;
}
