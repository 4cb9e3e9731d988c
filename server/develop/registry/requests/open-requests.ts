import { and, isNotNull, isNull, type SQL } from "drizzle-orm";
import { promotionDecisions, promotionRequests } from "#db/schema/index.ts";

/** A request that is neither decided nor without its version. */
export const isOpen: SQL | undefined = and(
  isNull(promotionDecisions.requestId),
  isNotNull(promotionRequests.versionId),
);
