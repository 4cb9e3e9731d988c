import type { DemoTarget } from "../client.ts";
import { readFlightSeasons, type Sample } from "../recording.ts";
import { sendTraffic, type TrafficPlan } from "../traffic.ts";
import { seasonAt, seasonsOf } from "./year.ts";

/** A viewer waits for the drift, and there must be a before. Spring is short, because the models fail in summer. */
const lengths = { winterSeconds: 60, springSeconds: 25, monthSeconds: 110 };

/**
 * Sends real flights to their endpoint, first of the winter that the models know, then of month after month, each for a minute or two:
 * nothing is synthetic, the year itself drifts. @param say called whenever another month begins
 */
export async function flyThroughTheYear(
  target: DemoTarget,
  plan: Omit<TrafficPlan, "samples">,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const seasons = seasonsOf(await readFlightSeasons(), lengths);
  const startedAt = performance.now();
  let lastState: string | undefined;
  let sent = 0;
  const next = (): Sample | undefined => {
    const season = seasonAt(seasons, (performance.now() - startedAt) / 1000);
    if (!season) return undefined;
    if (season.name !== lastState) {
      say(season.name === "winter" ? "winter, as seen in training" : `${season.name}, not seen in training`);
    }
    lastState = season.name;
    sent += 1;
    return season.samples[sent % season.samples.length];
  };
  await sendTraffic(target, { ...plan, samples: next }, signal);
}
