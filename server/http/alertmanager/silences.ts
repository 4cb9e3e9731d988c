import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { parseMatchers } from "#server/alerting/alerts/matchers/parse-matchers.ts";
import { silenceStates } from "#server/alerting/alerts/silences/contract.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { expireSilence } from "#server/respond/silences/expire-silence.ts";
import { getSilence, listSilences } from "#server/respond/silences/queries.ts";
import { setSilence } from "#server/respond/silences/set-silence.ts";
import { callerOf } from "./caller.ts";
import { SilenceQuery } from "./query.ts";
import { fromSilence, PostableSilence } from "./shapes.ts";

/** Alertmanager deletes expired silences after 120 hours; Leeway keeps them, but no longer returns them here. */
const expiredForMs = 5 * dayMs;
const most = 5000;
const isId = (text: string): boolean => z.uuid().safeParse(text).success;

/** Silences as amtool makes, lists and ends them. */
export function silenceRoutes(app: FastifyInstance): void {
  app.get("/silences", async (request) => {
    const { filter, ...wanted } = SilenceQuery.parse(request.query);
    const states = silenceStates.filter((state) => wanted[state]);
    const silences = await listSilences(callerOf(request), {
      states,
      matchers: filter.flatMap(parseMatchers),
      limit: most,
    });
    const since = Date.now() - expiredForMs;
    return silences.filter(({ endsAt }) => endsAt.getTime() > since).map(fromSilence);
  });
  app.post("/silences", async (request) => {
    const { id, ...input } = PostableSilence.parse(request.body);
    if (id && !isId(id)) throw noSilence(id);
    const { id: silenceID } = await setSilence(callerOf(request), { ...input, ...(id && { id }) });
    return { silenceID };
  });
  app.get<{ Params: { id: string } }>("/silence/:id", async (request) => {
    const { id } = request.params;
    if (!isId(id)) throw noSilence(id);
    return fromSilence(await getSilence(callerOf(request), { silenceId: id }));
  });
  app.delete<{ Params: { id: string } }>("/silence/:id", async (request, reply) => {
    const { id } = request.params;
    if (!isId(id)) throw noSilence(id);
    await expireSilence(callerOf(request), { silenceId: id });
    return reply.code(200).send();
  });
}

function noSilence(id: string): DomainError {
  return new DomainError("not-found", `silence ${id} not found`);
}
