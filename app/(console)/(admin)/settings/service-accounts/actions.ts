"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { CreateServiceAccount, CreateToken, DisableServiceAccount } from "#server/platform/identity/contract.ts";
import { createServiceAccount } from "#server/platform/identity/service-accounts/create-service-account.ts";
import { disableServiceAccount } from "#server/platform/identity/service-accounts/disable-service-account.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";

const page = "/settings/service-accounts";

export async function createServiceAccountAction(input: CreateServiceAccount) {
  const state = await act((ctx) => createServiceAccount(ctx, input));
  revalidatePath(page);
  return state;
}

export async function disableServiceAccountAction(input: DisableServiceAccount) {
  const state = await act((ctx) => disableServiceAccount(ctx, input));
  revalidatePath(page);
  return state;
}

export async function createServiceAccountTokenAction(input: CreateToken) {
  const state = await act((ctx) => createToken(ctx, input));
  revalidatePath(page);
  return state;
}
