import { z } from "zod";

/**
 * Matcher of docs/spec/alerting.md section 3. A missing label equals the empty text; regular expressions use RE2 and match the complete
 * value.
 */
export const Matcher = z.object({
  name: z.string().min(1).max(1024),
  value: z.string().max(4096),
  isRegex: z.boolean(),
  isEqual: z.boolean().default(true),
});
export type Matcher = z.infer<typeof Matcher>;

export { printMatcher } from "./print-matchers.ts";
