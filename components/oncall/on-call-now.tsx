"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { readJson, type Wire } from "#components/ui/wire.ts";
import type { OnCallNow as Place } from "#server/oncall/schedules/contract.ts";
import classes from "./on-call-now.module.css";
import { TurnTime } from "./turn-time.tsx";

interface OnCallNowProps {
  /** What the page read: `toWire(await listOnCallNow(ctx))`. Without it, it is asked for. */
  initial?: Wire<Place[]>;
  /** Only schedules of this team, and where it has none those of no team; all when left out. */
  team?: string | null;
}

/** Who is on call now and who comes then, a line a schedule; live. */
export function OnCallNow({ initial, team }: OnCallNowProps) {
  const { data } = useQuery({
    queryKey: ["oncall", "list", "now"],
    queryFn: async ({ signal }) => (await readJson<{ onCall: Place[] }>("/api/v1/on-call/now", signal)).onCall,
    // Turns end without an event.
    refetchInterval: 60_000,
    ...(initial && { initialData: initial }),
  });
  if (!data) return null;
  const places = placesOf(data, team);
  if (places.length === 0) {
    return (
      <p className="lw-quiet">
        Nobody is on call: there is no schedule. <Link href="/on-call/schedules">Make one</Link>
      </p>
    );
  }
  return (
    <ul className={classes.list}>
      {places.map(({ scheduleId, schedule, now, next }) => (
        <li key={scheduleId}>
          <Link className="lw-quiet" href={`/on-call/schedules/${scheduleId}`}>
            {schedule}
          </Link>
          <span>
            {now ? <strong>{now.name}</strong> : <strong className={classes.nobody}>Nobody</strong>}
            {now?.until && (
              <>
                {" "}
                until <TurnTime at={now.until} />
              </>
            )}
            {next && (
              <span className="lw-quiet">
                {now ? `, then ${next.name}` : ` until `}
                {!now && (
                  <>
                    <TurnTime at={next.from} />, then {next.name}
                  </>
                )}
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

function placesOf(all: Wire<Place[]>, team: string | null | undefined): Wire<Place[]> {
  if (team === undefined) return all;
  const own = all.filter((place) => place.team === team);
  return own.length > 0 ? own : all.filter((place) => place.team === null);
}
