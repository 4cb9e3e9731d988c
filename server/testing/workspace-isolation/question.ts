import type { InjectOptions } from "fastify";
import type { Scene } from "#server/testing/permissions/scene.ts";
import { parametersOf, type Requested } from "./row.ts";

/** The request of a route about the things of a scene. */
export function questionOf(route: string, scene: Scene, asked: Requested): InjectOptions {
  const [method, path = ""] = route.split(" ");
  const values: Record<string, string> = { ...parametersOf(scene), ...asked.params };
  const url = path.replaceAll(/:(\w+)|\*/g, (name) => {
    const value = values[name.replace(":", "")];
    if (value === undefined) throw new Error(`Nothing stands for ${name} in ${route}.`);
    return value.split("/").map(encodeURIComponent).join("/");
  });
  const { query, headers, body } = asked;
  return {
    method: method as "GET",
    url,
    ...(query && { query }),
    ...(headers && { headers }),
    ...(body !== undefined && { payload: body }),
  };
}

/** What of a scene stands in an answer although the question did not say it: its secret, and its ids by their names. */
export function leaksIn(answer: string, question: InjectOptions, scene: Scene): string[] {
  const known = JSON.stringify(question);
  // Numbers are too short to tell from others.
  const ids = Object.entries(scene).filter(([name, value]) => name.endsWith("Id") && typeof value === "string");
  return [["secret", scene.secret], ...ids]
    .filter(
      ([, value]) => answer.includes(value as string) && (value === scene.secret || !known.includes(value as string)),
    )
    .map(([name]) => name as string);
}
