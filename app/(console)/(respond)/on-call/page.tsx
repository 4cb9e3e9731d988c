import { permanentRedirect, redirect } from "next/navigation";
import { requireContext } from "#app/_lib/context.ts";
import { boardHref, isOldAddress, viewOf } from "#components/respond/triage/board-view.ts";
import { findIncidentOfGroup } from "#server/respond/triage/find-incident-of-group.ts";
import { BoardPage } from "./board-page.tsx";

export const metadata = { title: "On call" };

/** Shows the board. What an address names moves on to the address of its incident, where it is a part of one. */
export default async function OnCallPage({ searchParams }: PageProps<"/on-call">) {
  const search = await searchParams;
  const query = { get: (name: string) => [search[name]].flat()[0] ?? null };
  const view = viewOf("/on-call", query);
  const ctx = await requireContext();
  const incident = view.incident ?? (view.groupId && (await findIncidentOfGroup(ctx, { groupId: view.groupId })));
  // A group may be split off again, so browsers must not remember where it led.
  if (incident) redirect(boardHref({ ...view, incident }));
  if (isOldAddress(query)) permanentRedirect(boardHref(view));
  return <BoardPage view={view} />;
}
