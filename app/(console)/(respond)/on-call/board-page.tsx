import { requireContext } from "#app/_lib/context.ts";
import { denialReason } from "#app/_lib/denial-reason.ts";
import { Board } from "#components/respond/triage/board.tsx";
import type { Viewer } from "#components/respond/triage/board-types.ts";
import { type BoardView, lineOf, triageRange } from "#components/respond/triage/board-view.ts";
import { toWire } from "#components/ui/wire.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { getShiftReport } from "#server/respond/oncall/handover/queries.ts";
import { listOnCallNow, ownShift } from "#server/respond/oncall/schedules/queries.ts";
import { listQueue } from "#server/respond/triage/queue/queries.ts";
import { getTriage } from "#server/respond/triage/triage-queries.ts";
import { mergeIncidentAction, splitIncidentAction } from "../incidents/actions.ts";
import * as does from "./actions.ts";
import { peopleChoices } from "./people-choices.ts";

const pageSize = 200;

/** Renders the triage board with a view selected: the same page at `/on-call` and at the address of an incident. */
export async function BoardPage({ view }: { view: BoardView }) {
  const ctx = await requireContext();
  const [queue, people, shift, next] = await Promise.all([
    listQueue(ctx, { filter: view.filter, team: view.team, limit: pageSize }),
    peopleChoices(ctx),
    readShift(ctx),
    readNextShift(ctx),
  ]);
  const isNaming = view.groupId !== undefined || view.incident !== undefined;
  const [first] = queue.rows;
  const named = isNaming ? view : first ? { ...view, ...lineOf(first) } : undefined;
  const chosen = named && (await readChosen(ctx, named));
  return (
    <Board
      queue={toWire(queue)}
      chosen={chosen && toWire(chosen)}
      view={view}
      viewer={viewerOf(ctx)}
      people={people}
      shift={shift && toWire(shift)}
      nextShift={next && toWire(next)}
      actions={{
        acknowledge: does.acknowledgeAction,
        unacknowledge: does.unacknowledgeAction,
        silence: does.silenceAction,
        rollBack: does.rollBackAction,
        freeze: does.freezeAction,
        liftFreeze: does.liftFreezeAction,
        page: does.pageAction,
        escalate: does.escalateAction,
        retryPage: does.retryPageAction,
        testPage: does.testPageAction,
        unblock: does.unblockAction,
        note: does.noteAction,
        update: does.updateAction,
        resolve: does.resolveAction,
        cancel: does.cancelAction,
        merge: mergeIncidentAction,
        split: splitIncidentAction,
        verdict: does.verdictAction,
        tick: does.tickAction,
        untick: does.untickAction,
      }}
    />
  );
}

/** Reads the selected line. The board reports one that does not exist, beside a working queue. */
async function readChosen(ctx: Context, view: BoardView) {
  const named = view.incident === undefined ? { groupId: view.groupId } : { incident: view.incident };
  return getTriage(ctx, { ...named, ...triageRange(view, Date.now()) }).catch((error) => {
    if (error instanceof DomainError && error.code === "not-found") return undefined;
    throw error;
  });
}

/** Reads the shift of the reader, or else of the first schedule with someone on call. */
async function readShift(
  ctx: Context,
): Promise<{ report: Awaited<ReturnType<typeof getShiftReport>>; schedule: string } | null> {
  const own = await ownShift(ctx);
  const now = own ? undefined : (await listOnCallNow(ctx)).find((each) => each.now !== null);
  const scheduleId = own?.scheduleId ?? now?.scheduleId;
  if (!scheduleId) return null;
  return { report: await getShiftReport(ctx, { scheduleId }), schedule: own?.schedule ?? now?.schedule ?? "" };
}

/** Reads the next change of the on-call engineer, in any schedule. */
async function readNextShift(ctx: Context): Promise<{ name: string; schedule: string; from: Date } | null> {
  const coming = (await listOnCallNow(ctx)).flatMap(({ schedule, next }) =>
    next ? [{ name: next.name, schedule, from: next.from }] : [],
  );
  return coming.toSorted((one, other) => one.from.getTime() - other.from.getTime())[0] ?? null;
}

function viewerOf({ actor: { name, role } }: Context): Viewer {
  const names = {
    acknowledge: "acknowledgeGroup",
    silence: "setSilence",
    "roll-back": "rollBackEndpoint",
    "fall-back": "rollBackEndpoint",
    freeze: "freezeEndpoint",
    "lift-freeze": "liftFreeze",
    page: "callPerson",
    note: "addNote",
    update: "postUpdate",
    resolve: "moveIncident",
    cancel: "moveIncident",
    merge: "mergeIncident",
    split: "splitIncident",
    verdict: "submitFeedback",
    tick: "tickStep",
    escalate: "escalateNow",
    retry: "retryNotification",
    unblock: "unblockVersion",
  } as const;
  const why = Object.entries(names).flatMap(([act, command]) => {
    const reason = denialReason(role, command);
    return reason ? [[act, `It ${reason}.`] as const] : [];
  });
  return { name, why: Object.fromEntries(why) };
}
