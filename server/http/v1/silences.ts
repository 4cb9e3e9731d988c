import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Matcher } from "#server/alerting/alerts/matchers/contract.ts";
import { parseMatcher } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import * as contract from "#server/alerting/alerts/silences/contract.ts";
import { IsoInstant } from "#server/base/instant.ts";
import { limits } from "#server/base/limits.ts";
import { createSilenceRecurrence } from "#server/respond/silences/create-silence-recurrence.ts";
import { endSilenceRecurrence } from "#server/respond/silences/end-silence-recurrence.ts";
import { expireSilence } from "#server/respond/silences/expire-silence.ts";
import { previewSilence } from "#server/respond/silences/preview-silence.ts";
import { getSilence, listSilenceRecurrences, listSilences } from "#server/respond/silences/queries.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";
import { route } from "./route.ts";

const { Silence, SilenceRecurrence } = contract;
const matchers = z
  .array(z.union([Matcher, z.string().max(4096).transform(parseMatcher)]))
  .max(limits.listLength)
  .min(1)
  .describe('Matcher objects, or strings such as severity="page".');
const confirm = z
  .number()
  .int()
  .optional()
  .describe("Number of alerts it mutes; required if it mutes more than half of all firing alerts.");

/** Silences, once and again. */
export function silences(app: FastifyInstance): void {
  const state = z.enum(contract.silenceStates);
  const query = z.object({
    state: z.union([state, z.array(state)]).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  });
  const list = { summary: "List silences: active, pending, expired", query };
  const response = z.object({ silences: z.array(Silence) });
  route(app, { method: "GET", path: "/silences", ...list, response }, async ({ ctx, query: { state, limit } }) => ({
    silences: await listSilences(ctx, { limit, ...(state && { states: [state].flat() }) }),
  }));
  const body = z.object({
    matchers,
    startsAt: IsoInstant.default(() => new Date()),
    endsAt: IsoInstant,
    comment: z.string().max(limits.textLength),
    confirm,
  });
  const create = { summary: "Create a silence", body, response: Silence, status: 201 as const };
  route(app, { method: "POST", path: "/silences", ...create }, ({ ctx, body }) => setSilence(ctx, body));
  const preview = { summary: "Count the alerts that matchers would mute now", body: z.object({ matchers }) };
  const counts = { response: contract.SilencePreview };
  route(app, { method: "POST", path: "/silence-previews", ...preview, ...counts }, ({ ctx, body }) =>
    previewSilence(ctx, body),
  );
  const one = { path: "/silences/:silence", params: z.object({ silence: z.uuid() }), response: Silence };
  route(app, { method: "GET", ...one, summary: "Get a silence" }, ({ ctx, params }) =>
    getSilence(ctx, { silenceId: params.silence }),
  );
  const change = { summary: "Update a silence, in place if its history stays accurate", body };
  route(app, { method: "PUT", ...one, ...change }, ({ ctx, params, body }) =>
    setSilence(ctx, { id: params.silence, ...body }),
  );
  route(app, { method: "DELETE", ...one, summary: "Expire a silence now" }, ({ ctx, params }) =>
    expireSilence(ctx, { silenceId: params.silence }),
  );
  recurrences(app);
}

function recurrences(app: FastifyInstance): void {
  const path = "/silence-recurrences";
  const response = z.object({ recurrences: z.array(SilenceRecurrence) });
  const list = { summary: "List recurring silences with their next occurrences", response };
  route(app, { method: "GET", path, ...list }, async ({ ctx }) => ({ recurrences: await listSilenceRecurrences(ctx) }));
  const { rule, timeZone, durationMs, comment } = contract.CreateSilenceRecurrence.shape;
  const body = z.object({
    matchers,
    rule,
    startsAt: IsoInstant,
    timeZone,
    durationMs,
    comment,
    until: IsoInstant.optional(),
    confirm,
  });
  const create = { summary: "Create a recurring silence", body, response: SilenceRecurrence, status: 201 as const };
  route(app, { method: "POST", path, ...create }, ({ ctx, body }) => createSilenceRecurrence(ctx, body));
  const end = { summary: "End a recurring silence", params: z.object({ recurrence: z.uuid() }) };
  route(app, { method: "DELETE", path: `${path}/:recurrence`, ...end }, ({ ctx, params }) =>
    endSilenceRecurrence(ctx, { recurrenceId: params.recurrence }),
  );
}
