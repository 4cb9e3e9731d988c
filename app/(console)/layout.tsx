import type { ReactNode } from "react";
import { requireContext } from "#app/_lib/context.ts";
import { Shell } from "#components/shell/shell.tsx";
import { getViewer } from "#server/identity/queries.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const { name, role, email, workspace } = await getViewer(await requireContext());
  return (
    <Shell viewer={{ name, role, email: email ?? undefined }} workspaceName={workspace.name}>
      {children}
    </Shell>
  );
}
