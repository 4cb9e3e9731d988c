import { hashShare } from "#server/improve/labelling/queue/hash-share.ts";
import { type DemoTarget, send } from "../client.ts";
import type { ArchiveDigit } from "./archive.ts";

/** Name of the label project, and of the endpoint whose requests it labels. */
const labelProject = "digits";
const shown = [{ name: "image", kind: "image", field: "image" }] as const;
/** Share of the disagreements that a reviewer decides. */
const reviewedShare = 0.7;
/** The keys 1 to 9 are these digits; 0 says that a digit is illegible. */
const classes = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];

const guideline = {
  text: [
    "Enter the digit shown in the image. The keys 1 to 9 are the digits.",
    "For a zero, click 0, or press / and type 0. The key 0 is for an illegible digit.",
    "If you hesitate between two digits, decide by the stroke that only one of them has.",
  ].join("\n\n"),
  classes: [
    { name: "4", definition: "Open at the top, or with a corner on its left side." },
    { name: "9", definition: "A closed loop above a stem." },
    { name: "1", definition: "One stroke, with or without a foot." },
    { name: "7", definition: "A bar on top, and a stem to the left. It may be crossed." },
  ],
};

const settings = {
  // One answer of someone whose answers are known to be correct settles an item.
  stop: 0.9,
  // Two people who disagree are enough for a reviewer.
  maxAnswers: 2,
  overlapShare: 0.2,
  // Every second item is from the random audit, so that ten labels of a visitor change the measured accuracy.
  auditShare: 0.5,
  // Fifty an hour, those of the first hour at once: enough for the annotators and for a visitor some minutes after the start.
  auditPerDay: 1_200,
  queues: ["audit", "uncertain"],
  // Three of four gold items correct, as one annotator has, is enough. At 0.8 an order of the items in which the incorrect ones come first, which
  // one start in fifty has, pauses that annotator, and nothing is left to compare.
  minGoldAccuracy: 0.6,
  minGain: 0.2,
  maxOpen: 60,
};

/**
 * Creates the label project, whose queues Leeway fills with requests from the prediction log, unless it exists.
 * @returns its id; undefined once someone has archived it
 */
export async function ensureLabelProject(target: DemoTarget): Promise<number | undefined> {
  const url = `${target.url}/api/v1/label-projects`;
  const find = async (archived: boolean) => {
    const { projects } = await send<{ projects: Project[] }>(target, "GET", `${url}?archived=${archived}`);
    return projects.find(({ name }) => name === labelProject);
  };
  const known = await find(false);
  if (known) return known.id;
  if (await find(true)) return undefined;
  const created = await send<Project>(target, "POST", url, {
    name: labelProject,
    description: "Uncertain digits, and a random audit of all requests.",
    endpoint: labelProject,
    taskKind: "class",
    classes,
    shown,
    question: "Which digit is this?",
    settings,
    guideline,
  });
  return created.id;
}

interface Project {
  id: number;
  name: string;
}

/** Adds digits from the archive to the project, each with what the served version predicts; some become gold items. May be repeated. */
export async function ensureArchive(target: DemoTarget, projectId: number, archive: ArchiveDigit[]): Promise<void> {
  const api = `${target.url}/api/v1`;
  const known = await send<{ golds: unknown[] }>(target, "GET", `${api}/label-projects/${projectId}/golds`);
  const golds = archive.filter(({ isGold }) => isGold);
  if (known.golds.length >= golds.length) return;
  const predicted = await predict(target, archive);
  const tasks = archive.map(({ item, picture, isShared }, at) => ({
    item,
    data: { image: picture },
    source: "imported",
    reason: "From the archive.",
    // What the model is unsure of now is labelled first.
    rank: 5,
    least: isShared ? 2 : 1,
    probabilities: predicted[at],
  }));
  const { taskIds } = await send<{ taskIds: number[] }>(target, "POST", `${api}/label-projects/${projectId}/tasks`, {
    tasks,
  });
  const idOf = new Map(archive.map(({ item }, at) => [item, taskIds[at]]));
  for (const { item, digit } of golds) {
    await send(target, "PUT", `${api}/label-tasks/${idOf.get(item)}/gold`, {
      value: { kind: "class", label: digit },
      explanation: `The writer said that it is a ${digit}.`,
    });
  }
}

/** Returns the probabilities of the project's classes for each digit, in one request to the gateway. */
async function predict(target: DemoTarget, archive: readonly ArchiveDigit[]): Promise<number[][]> {
  const [first] = archive;
  if (!first) return [];
  const { outputs } = await send<{ outputs: { name: string; data: number[] }[] }>(
    target,
    "POST",
    `${target.gatewayUrl}/v2/models/${labelProject}/infer`,
    {
      inputs: [
        {
          ...first.input,
          shape: [archive.length, ...first.input.shape.slice(1)],
          data: archive.flatMap(({ input }) => input.data),
        },
      ],
      outputs: [{ name: "probabilities" }],
    },
  );
  const { data = [] } = outputs.find(({ name }) => name === "probabilities") ?? {};
  return archive.map((_, row) => classes.map((name) => clamp(data[row * classes.length + Number(name)] ?? 0)));
}

/** Rounding of single precision. */
const clamp = (share: number) => Math.min(1, Math.max(0, share));

/** Has agreement, the quality of the annotators and suspected errors computed. */
export async function startLabelRun(target: DemoTarget, projectId: number): Promise<void> {
  await send(target, "POST", `${target.url}/api/v1/label-projects/${projectId}/runs`, {});
}

/**
 * Decides most of the items of the archive on which the annotators disagree, as a reviewer; the others are left for the viewer of the demo.
 * What is decided is in review no longer, so that another call decides nothing.
 */
export async function reviewArchive(
  target: DemoTarget,
  projectId: number,
  archive: readonly ArchiveDigit[],
): Promise<void> {
  const api = `${target.url}/api/v1`;
  const digitOf = new Map(archive.map(({ item, digit }) => [item, digit]));
  const url = `${api}/label-projects/${projectId}/reviews?reason=disagreement&limit=200`;
  const { items } = await send<{ items: { task: { id: number; item: string } }[] }>(target, "GET", url);
  for (const { task } of items) {
    const digit = digitOf.get(task.item);
    if (digit === undefined || hashShare(`review ${task.item}`) >= reviewedShare) continue;
    await send(target, "POST", `${api}/label-tasks/${task.id}/reviews`, {
      verdict: "decided",
      value: { kind: "class", label: digit },
      reason: "Compared with the form that it was taken from",
    });
  }
}
