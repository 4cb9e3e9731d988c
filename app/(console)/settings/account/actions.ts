"use server";

import { act } from "#app/_lib/action.ts";
import { renewSession } from "#app/_lib/renew-session.ts";
import type { ChangePassword } from "#server/identity/contract.ts";
import { changePassword } from "#server/identity/users/change-password.ts";
import type { SetContactMethods } from "#server/oncall/people/contract.ts";
import { setContactMethods } from "#server/oncall/people/set-contact-methods.ts";

export async function changePasswordAction(input: ChangePassword) {
  return act(async (ctx) => {
    const { sessionVersion } = await changePassword(ctx, input);
    await renewSession(ctx.actor.id, sessionVersion);
  });
}

export async function setContactMethodsAction(input: SetContactMethods) {
  return act((ctx) => setContactMethods(ctx, input));
}
