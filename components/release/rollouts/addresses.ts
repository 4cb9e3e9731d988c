const rolloutsPath = "/rollouts";

/** Returns the path of a rollout's page, which shows its progress and, once it has ended, the evidence. */
export function rolloutHref(id: string): string {
  return `${rolloutsPath}/${id}`;
}

/** Returns the address of the page that starts a rollout, with known values filled in; without any, the page has its defaults. */
export function newRolloutHref(
  choice: { endpoint?: string; model?: string; version?: number; plan?: string } = {},
): string {
  const query = new URLSearchParams();
  if (choice.endpoint !== undefined) query.set("endpoint", choice.endpoint);
  if (choice.model !== undefined) query.set("model", choice.model);
  if (choice.version !== undefined) query.set("version", String(choice.version));
  if (choice.plan !== undefined) query.set("plan", choice.plan);
  const text = query.toString();
  return `${rolloutsPath}/new${text ? `?${text}` : ""}`;
}
