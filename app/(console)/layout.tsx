import type { ReactNode } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { Shell } from "#components/shell/shell.tsx";
import { getViewer } from "#server/identity/queries.ts";
import { listOwnWorkspaces } from "#server/identity/workspaces/queries.ts";
import { listPromotionRequests } from "#server/registry/requests/queries.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await requireContext();
  const [{ name, role, email, workspace: current }, own, requests] = await Promise.all([
    getViewer(ctx),
    listOwnWorkspaces(ctx),
    listPromotionRequests(ctx, { which: "mine-to-decide", limit: 200 }),
  ]);
  const others = own.filter(({ isCurrent }) => !isCurrent);
  return (
    <Shell
      viewer={{ name, role, email: email ?? undefined }}
      workspaces={{ current, others }}
      waiting={{ "/models": requests.length }}
    >
      {children}
    </Shell>
  );
}
