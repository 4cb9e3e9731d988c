import { notFound } from "next/navigation";
import { numberOf, viewOf } from "#components/respond/triage/board-view.ts";
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
  return <BoardPage view={viewOf(`/on-call/${incident}`, { get: (name) => [search[name]].flat()[0] ?? null })} />;
}
