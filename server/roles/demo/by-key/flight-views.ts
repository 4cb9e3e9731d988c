import { type DemoTarget, RequestRefused, send } from "../client.ts";
import { ensureSlo, type Named } from "../night-shift/ensure-named.ts";
import { ticketsOnly } from "../night-shift/objectives.ts";

const weatherView = "airport_weather";
const scheduleView = "carrier_schedule";
export const inputsService = "flight_delay_inputs";
/** Push sources, one for each view. */
export const weatherSource = "weather_stations";
export const scheduleSource = "departure_board";

const runbook = "Service outage";
const minuteUs = 60_000_000;
const weatherTtlUs = 2 * minuteUs;
const scheduleTtlUs = 60 * minuteUs;

type Limits = { min: number; max: number } | { levels: string[] };
const number = (name: string, min: number, max: number) => feature(name, "float32", { min, max });
const feature = (name: string, type: string, rules: Limits | undefined, description = "") => ({
  name,
  type,
  description,
  ...(rules && { rules: { nullable: false, ...rules } }),
});

const definitions: [path: string, definition: object][] = [
  ["feature-entities/flight", { joinKey: "flight", type: "string", description: "A flight on a day" }],
  ["feature-entities/airport", { joinKey: "airport", type: "string", description: "An airport of New York" }],
  [`feature-sources/${weatherSource}`, { kind: "push" }],
  [`feature-sources/${scheduleSource}`, { kind: "push" }],
  [
    `feature-views/${weatherView}`,
    {
      description: "The weather at an airport. In this demo the feed stops for four of every twelve minutes.",
      entities: ["airport"],
      source: weatherSource,
      ttlUs: weatherTtlUs,
      features: [
        { ...number("temperature", -40, 130), description: "Degrees Fahrenheit" },
        { ...number("wind_speed", 0, 150), description: "Miles per hour" },
        { ...number("precipitation", 0, 10), description: "Inches in the last hour" },
        { ...number("visibility", 0, 10), description: "Miles" },
      ],
    },
  ],
  [
    `feature-views/${scheduleView}`,
    {
      description: "A flight as shown on the departure board at departure.",
      entities: ["flight"],
      source: scheduleSource,
      ttlUs: scheduleTtlUs,
      features: [
        feature("carrier", "string", undefined, "Code of the airline"),
        feature("origin", "string", { levels: ["EWR", "JFK", "LGA"] }, "Airport of departure"),
        { ...number("departure_delay", -120, 3_000), description: "Minutes; negative if early" },
        { ...number("distance", 0, 6_000), description: "Miles" },
        { ...number("hour", 0, 23), description: "Scheduled hour of departure" },
        { ...number("weekday", 1, 7), description: "Monday is 1" },
      ],
    },
  ],
  [
    `feature-services/${inputsService}`,
    {
      description: "Inputs of the flight delay model.",
      projections: [{ view: scheduleView }, { view: weatherView }],
    },
  ],
];

/** Defines the entities, push sources, views and the service of the flights. What is there stays as it is. */
export async function ensureFlightViews(target: DemoTarget): Promise<void> {
  for (const [path, definition] of definitions) {
    const url = `${target.url}/api/v1/${path}`;
    const isThere = await send(target, "GET", url).then(
      () => true,
      (error: unknown) => {
        if (error instanceof RequestRefused && error.status === 404) return false;
        throw error;
      },
    );
    if (!isThere) await send(target, "PUT", url, definition);
  }
}

/**
 * Creates the SLOs of the views, which open tickets only: a view with an SLO for its lag does not page when its rows are late, which the
 * weather is by plan.
 */
export async function ensureLagSlos(target: DemoTarget, team: Named): Promise<void> {
  const weather = { description: "Stops for four of every twelve minutes, on purpose.", target: 0.8 };
  const schedule = { description: "Up-to-date departure board.", target: 0.99 };
  await ensureViewSlo(target, team, "weather-lag", {
    ...weather,
    indicator: { kind: "view-lag", viewId: await idOf(target, weatherView), atMostMs: weatherTtlUs / 1000 },
  });
  await ensureViewSlo(target, team, "schedule-lag", {
    ...schedule,
    indicator: { kind: "view-lag", viewId: await idOf(target, scheduleView), atMostMs: scheduleTtlUs / 1000 },
  });
}

/** Creates the SLO for the age of the weather that an endpoint gets. */
export async function ensureFreshnessSlo(target: DemoTarget, team: Named, endpointId: string): Promise<void> {
  const viewId = await idOf(target, weatherView);
  await ensureViewSlo(target, team, "weather-fresh", {
    displayName: "Fresh weather",
    target: 0.8,
    description: "Look-ups of the flight delay model that got weather of the last two minutes.",
    indicator: { kind: "feature-freshness", viewId, endpointId, atMostMs: weatherTtlUs / 1000 },
  });
}

async function ensureViewSlo(target: DemoTarget, team: Named, name: string, definition: object): Promise<Named> {
  const period = { kind: "rolling", days: 28 };
  const { runbooks } = await send<{ runbooks: Named[] }>(target, "GET", `${target.url}/api/v1/runbooks`);
  return ensureSlo(target, {
    name,
    definition: { period, rules: ticketsOnly, freezes: false, ...definition },
    teamId: team.id,
    runbookId: runbooks.find((one) => one.name === runbook)?.id ?? null,
    reason: "Demo SLO",
  });
}

async function idOf(target: DemoTarget, view: string): Promise<string> {
  return (await send<{ id: string }>(target, "GET", `${target.url}/api/v1/feature-views/${view}`)).id;
}
