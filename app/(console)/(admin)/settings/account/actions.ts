"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { renewSession } from "#app/_lib/renew-session.ts";
import type { ChangePassword } from "#server/platform/identity/contract.ts";
import { unlinkCompanyAccount } from "#server/platform/identity/sign-in/unlink-company-account.ts";
import { changePassword } from "#server/platform/identity/users/change-password.ts";
import type { SetContactMethods } from "#server/platform/teams/people/contract.ts";
import { setContactMethods } from "#server/platform/teams/people/set-contact-methods.ts";

export async function changePasswordAction(input: ChangePassword) {
  return act(async (ctx) => {
    const { sessionVersion } = await changePassword(ctx, input);
    await renewSession(ctx.actor.id, sessionVersion);
  });
}

export async function unlinkCompanyAccountAction() {
  const state = await act((ctx) => unlinkCompanyAccount(ctx));
  revalidatePath("/settings/account");
  return state;
}

export async function setContactMethodsAction(input: SetContactMethods) {
  return act((ctx) => setContactMethods(ctx, input));
}
