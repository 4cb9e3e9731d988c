import { z } from "zod";

export const LabelProgress = z.object({
  open: z.number().int(),
  settled: z.number().int(),
  answers: z.number().int(),
  active: z.number().int().describe("People who answered within the last 15 minutes."),
  answersPerSettled: z.number().nullable().describe("Mean number of answers of the last 500 settled tasks."),
  expectedAnswers: z.number().describe("Expected number of answers for the open tasks."),
  hours: z.number().nullable().describe("Hours of labelling left at the pace of active annotators."),
  hoursLow: z.number().nullable().describe("Hours left at the throughput of a good hour of the last 14 days."),
  hoursHigh: z.number().nullable().describe("Hours left at the throughput of a bad hour."),
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
