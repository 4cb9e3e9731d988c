import type { ReactNode } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { Shell } from "#components/shell/shell.tsx";
import { getViewer } from "#server/identity/queries.ts";
import { listOwnWorkspaces } from "#server/identity/workspaces/queries.ts";
import { listPromotionRequests } from "#server/registry/requests/queries.ts";
import { listRollouts } from "#server/rollouts/queries.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await requireContext();
  const [{ name, role, email, workspace: current }, own, requests, active] = await Promise.all([
    getViewer(ctx),
    listOwnWorkspaces(ctx),
    listPromotionRequests(ctx, { which: "mine-to-decide", limit: 200 }),
    listRollouts(ctx, { active: true, limit: 200 }),
  ]);
  const others = own.filter(({ isCurrent }) => !isCurrent);
  return (
    <Shell
      viewer={{ name, role, email: email ?? undefined }}
      workspaces={{ current, others }}
      waiting={{ "/models": requests.length, "/rollouts": active.rollouts.length }}
    >
      {children}
    </Shell>
  );
}
