import type { ReactNode } from "react";
import { DataTable } from "#components/ui/data-table.tsx";
import { noValue } from "#components/ui/format.ts";
import { Moment, RelativeTime } from "#components/ui/relative-time.tsx";
import type { GameDay } from "#server/respond/drills/contract.ts";
import { gameDayHref, gameDayName } from "./addresses.ts";
import { GameDayStateBadge, VerdictBadge } from "./game-day-state.tsx";
import { formatSeconds } from "./game-day-text.ts";

interface GameDaysTableProps {
  days: readonly GameDay[];
  empty: ReactNode;
  foot?: ReactNode;
}

/** Lists game days: what each does, when, and what it showed. */
export function GameDaysTable({ days, empty, foot }: GameDaysTableProps) {
  return (
    <DataTable
      label="Game days"
      rows={days}
      rowKey={({ id }) => id}
      rowHref={({ number }) => gameDayHref(number)}
      empty={empty}
      foot={foot}
      columns={[
        { key: "name", head: "Game day", cell: ({ number }) => gameDayName(number) },
        { key: "state", head: "State", cell: ({ state }) => <GameDayStateBadge state={state} /> },
        { key: "endpoint", head: "Endpoint", cell: ({ endpoint }) => endpoint.name },
        { key: "fault", head: "Fault", cell: ({ faultWords }) => faultWords },
        { key: "owner", head: "Owner", cell: ({ owner }) => owner.name },
        { key: "when", head: "When", cell: (day) => <When day={day} /> },
        {
          key: "notified",
          head: "Notified after",
          align: "right",
          cell: ({ outcome }) => (outcome === null ? noValue : formatSeconds(outcome.notifiedSeconds)),
        },
        {
          key: "outcome",
          head: "Outcome",
          cell: ({ outcome }) => (outcome === null ? noValue : <VerdictBadge isConfirmed={outcome.isConfirmed} />),
        },
      ]}
    />
  );
}

function When({ day: { state, startsAt, startedAt } }: { day: GameDay }) {
  if (startedAt !== null) return <RelativeTime at={startedAt} />;
  if (startsAt !== null) return <Moment at={startsAt} />;
  return state === "planned" ? "started manually" : noValue;
}
