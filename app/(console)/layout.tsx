import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { setUpCookieName } from "#components/shell/set-up-cookie.ts";
import { Shell } from "#components/shell/shell.tsx";
import { toWire } from "#components/ui/wire.ts";
import { getViewer } from "#server/platform/identity/queries.ts";
import { listOwnWorkspaces } from "#server/platform/identity/workspaces/queries.ts";
import { listPromotionRequests } from "#server/release/promotion/queries.ts";
import { listRollouts } from "#server/release/rollouts/queries.ts";
import { countSetUpSteps } from "#server/report/overview/getting-started.ts";
import { ownShift } from "#server/respond/oncall/schedules/queries.ts";
import { countUnacknowledgedPages } from "#server/respond/triage/queue/queries.ts";
import { createDenials } from "./create-denials.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await requireContext();
  const [{ name, role, email, workspace: current }, own, requests, active, shift, pages, steps] = await Promise.all([
    getViewer(ctx),
    listOwnWorkspaces(ctx),
    listPromotionRequests(ctx, { which: "mine-to-decide", limit: 200 }),
    listRollouts(ctx, { active: true, limit: 200 }),
    ownShift(ctx),
    countUnacknowledgedPages(ctx),
    countSetUpSteps(ctx),
  ]);
  const isHidden = (await cookies()).has(setUpCookieName(current.slug)) || steps.done === steps.total;
  const others = own.filter(({ isCurrent }) => !isCurrent);
  return (
    <Shell
      viewer={{ name, role, email: email ?? undefined, shift: shift && toWire(shift) }}
      workspaces={{ current, others }}
      waiting={{ "/models": requests.length, "/rollouts": active.rollouts.length, "/on-call": pages }}
      denials={createDenials(ctx.actor.role)}
      setUp={isHidden ? null : steps}
    >
      {children}
    </Shell>
  );
}
