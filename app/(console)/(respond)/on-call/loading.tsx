import { onCallCrumbs } from "#components/respond/oncall/on-call-tabs.tsx";
import { BoardSkeleton } from "#components/respond/triage/board-skeleton.tsx";
import { Page } from "#components/shell/page.tsx";

export default function Loading() {
  return (
    <Page crumbs={onCallCrumbs("board")} live edge>
      <BoardSkeleton />
    </Page>
  );
}
