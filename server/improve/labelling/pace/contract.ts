import { z } from "zod";

export const LabelProgress = z.object({
  open: z.number().int(),
  settled: z.number().int(),
  answers: z.number().int(),
  active: z.number().int().describe("People who answered within the last 15 minutes."),
  answersPerSettled: z.number().nullable().describe("Mean answers of the last 500 settled tasks."),
  expectedAnswers: z.number().describe("Answers that the open tasks are expected to take."),
  hours: z.number().nullable().describe("Hours of labelling left at the pace of the people who are active."),
  hoursLow: z.number().nullable().describe("The same at the throughput of a good hour of the last 14 days."),
  hoursHigh: z.number().nullable().describe("The same at that of a bad hour."),
  oldestOpenAt: z.date().nullable().describe("When the oldest open task was added."),
  days: z
    .array(
      z.object({
        day: z.string(),
        answers: z.number().int(),
        settled: z.number().int(),
        open: z.number().int().describe("Open tasks at the end of the day, or now."),
      }),
    )
    .describe("Each of the last 14 days, in UTC."),
});
export type LabelProgress = z.infer<typeof LabelProgress>;
