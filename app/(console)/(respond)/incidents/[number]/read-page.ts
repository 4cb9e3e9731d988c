import { notFound } from "next/navigation";
import { found, foundOrNot } from "#app/_lib/found.ts";
import type { Context } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { listUsers } from "#server/platform/identity/users/queries.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { listActions } from "#server/respond/incidents/actions/queries.ts";
import { GetIncident } from "#server/respond/incidents/contract.ts";
import { getFoldChoices } from "#server/respond/incidents/folding/queries.ts";
import { getIncidentCurve } from "#server/respond/incidents/impact/curve-queries.ts";
import { getPostMortem } from "#server/respond/incidents/post-mortems/queries.ts";
import { getIncident } from "#server/respond/incidents/queries.ts";
import { listRunbooks } from "#server/respond/incidents/runbooks/queries.ts";
import { renderRunbook } from "#server/respond/incidents/runbooks/render-runbook.ts";
import { similarIncidents } from "#server/respond/incidents/similar/queries.ts";
import { listTimeline } from "#server/respond/incidents/timeline/queries.ts";

const maxPeople = 200;

/** Reads the data of an incident's page. An invalid number leads to the not-found page; a part that fails leaves the rest. */
export async function readIncidentPage(ctx: Context, written: string) {
  const key = GetIncident.safeParse({ number: Number(written) });
  if (!key.success) notFound();
  const { number } = key.data;
  const incident = await found(getIncident(ctx, { number }));
  const { id, endpointId, runbook } = incident;
  const [timeline, curve, actions, postMortem, runbooks, { users }, rendered, similar, folding] = await Promise.all([
    listTimeline(ctx, { number }),
    orUndefined(getIncidentCurve(ctx, { number })),
    listActions(ctx, { number }),
    foundOrNot(getPostMortem(ctx, { number })),
    listRunbooks(ctx),
    listUsers(ctx, { limit: maxPeople }),
    runbook ? orUndefined(renderRunbook(ctx, { runbookId: runbook.id, subjectId: id })) : undefined,
    orUndefined(similarIncidents(ctx, { endpointId, except: number })),
    orUndefined(getFoldChoices(ctx, { number })),
  ]);
  const span = curve && { from: new Date(curve.from), to: new Date(curve.to) };
  const changes = span && endpointId ? await orUndefined(listChanges(ctx, { endpointId, ...span })) : [];
  const people = users.filter(({ disabledAt }) => disabledAt === null).map(({ id, name }) => ({ id, name }));
  return {
    incident,
    timeline,
    curve,
    actions,
    postMortem,
    runbooks,
    people,
    rendered,
    similar,
    folding,
    changes: changes ?? [],
  };
}

async function orUndefined<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (cause) {
    log.error("page.part-failed", { cause });
    return undefined;
  }
}
