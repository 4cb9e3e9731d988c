"use server";

import { redirect } from "next/navigation";
import { act } from "#app/_lib/action.ts";
import { playgroundHref } from "#components/serve/endpoints/addresses.ts";
import { deletePlaygroundRun } from "#server/serve/playground/delete-playground-run.ts";

/** Deletes a run and redirects to the playground of its model. */
export async function deleteRun(input: { id: string; model: string }) {
  return act(async (ctx) => {
    const { id, model } = input;
    await deletePlaygroundRun(ctx, { id });
    redirect(playgroundHref(model));
  });
}
