import type { Definitions } from "#server/develop/features/definitions/definitions.ts";
import { type LookUpPlan, planLookUp } from "#server/develop/features/look-up/plan-look-up.ts";

type Asked = Parameters<typeof planLookUp>[1];

/** Plans of one state of the definitions, least recently made first. */
interface Plans {
  byId: Map<string, LookUpPlan>;
  columns: number;
}

/** Plans of the latest look-ups. Most requests name the features that others named before. */
export class KnownPlans {
  private readonly maxColumns: number;
  private readonly plans = new WeakMap<Definitions, Plans>();

  /** @param maxColumns columns of all plans of a state of the definitions; a column takes about as much memory in each plan */
  constructor(maxColumns = 100_000) {
    this.maxColumns = maxColumns;
  }

  /** Returns the plan of a look-up. @throws FeatureError as planLookUp() */
  get(definitions: Definitions, asked: Asked): LookUpPlan {
    const plans = this.plans.get(definitions) ?? { byId: new Map<string, LookUpPlan>(), columns: 0 };
    this.plans.set(definitions, plans);
    const { service, features, fullNames } = asked;
    const id = JSON.stringify([fullNames, service ?? features]);
    const known = plans.byId.get(id);
    if (known) return known;
    const plan = planLookUp(definitions, asked);
    plans.byId.set(id, plan);
    plans.columns += plan.columns.length;
    for (const [oldest, { columns }] of plans.byId) {
      if (plans.columns <= this.maxColumns) break;
      plans.byId.delete(oldest);
      plans.columns -= columns.length;
    }
    return plan;
  }
}
