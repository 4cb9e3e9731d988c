const rolloutsPath = "/rollouts";

/** Page of a rollout: while it goes on, and the evidence afterwards. */
export function rolloutHref(id: string): string {
  return `${rolloutsPath}/${id}`;
}

/** Page that plans a rollout, with what is known already filled in. */
export function newRolloutHref(choice: { endpoint: string; model?: string; version?: number }): string {
  const query = new URLSearchParams({ endpoint: choice.endpoint });
  if (choice.model !== undefined) query.set("model", choice.model);
  if (choice.version !== undefined) query.set("version", String(choice.version));
  return `${rolloutsPath}/new?${query}`;
}
