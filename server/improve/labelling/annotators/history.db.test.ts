import { expect, test } from "vitest";
import { answerWith, newLabelProject, newTasks } from "#server/testing/fixtures/labelling/testing.ts";
import { inWorkspace, newMember } from "#server/testing/testing.ts";
import { setGold } from "../golds/set-gold.ts";
import { decideLabelReview } from "../reviews/decide-label-review.ts";
import { getAnnotatorHistory } from "./history.ts";

test(
  "shows what a person answered otherwise than gold items, reviewers and other people, and how their gold accuracy went",
  inWorkspace(async (ctx) => {
    const projectId = await newLabelProject(ctx, {
      settings: { minAnswers: 3, maxAnswers: 3, hiddenFields: ["name"] },
    });
    const [one, two, three] = [await newMember(ctx), await newMember(ctx), await newMember(ctx)];
    const data = { name: "Ada", city: "Lund" };
    const [gold = 0, disputed = 0, shared = 0] = await newTasks(ctx, projectId, [
      { item: "gold", data },
      { item: "disputed", data },
      { item: "shared", data },
    ]);
    const decided = { verdict: "decided" as const, value: { kind: "class" as const, label: "damaged" } };
    await decideLabelReview(ctx, { taskId: gold, ...decided, reason: "Outline is bent." });
    await setGold(ctx, { taskId: gold, value: decided.value, explanation: "The outline is bent." });
    await answerWith(one, { projectId, taskId: gold }, "intact");
    await answerWith(one, { projectId, taskId: disputed }, "intact");
    await answerWith(two, { projectId, taskId: disputed }, "damaged");
    await decideLabelReview(ctx, { taskId: disputed, ...decided, reason: "Shade, no bent edge." });
    for (const [person, label] of [
      [one, "intact"],
      [two, "damaged"],
      [three, "damaged"],
    ] as const) {
      await answerWith(person, { projectId, taskId: shared }, label);
    }
    const of = { projectId, person: one.actor.id };
    const history = await getAnnotatorHistory(ctx, of);
    expect(history.golds).toEqual([{ share: 0, low: expect.closeTo(0), high: expect.closeTo(0.793, 2) }]);
    expect(history.days).toHaveLength(14);
    expect(history.disagreements.map(({ item, by, reason }) => ({ item, by, reason }))).toEqual(
      expect.arrayContaining([{ item: "gold", by: "gold", reason: "The outline is bent." }]),
    );
    expect(history.disagreements[0]?.data).toEqual({ city: "Lund" });
    const reviewed = await getAnnotatorHistory(ctx, { ...of, by: "review" });
    expect(reviewed.disagreements).toMatchObject([
      { item: "disputed", settled: decided.value, reason: "Shade, no bent edge." },
    ]);
    expect(reviewed.disagreementCount).toBe(1);
    // People see themselves, and nobody else.
    expect((await getAnnotatorHistory(one, of)).disagreementCount).toBe(history.disagreementCount);
    await expect(getAnnotatorHistory(two, of)).rejects.toMatchObject({ code: "forbidden" });
  }),
);
