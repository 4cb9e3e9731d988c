import type { InjectOptions } from "fastify";
import type { Fixture } from "#server/testing/permissions/fixture.ts";
import { parametersOf, type Requested } from "./row.ts";

/** Builds the request of a route for the objects of a scene. */
export function questionOf(route: string, fixture: Fixture, requested: Requested): InjectOptions {
  const [method, path = ""] = route.split(" ");
  const values: Record<string, string> = { ...parametersOf(fixture), ...requested.params };
  const url = path.replaceAll(/:(\w+)|\*/g, (name) => {
    const value = values[name.replace(":", "")];
    if (value === undefined) throw new Error(`Nothing stands for ${name} in ${route}.`);
    return value.split("/").map(encodeURIComponent).join("/");
  });
  const { query, headers, body } = requested;
  return {
    method: method as "GET",
    url,
    ...(query && { query }),
    ...(headers && { headers }),
    ...(body !== undefined && { payload: body }),
  };
}

/** Finds content of a fixture in a response that the request did not contain: its secret, and its ids by name. */
export function leaksIn(result: string, question: InjectOptions, fixture: Fixture): string[] {
  const known = JSON.stringify(question);
  // Numbers are too short to be distinctive.
  const ids = Object.entries(fixture).filter(([name, value]) => name.endsWith("Id") && typeof value === "string");
  return [["secret", fixture.secret], ...ids]
    .filter(
      ([, value]) => result.includes(value as string) && (value === fixture.secret || !known.includes(value as string)),
    )
    .map(([name]) => name as string);
}
