import { and, eq } from "drizzle-orm";
import type { z } from "zod";
import { gameDayEvents } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { NoteGameDay } from "./contract.ts";
import { lockDay } from "./find-day.ts";
import { addGameDayEvent, subjectOf } from "./game-day-rows.ts";

const maxNotes = 200;

/** Adds a note to the log of a game day. @throws DomainError "not-found"; "conflict" for too many */
export async function noteGameDay(ctx: Context, input: z.input<typeof NoteGameDay>): Promise<void> {
  permit(ctx, "noteGameDay");
  const { number, words } = NoteGameDay.parse(input);
  await transact(ctx, async (ctx) => {
    const day = await lockDay(ctx, number);
    const { workspaceId, name: by } = ctx.actor;
    const notes = and(
      eq(gameDayEvents.workspaceId, workspaceId),
      eq(gameDayEvents.gameDayId, day.id),
      eq(gameDayEvents.kind, "note"),
    );
    if ((await ctx.db.$count(gameDayEvents, notes)) >= maxNotes) {
      throw new DomainError("conflict", `A game day can have at most ${maxNotes} notes.`);
    }
    await addGameDayEvent(ctx, day.id, { kind: "note", words, by, at: new Date(await databaseNow(ctx.db)) });
    await record(ctx, "game-day.noted", { subject: subjectOf(day), after: { words } });
    await publish(ctx, "game-days", day.id);
  });
}
