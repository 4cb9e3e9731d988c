import { gameDayName } from "#components/respond/drills/addresses.ts";
import { readGameDay } from "../read-game-day.ts";
import { GameDayPlan } from "./game-day-plan.tsx";
import { GameDayReport } from "./game-day-report.tsx";
import { RunningGameDay } from "./running-game-day.tsx";

type Props = PageProps<"/game-days/[gameDay]">;

export async function generateMetadata({ params }: Props) {
  const { number } = await readGameDay((await params).gameDay);
  return { title: `${gameDayName(number)}, Game days` };
}

/** One address for the plan, the running game day and the report. */
export default async function GameDayPage({ params }: Props) {
  const day = await readGameDay((await params).gameDay);
  if (day.state === "running") return <RunningGameDay day={day} />;
  return day.startedAt === null ? <GameDayPlan day={day} /> : <GameDayReport day={day} />;
}
