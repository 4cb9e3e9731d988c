/** Folders whose texts reach people by a way of their own; the first that fits counts. */
const areas: readonly (readonly [prefix: string, area: string])[] = [
  ["server/roles/demo/", "demo"],
  ["server/roles/commands/", "terminal"],
  ["server/roles/start/", "terminal"],
  ["server/main", "terminal"],
  ["server/admin/settings/config", "terminal"],
  ["server/alerting/notifications/", "notifications"],
  ["server/respond/dispatch/", "notifications"],
  ["server/platform/webhooks/", "notifications"],
  ["server/http/", "API"],
];

/** The area of a file's texts: how they reach people, or the floor that they belong to. */
export function areaOf(file: string): string {
  const own = areas.find(([prefix]) => file.startsWith(prefix));
  if (own) return own[1];
  const [top = "", second = ""] = file.split("/");
  if (top === "app") return `pages ${/^\((\w+)\)$/.exec(file.split("/")[2] ?? "")?.[1] ?? "other"}`;
  if (top === "components") return `pages ${second}`;
  return top === "server" ? `server ${second}` : top;
}
