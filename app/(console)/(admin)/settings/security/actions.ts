"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { addTrustedKey } from "#server/develop/registry/security/add-trusted-key.ts";
import type { AddTrustedKey, RevokeTrustedKey, SetSecurityPolicy } from "#server/develop/registry/security/contract.ts";
import { revokeTrustedKey } from "#server/develop/registry/security/revoke-trusted-key.ts";
import { setSecurityPolicy } from "#server/develop/registry/security/set-security-policy.ts";

const refresh = () => revalidatePath("/settings/security");

export async function addTrustedKeyAction(input: AddTrustedKey) {
  const state = await act((ctx) => addTrustedKey(ctx, input));
  refresh();
  return state;
}

export async function revokeTrustedKeyAction(input: RevokeTrustedKey) {
  const state = await act((ctx) => revokeTrustedKey(ctx, input));
  refresh();
  return state;
}

export async function setSecurityPolicyAction(input: SetSecurityPolicy) {
  const state = await act((ctx) => setSecurityPolicy(ctx, input));
  refresh();
  return state;
}
