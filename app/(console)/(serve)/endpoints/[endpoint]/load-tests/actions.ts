"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { cancelLoadTest } from "#server/serve/load-test/cancel-load-test.ts";
import type { LoadTestKey, StartLoadTest } from "#server/serve/load-test/contract.ts";
import { startLoadTest } from "#server/serve/load-test/start-load-test.ts";

export async function startLoadTestAction(input: StartLoadTest) {
  return act(async (ctx) => {
    const { id } = await startLoadTest(ctx, input);
    return { id };
  });
}

export async function cancelLoadTestAction(key: LoadTestKey) {
  const state = await act((ctx) => cancelLoadTest(ctx, key));
  if (state.ok) revalidatePath("/endpoints/[endpoint]/load-tests/[loadTest]", "page");
  return state;
}
