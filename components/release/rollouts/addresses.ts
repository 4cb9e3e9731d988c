const rolloutsPath = "/rollouts";

/** Returns the path of a rollout's page, which shows its progress and, once it has ended, the evidence. */
export function rolloutHref(id: string): string {
  return `${rolloutsPath}/${id}`;
}

/** Returns the address of the page that plans a rollout, with known values filled in. */
export function newRolloutHref(choice: { endpoint: string; model?: string; version?: number }): string {
  const query = new URLSearchParams({ endpoint: choice.endpoint });
  if (choice.model !== undefined) query.set("model", choice.model);
  if (choice.version !== undefined) query.set("version", String(choice.version));
  return `${rolloutsPath}/new?${query}`;
}
