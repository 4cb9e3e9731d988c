"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { renewSession } from "#app/_lib/renew-session.ts";
import type { ChangePassword, RevokeSession } from "#server/platform/identity/contract.ts";
import { confirmSecondFactor } from "#server/platform/identity/second-factor/confirm-second-factor.ts";
import type {
  ConfirmSecondFactor,
  RemoveSecondFactor,
  StartSecondFactor,
} from "#server/platform/identity/second-factor/contract.ts";
import { removeSecondFactor } from "#server/platform/identity/second-factor/remove-second-factor.ts";
import { startSecondFactor } from "#server/platform/identity/second-factor/start-second-factor.ts";
import { revokeOtherSessions } from "#server/platform/identity/sessions/revoke-other-sessions.ts";
import { revokeSession } from "#server/platform/identity/sessions/revoke-session.ts";
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

export async function startSecondFactorAction(input: StartSecondFactor) {
  return act((ctx) => startSecondFactor(ctx, input));
}

export async function confirmSecondFactorAction(input: ConfirmSecondFactor) {
  return act((ctx) => confirmSecondFactor(ctx, input));
}

export async function removeSecondFactorAction(input: RemoveSecondFactor) {
  return act((ctx) => removeSecondFactor(ctx, input));
}

export async function setContactMethodsAction(input: SetContactMethods) {
  return act((ctx) => setContactMethods(ctx, input));
}
