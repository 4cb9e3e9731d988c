/** Server-sent events of a workspace, as received by an open page. */
export interface Events {
  /** Resolves at the next change of a group of alerts. @throws Error after half a minute */
  next(groupId: string): Promise<void>;
  close(): void;
}

const limitMs = 30_000;

/** Opens the event stream. @throws Error when the stream is rejected */
export async function openEvents(url: string, token: string): Promise<Events> {
  const ending = new AbortController();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v1/events`, { headers, signal: ending.signal });
  if (!response.ok || !response.body) throw new Error(`The event stream answers ${response.status}.`);
  const waiting = new Map<string, () => void>();
  const onMessage = (block: string) => {
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return;
    const { topic, id } = JSON.parse(data) as { topic?: string; id?: string };
    if (topic !== "alert" || id === undefined) return;
    waiting.get(id)?.();
    waiting.delete(id);
  };
  const { body } = response;
  const reading = (async () => {
    let rest = "";
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) onMessage(block);
    }
  })();
  // Closing the stream rejects the pending read.
  reading.catch(() => {});
  return {
    next: (groupId) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`No event told of ${groupId}.`)), limitMs);
        waiting.set(groupId, () => {
          clearTimeout(late);
          resolve();
        });
      }),
    close: () => ending.abort(),
  };
}
