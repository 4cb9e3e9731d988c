"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { abortGameDay } from "#server/respond/drills/abort-game-day.ts";
import type { DecideBudget } from "#server/respond/drills/budget/contract.ts";
import { decideBudget } from "#server/respond/drills/budget/decide-budget.ts";
import type { GameDayPlan } from "#server/respond/drills/contract.ts";
import { discardGameDay } from "#server/respond/drills/discard-game-day.ts";
import { addFollowUp } from "#server/respond/drills/follow-ups/add-follow-up.ts";
import type { AddFollowUp, FinishFollowUp } from "#server/respond/drills/follow-ups/contract.ts";
import { finishFollowUp } from "#server/respond/drills/follow-ups/finish-follow-up.ts";
import { noteGameDay } from "#server/respond/drills/note-game-day.ts";
import { planGameDay } from "#server/respond/drills/plan-game-day.ts";
import { replayGameDay } from "#server/respond/drills/replay/replay-game-day.ts";
import { seeGameDay } from "#server/respond/drills/see-game-day.ts";
import { startGameDay } from "#server/respond/drills/start-game-day.ts";
import { updateGameDay } from "#server/respond/drills/update-game-day.ts";

const refresh = () => revalidatePath("/game-days", "layout");

export async function planAction(plan: GameDayPlan) {
  const state = await act(async (ctx) => ({ number: (await planGameDay(ctx, plan)).number }));
  refresh();
  return state;
}

export async function updateAction(input: { number: number; revision: number; plan: GameDayPlan }) {
  const state = await act(async (ctx) => ({ number: (await updateGameDay(ctx, input)).number }));
  refresh();
  return state;
}

export async function discardAction(number: number) {
  const state = await act((ctx) => discardGameDay(ctx, number));
  refresh();
  return state;
}

export async function startAction(number: number) {
  const state = await act(async (ctx) => ({ number: (await startGameDay(ctx, number)).number }));
  refresh();
  return state;
}

export async function abortAction(number: number) {
  const state = await act(async (ctx) => ({
    number: (await abortGameDay(ctx, { number })).number,
  }));
  refresh();
  return state;
}

export async function noteAction(input: { number: number; words: string }) {
  const state = await act((ctx) => noteGameDay(ctx, input));
  refresh();
  return state;
}

/** Changes nothing that the page shows, so it refreshes nothing. */
export async function seeAction(number: number) {
  return act((ctx) => seeGameDay(ctx, number));
}

export async function replayAction(plan: GameDayPlan) {
  return act((ctx) => replayGameDay(ctx, plan, Date.now()));
}

export async function decideBudgetAction(input: DecideBudget) {
  const state = await act((ctx) => decideBudget(ctx, input));
  refresh();
  return state;
}

export async function addFollowUpAction(input: AddFollowUp) {
  const state = await act(async (ctx) => ({ id: (await addFollowUp(ctx, input)).id }));
  refresh();
  return state;
}

export async function finishFollowUpAction(input: FinishFollowUp) {
  const state = await act(async (ctx) => ({ id: (await finishFollowUp(ctx, input)).id }));
  refresh();
  return state;
}
