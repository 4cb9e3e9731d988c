import { notFound, permanentRedirect } from "next/navigation";
import { boardHref, isOldAddress, numberOf, viewOf } from "#components/respond/triage/board-view.ts";
import { BoardPage } from "../board-page.tsx";

type Props = PageProps<"/on-call/[incident]">;

export async function generateMetadata({ params }: Props) {
  const number = numberOf((await params).incident);
  return { title: number === undefined ? "On call" : `INC-${number}, On call` };
}

/** Shows the board with an incident selected: `/on-call/INC-238`. */
export default async function IncidentBoardPage({ params, searchParams }: Props) {
  const { incident } = await params;
  if (numberOf(incident) === undefined) notFound();
  const search = await searchParams;
  const query = { get: (name: string) => [search[name]].flat()[0] ?? null };
  const view = viewOf(`/on-call/${incident}`, query);
  if (isOldAddress(query)) permanentRedirect(boardHref(view));
  return <BoardPage view={view} />;
}
