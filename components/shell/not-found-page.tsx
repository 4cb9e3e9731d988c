"use client";

import { usePathname } from "next/navigation";
import { Link } from "#components/ui/link.tsx";
import { Panel } from "#components/ui/panel.tsx";
import { EmptyState } from "#components/ui/states.tsx";
import { areaOf } from "./area-of.ts";
import { Page } from "./page.tsx";

/** Renders the notice for a missing page, with a link to the list above it. */
export function NothingHere() {
  const area = areaOf(usePathname());
  return (
    <Panel flush>
      <h1 className="lw-hidden">Page not found</h1>
      <EmptyState
        title="Page not found"
        action={
          <>
            {area && <Link href={area.href}>Back to {area.label}</Link>}
            <Link href="/overview">Go to overview</Link>
          </>
        }
      >
        It may have been deleted or renamed, it may belong to another workspace, or the address may contain a typo.
      </EmptyState>
    </Panel>
  );
}

/** Renders the same notice inside the console, with breadcrumbs above. */
export function NothingHerePage() {
  const area = areaOf(usePathname());
  return (
    <Page crumbs={[...(area ? [area] : []), { label: "Not found" }]}>
      <NothingHere />
    </Page>
  );
}
