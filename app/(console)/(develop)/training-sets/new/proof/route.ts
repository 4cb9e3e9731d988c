import type { NextRequest } from "next/server";
import { z } from "zod";
import { act } from "#app/_lib/action.ts";
import { runtime } from "#app/_lib/context.ts";
import { CheckTrainingSet, PreviewTrainingSet } from "#server/develop/features/training-sets/contract.ts";

const Body = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("preview"), request: PreviewTrainingSet }),
  z.object({ kind: z.literal("check"), request: CheckTrainingSet }),
]);

/**
 * Joins the first rows of a training set that does not exist yet, or checks all of them. A server action would wait for the one before it; a request
 * here can be aborted, which ends its work.
 */
export async function POST(request: NextRequest): Promise<Response> {
  // A form of another site cannot send this type.
  if (request.headers.get("content-type") !== "application/json") return new Response(null, { status: 415 });
  const { signal } = request;
  const state = await act(async (ctx) => {
    const { previewTrainingSet, checkTrainingSet } = runtime();
    const body = Body.parse(await request.json().catch(() => undefined));
    return body.kind === "preview"
      ? previewTrainingSet(ctx, body.request)
      : checkTrainingSet(ctx, body.request, signal);
  });
  return Response.json(state, { headers: { "cache-control": "no-store" } });
}
