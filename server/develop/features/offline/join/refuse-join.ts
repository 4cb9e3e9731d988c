import { DomainError } from "#server/base/errors.ts";

/** What is wrong with a join, for transports that have a word for it. */
export type JoinProblem = "name-collision" | "missing-key" | "key-type" | "no-time" | "missing-feature";

/** Error for a join that cannot be made as requested. */
export class JoinRefused extends DomainError {
  readonly problem: JoinProblem;

  constructor(problem: JoinProblem, message: string) {
    super("invalid", message);
    this.problem = problem;
  }
}
