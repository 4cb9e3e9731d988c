/** Calls Label Studio's API, of a real one or of Leeway. */
export interface LabelStudioClient {
  url: string;
  token: string;
}

const configuration = `<View><Text name="text" value="$text"/>
  <Choices name="tone" toName="text" choice="single"><Choice value="good"/><Choice value="bad"/></Choices></View>`;

const annotation = { result: [{ from_name: "tone", to_name: "text", type: "choices", value: { choices: ["good"] } }] };

async function call(
  { url, token }: LabelStudioClient,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ text: string; ms: number }> {
  const startedAt = performance.now();
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Token ${token}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
  return { text, ms: performance.now() - startedAt };
}

/** Creates a project. @returns its id */
export async function newProject(client: LabelStudioClient, title: string): Promise<number> {
  const { text } = await call(client, "POST", "/api/projects/", { title, label_config: configuration });
  return (JSON.parse(text) as { id: number }).id;
}

/** Imports tasks with a text each. @returns the seconds it took */
export async function importTexts(client: LabelStudioClient, project: number, count: number): Promise<number> {
  const tasks = Array.from({ length: count }, (_, index) => ({
    data: {
      text: `Parcel ${index} arrived with a dent at its corner, and the recipient was not amused.`,
      depot: index % 17,
    },
  }));
  const { text, ms } = await call(client, "POST", `/api/projects/${project}/import`, tasks);
  const { task_count } = JSON.parse(text) as { task_count: number };
  if (task_count !== count) throw new Error(`${task_count} of ${count} tasks were imported.`);
  return ms / 1000;
}

/** Exports a project as JSON, with tasks that have no annotation. @returns the seconds it took */
export async function exportTasks(client: LabelStudioClient, project: number, count: number): Promise<number> {
  const query = "export_type=JSON&download_all_tasks=true";
  const { text, ms } = await call(client, "GET", `/api/projects/${project}/export?${query}`);
  const exported = (JSON.parse(text) as unknown[]).length;
  if (exported !== count) throw new Error(`${exported} of ${count} tasks were exported.`);
  return ms / 1000;
}

/** Labels what is next, again and again. @returns the milliseconds that each next task took */
export async function labelNext(client: LabelStudioClient, project: number, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const { text, ms } = await call(client, "GET", `/api/projects/${project}/next/`);
    times.push(ms);
    const { id } = JSON.parse(text) as { id: number };
    await call(client, "POST", `/api/tasks/${id}/annotations/`, { ...annotation, lead_time: 1 });
  }
  return times;
}
