import { z } from "zod";

/** docs/spec/alerting.md section 3. A missing label is the empty text; regular expressions are RE2's and match the whole value. */
export const Matcher = z.object({
  name: z.string().min(1).max(1024),
  value: z.string().max(4096),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});
export type Matcher = z.infer<typeof Matcher>;

export { printMatcher } from "./print-matchers.ts";
