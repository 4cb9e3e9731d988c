import { startStack } from "../../../suite/stack.ts";
import { outputOf } from "../../drift/output-of.ts";
import { atLeast, comparedTo, type Row } from "../../report.ts";
import { exportTasks, importTexts, type LabelStudioClient, labelNext, newProject } from "../label-studio-client.ts";
import { startLabelStudio } from "../start-label-studio.ts";

const tasks = 10_000;
/** Tasks labelled for the row of the next one. */
const labelled = 100;

/**
 * Import, export and the next task beside Label Studio 1.23.2, with the same calls, in turns; and a project that is moved from it to Leeway and
 * back, compared task by task.
 */
export async function measure(): Promise<Row[]> {
  await using peer = await startLabelStudio();
  await using stack = await startStack();
  const leeway = { url: `${stack.url}/label-studio`, token: stack.environment.LEEWAY_TOKEN ?? "" };
  return [...(await compareWith(peer, leeway)), ...(await moved(peer, leeway))];
}

/** @param peer Label Studio itself */
async function compareWith(peer: LabelStudioClient, leeway: LabelStudioClient): Promise<Row[]> {
  const [theirs, ours] = [await timesOf(peer), await timesOf(leeway)];
  const numbers = (name: string, unit: string, value: number) => ({ name, unit, leeway: value });
  return [
    comparedTo(theirs.importSeconds, numbers("import-10k", "s", ours.importSeconds), "at most", 0.7),
    comparedTo(theirs.exportSeconds, numbers("export-10k", "s", ours.exportSeconds), "at most", 0.2),
    comparedTo(theirs.nextP95, numbers("next-task-p95", "ms", ours.nextP95), "at most", 0.2),
  ];
}

async function timesOf(client: LabelStudioClient) {
  // The first project warms both up.
  await importTexts(client, await newProject(client, "Warm-up"), 100);
  const project = await newProject(client, `Parcels ${Date.now()}`);
  const importSeconds = await importTexts(client, project, tasks);
  const times = await labelNext(client, project, labelled);
  const exportSeconds = await exportTasks(client, project, tasks);
  const nextP95 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] as number;
  return { importSeconds, exportSeconds, nextP95 };
}

async function moved(peer: LabelStudioClient & { programs: string }, leeway: LabelStudioClient): Promise<Row[]> {
  const script = "e2e/load/labelling/label_studio_move.py";
  const text = await outputOf(`${peer.programs}/python`, [script, peer.url, peer.token, leeway.url, leeway.token]);
  const { tasks: all, there, back } = JSON.parse(text) as { tasks: number; there: number; back: number };
  return [
    atLeast(all, { name: "label-studio-to-leeway-equal", unit: "tasks", leeway: there }),
    atLeast(all, { name: "leeway-to-label-studio-equal", unit: "tasks", leeway: back }),
  ];
}
