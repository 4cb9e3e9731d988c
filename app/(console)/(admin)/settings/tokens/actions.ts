"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import type { CreateToken, RevokeToken } from "#server/platform/identity/contract.ts";
import { createToken } from "#server/platform/identity/tokens/create-token.ts";
import { revokeToken } from "#server/platform/identity/tokens/revoke-token.ts";

const page = "/settings/tokens";

export async function createTokenAction(input: CreateToken) {
  const state = await act((ctx) => createToken(ctx, input));
  revalidatePath(page);
  return state;
}

export async function revokeTokenAction(input: RevokeToken) {
  const state = await act((ctx) => revokeToken(ctx, input));
  revalidatePath(page);
  return state;
}
