import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";

/** Requests of one game day in one process of a gateway. */
export interface GameDayCount {
  affected: number;
  /** Of these, those that got no prediction. */
  failed: number;
}

/** Replaces what a process has counted for a game day, so that storing it twice is storing it once. Nothing happens if the game day is gone. */
export async function storeGameDayCounts(
  db: Database,
  gameDayId: string,
  process: string,
  { affected, failed }: GameDayCount,
): Promise<void> {
  await db.execute(sql`
    insert into game_day_counts (game_day_id, process, affected, failed)
    select id, ${process}, ${affected}, ${failed} from game_days where id = ${gameDayId}
    on conflict (game_day_id, process)
    do update set affected = excluded.affected, failed = excluded.failed, updated_at = now()`);
}
