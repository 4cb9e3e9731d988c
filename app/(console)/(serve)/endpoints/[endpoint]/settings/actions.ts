"use server";

import { revalidatePath } from "next/cache";
import { act } from "#app/_lib/action.ts";
import { setCascade } from "#server/release/endpoints/cascade/set-cascade.ts";
import type { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import type { CaptureSettings } from "#server/serve/capture/contract.ts";
import { setCapture } from "#server/serve/capture/set-capture.ts";
import type { Cascade } from "#server/serve/cascade/contract.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import type { Protection } from "#server/serve/protection/contract.ts";
import { setProtection } from "#server/serve/protection/set-protection.ts";

const refresh = () => revalidatePath("/endpoints/[endpoint]/settings", "page");

export async function setProtectionAction(endpointId: string, protection: Protection) {
  const state = await act((ctx) => setProtection(ctx, { endpointId, protection }));
  if (state.ok) refresh();
  return state;
}

export async function setCacheAction(endpointId: string, cache: CacheSettings) {
  const state = await act((ctx) => setCache(ctx, { endpointId, cache }));
  if (state.ok) refresh();
  return state;
}

export async function setCaptureAction(endpointId: string, capture: CaptureSettings) {
  const state = await act((ctx) => setCapture(ctx, { endpointId, capture }));
  if (state.ok) refresh();
  return state;
}

export async function setCascadeAction(endpointId: string, cascade: Cascade) {
  const state = await act((ctx) => setCascade(ctx, { endpointId, cascade }));
  if (state.ok) refresh();
  return state;
}

export async function setVersionsKeptAction(endpointId: string, previousVersionsLoaded: number) {
  const state = await act((ctx) => updateEndpoint(ctx, { endpointId, previousVersionsLoaded }));
  if (state.ok) refresh();
  return state;
}
