import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { Cells } from "#server/develop/features/contract.ts";
import { bodyOf } from "./body.ts";
import { callerOf } from "./caller.ts";
import { type FeastDependencies, feastRoute } from "./feast-route.ts";

const Columns = z.record(z.string(), Cells);
const Write = z.object({ feature_view_name: z.string(), df: Columns });
const Push = z.object({
  push_source_name: z.string(),
  df: Columns,
  to: z.enum(["online", "offline", "online_and_offline"]).default("online"),
});

/** Registers writes to a view and through a push source: docs/spec/features.md section 10.5. The Python client pushes with the first. */
export function writeRoutes(app: FastifyInstance, { features }: FeastDependencies): void {
  const write = async (request: FastifyRequest) => {
    const { feature_view_name: view, df: columns } = bodyOf(request, Write);
    return features.write(callerOf(request), { view, columns, origin: "feast" }, idempotencyKeyOf(request));
  };
  const push = async (request: FastifyRequest) => {
    const { push_source_name: pushSource, df: columns, to } = bodyOf(request, Push);
    // The history gets rows that are pushed online too, or training could not see what was served.
    const input = { pushSource, columns, origin: "push", isHistoryOnly: to === "offline" } as const;
    return features.write(callerOf(request), input, idempotencyKeyOf(request));
  };
  feastRoute(app, "POST", "/write-to-online-store", write, { permission: "writeFeatures" });
  feastRoute(app, "POST", "/push", push, { permission: "writeFeatures" });
}

function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  return [headers["idempotency-key"]].flat()[0];
}
