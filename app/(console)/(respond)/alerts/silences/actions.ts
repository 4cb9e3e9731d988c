"use server";

import { Temporal } from "temporal-polyfill";
import { act } from "#app/_lib/action.ts";
import type { RecurrenceInput } from "#components/respond/silences/recurrence-form.tsx";
import type { SilenceInput } from "#components/respond/silences/silence-form.tsx";
import { parseMatchers } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import type { EndSilenceRecurrence, ExpireSilence, SilencePreview } from "#server/alerting/alerts/silences/contract.ts";
import { DomainError } from "#server/base/errors.ts";
import { createSilenceRecurrence } from "#server/respond/silences/create-silence-recurrence.ts";
import { endSilenceRecurrence } from "#server/respond/silences/end-silence-recurrence.ts";
import { expireSilence } from "#server/respond/silences/expire-silence.ts";
import { previewSilence } from "#server/respond/silences/preview-silence.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";

export async function previewAction(text: string): Promise<{ preview?: SilencePreview; problem?: string }> {
  const { ok, data, error } = await act((ctx) => previewSilence(ctx, { matchers: parseMatchers(text) }));
  if (ok && data) return { preview: data };
  return error === undefined ? {} : { problem: error };
}

export async function saveSilenceAction(sent: SilenceInput) {
  return act(async (ctx) => {
    const { matchers, id, confirm, ...input } = sent;
    const saved = await setSilence(ctx, {
      ...input,
      matchers: parseMatchers(matchers),
      ...(id !== undefined && { id }),
      ...(confirm !== undefined && { confirm }),
    });
    return { id: saved.id };
  });
}

export async function expireAction(input: ExpireSilence) {
  return act(async (ctx) => {
    await expireSilence(ctx, input);
  });
}

export async function saveRecurrenceAction(sent: RecurrenceInput) {
  return act(async (ctx) => {
    const { matchers, confirm, localStart, ...input } = sent;
    await createSilenceRecurrence(ctx, {
      ...input,
      startsAt: startOf(localStart, input.timeZone),
      matchers: parseMatchers(matchers),
      ...(confirm !== undefined && { confirm }),
    });
  });
}

/** Converts a local time in a time zone to a moment. @throws DomainError "invalid" with the field */
function startOf(localStart: string, timeZone: string): Date {
  try {
    return new Date(Temporal.PlainDateTime.from(localStart).toZonedDateTime(timeZone).epochMilliseconds);
  } catch {
    const message = `Unknown time zone or invalid time: "${timeZone}". Use a zone such as Europe/Berlin.`;
    throw new DomainError("invalid", message, { field: "timeZone" });
  }
}

export async function endRecurrenceAction(input: EndSilenceRecurrence) {
  return act(async (ctx) => {
    await endSilenceRecurrence(ctx, input);
  });
}
