"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { renewSession } from "#app/_lib/renew-session.ts";
import { unlinkCompanyAccount } from "#server/platform/identity/sign-in/unlink-company-account.ts";
import { changePassword } from "#server/platform/identity/users/change-password.ts";
import type { SetContactMethods } from "#server/platform/teams/people/contract.ts";
import { setContactMethods } from "#server/platform/teams/people/set-contact-methods.ts";

const page = "/settings/account";

export async function changePasswordAction(input: ChangePassword) {
  return act(async (ctx) => {
    const { sessionSecret } = await changePassword(ctx, input);
    if (sessionSecret) await renewSession(sessionSecret);
  });
}

export async function revokeSessionAction(input: RevokeSession) {
  const state = await act((ctx) => revokeSession(ctx, input));
  revalidatePath(page);
  return state;
}

export async function revokeOtherSessionsAction() {
  const state = await act((ctx) => revokeOtherSessions(ctx));
  revalidatePath(page);
  return state;
}

export async function unlinkCompanyAccountAction() {
  const state = await act((ctx) => unlinkCompanyAccount(ctx));
  revalidatePath(page);
  return state;
}

export async function setContactMethodsAction(input: SetContactMethods) {
  return act((ctx) => setContactMethods(ctx, input));
}
