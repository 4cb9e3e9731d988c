"use server";

import { act } from "#app/_lib/action.ts";
import { renewSession } from "#app/_lib/renew-session.ts";
import type { ChangePassword } from "#server/identity/contract.ts";
import { changePassword } from "#server/identity/users/change-password.ts";

export async function changePasswordAction(input: ChangePassword) {
  return act(async (ctx) => {
    const { sessionVersion } = await changePassword(ctx, input);
    await renewSession(ctx.actor.id, sessionVersion);
  });
}
