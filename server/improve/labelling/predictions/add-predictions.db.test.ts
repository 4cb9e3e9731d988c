import { expect, test } from "vitest";
import { inWorkspace } from "#server/testing/testing.ts";
import { parseLabelConfig } from "../config/parse-label-config.ts";
import { importLabels } from "../exchange/import-labels.ts";
import { createLabelProject } from "../projects/create-label-project.ts";
import { addPredictions } from "./add-predictions.ts";
import { listTaskPredictions } from "./queries.ts";

const configText = `<View><Image name="image" value="$image"/>
  <RectangleLabels name="box" toName="image"><Label value="dent"/></RectangleLabels></View>`;
const box = (x: number) => ({
  id: `b${x}`,
  from_name: "box",
  to_name: "image",
  type: "rectanglelabels",
  original_width: 640,
  original_height: 480,
  value: { x, y: 2, width: 3, height: 4, rotation: 0, rectanglelabels: ["dent"] },
});

test(
  "stores all predictions of a call or none, and reads them in turns",
  inWorkspace(async (ctx) => {
    const config = parseLabelConfig(configText);
    const { id: projectId } = await createLabelProject(ctx, { name: "Boxes", config, configText });
    const items = Array.from({ length: 3 }, (_, at) => ({ image: `https://example.org/${at}.png` }));
    const { taskIds } = await importLabels(ctx, { projectId, items });
    const taskOf = (at: number) => taskIds[at % taskIds.length] ?? 0;
    const many = Array.from({ length: 700 }, (_, at) => ({ taskId: taskOf(at), result: [box(1)], score: at / 700 }));
    expect(await addPredictions(ctx, { projectId, predictions: many })).toHaveLength(700);
    const stored = await listTaskPredictions(ctx, taskIds);
    expect(stored.map(({ score }) => score).toSorted()).toEqual(many.map(({ score }) => score).toSorted());

    const dense = Array.from({ length: 1_500 }, (_, at) => ({
      taskId: taskOf(at),
      result: Array.from({ length: 100 }, (_, index) => box(index / 2)),
    }));
    // The part of the work that one turn takes, by the processor's time: on a busy machine the clock says nothing.
    const workOf = ({ user, system }: NodeJS.CpuUsage) => user + system;
    const began = process.cpuUsage();
    let longest = 0;
    let last = began;
    const timer = setInterval(() => {
      longest = Math.max(longest, workOf(process.cpuUsage(last)));
      last = process.cpuUsage();
    }, 5);
    const predictions = [...dense, { taskId: taskOf(0), result: [box(101)] }];
    await expect(addPredictions(ctx, { projectId, predictions })).rejects.toThrow("Error at item 1500: Region 0");
    clearInterval(timer);
    longest = Math.max(longest, workOf(process.cpuUsage(last)));
    expect(longest / workOf(process.cpuUsage(began))).toBeLessThan(0.5);
    const unknown = [
      { taskId: taskOf(0), result: [] },
      { taskId: 2 ** 40, result: [] },
    ];
    await expect(addPredictions(ctx, { projectId, predictions: unknown })).rejects.toThrow(
      "item 1: the project has no task",
    );
    expect(await listTaskPredictions(ctx, taskIds)).toHaveLength(700);
  }),
);
